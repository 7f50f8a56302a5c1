// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What devices did besides drawing power, over time: a bounded ring for each.
public struct DeviceHistory: Sendable {
    private var readings: [EnergyDeviceID: RingBuffer<Timed>] = [:]
    private let capacity: Int

    private struct Timed: Sendable {
        var instant: MonotonicInstant
        var reading: DeviceReading
    }

    /// Creates an empty history that keeps so many readings of each device.
    public init(capacity: Int = 20_000) {
        self.capacity = max(capacity, 1)
    }

    /// The last reading of each device, in order of the devices.
    public var latest: [DeviceReading] {
        readings.sorted { $0.key < $1.key }.compactMap(\.value.last?.reading)
    }

    /// Takes readings made at an instant.
    public mutating func take(_ new: [DeviceReading], at instant: MonotonicInstant) {
        for reading in new {
            readings[reading.device, default: RingBuffer(capacity: capacity)]
                .append(Timed(instant: instant, reading: reading))
        }
    }

    /// The mean and the highest of a value over a span; absent where it was not read then.
    public struct Statistics: Sendable, Hashable {
        /// The mean over the readings.
        public var mean: Double
        /// The highest reading.
        public var peak: Double
    }

    /// What some devices did between two instants: over time the mean, over devices the mean or the sum.
    ///
    /// A span that holds no reading takes the last one before it.
    public func statistics(
        of value: KeyPath<DeviceReading, Double?>,
        devices: [EnergyDeviceID]? = nil,
        from start: MonotonicInstant,
        to end: MonotonicInstant,
        isSummed: Bool = false
    ) -> Statistics? {
        var (count, mean, peak) = (0, 0.0, 0.0)
        for (device, ring) in readings where devices?.contains(device) ?? true {
            guard let one = Self.statistics(of: value, in: ring, from: start, to: end) else { continue }
            count += 1
            mean += one.mean
            peak += one.peak
        }
        guard count > 0 else { return nil }
        let divisor = isSummed ? 1 : Double(count)
        return Statistics(mean: mean / divisor, peak: peak / divisor)
    }

    private static func statistics(
        of value: KeyPath<DeviceReading, Double?>,
        in ring: RingBuffer<Timed>,
        from start: MonotonicInstant,
        to end: MonotonicInstant
    ) -> Statistics? {
        let first = ring.partition { $0.instant < start }
        let last = ring.partition { $0.instant <= end }
        var (count, sum, peak) = (0, 0.0, -Double.infinity)
        for place in first < last ? first..<last : max(first - 1, 0)..<first {
            guard let number = ring[place].reading[keyPath: value] else { continue }
            count += 1
            sum += number
            peak = max(peak, number)
        }
        return count > 0 ? Statistics(mean: sum / Double(count), peak: peak) : nil
    }
}

extension DeviceReading {
    /// Memory in use, in gigabytes (10^9 bytes).
    public var memoryUsedGigabytes: Double? {
        memoryUsedBytes.map { Double($0) / 1e9 }
    }
}
