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
        let each = readings.filter { devices?.contains($0.key) ?? true }.compactMap { _, ring in
            Self.statistics(values(of: value, in: ring, from: start, to: end))
        }
        guard !each.isEmpty else { return nil }
        let count = isSummed ? 1 : Double(each.count)
        return Statistics(
            mean: each.reduce(0) { $0 + $1.mean } / count,
            peak: each.reduce(0) { $0 + $1.peak } / count
        )
    }

    private func values(
        of value: KeyPath<DeviceReading, Double?>,
        in ring: RingBuffer<Timed>,
        from start: MonotonicInstant,
        to end: MonotonicInstant
    ) -> [Double] {
        let first = ring.partition { $0.instant < start }
        let last = ring.partition { $0.instant <= end }
        let places = first < last ? first..<last : max(first - 1, 0)..<first
        return places.compactMap { ring[$0].reading[keyPath: value] }
    }

    private static func statistics(_ values: [Double]) -> Statistics? {
        guard let peak = values.max() else { return nil }
        return Statistics(mean: values.reduce(0, +) / Double(values.count), peak: peak)
    }
}

extension DeviceReading {
    /// Memory in use, in gigabytes (10^9 bytes).
    public var memoryUsedGigabytes: Double? {
        memoryUsedBytes.map { Double($0) / 1e9 }
    }
}
