// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What the GPUs did over a span of time.
///
/// What was not measured is absent.
public struct GPUSample: Sendable, Hashable {
    /// Energy of all GPUs between the first reading and the last.
    public var energy: Energy?
    /// Energy divided by the time it covers.
    public var meanPower: Power?
    /// The highest power of all GPUs together.
    public var peakPower: Power?
    /// Mean over time of the GPUs' mean utilisation, in percent.
    public var meanUtilizationPercent: Double?
    /// The highest mean utilisation of the GPUs, in percent.
    public var peakUtilizationPercent: Double?
    /// Mean over time of the memory in use on all GPUs, in gigabytes (10^9 bytes).
    public var meanMemoryUsedGigabytes: Double?
    /// The most memory in use on all GPUs, in gigabytes (10^9 bytes).
    public var peakMemoryUsedGigabytes: Double?
    /// Mean over time of the GPUs' mean temperature, in degrees Celsius.
    public var meanTemperatureCelsius: Double?
    /// The highest mean temperature of the GPUs, in degrees Celsius.
    public var peakTemperatureCelsius: Double?
    /// The span's length.
    public var duration: Duration
    /// The number of readings.
    public var snapshotCount: Int
    /// Whether the readings reach over the whole span; if not, the energy is that of the part they cover.
    public var isComplete = true
    /// Whether some GPU was not read for a part of the time at its start or end, so that its energy there is missing.
    public var isPartial = false

    /// Creates a sample of no readings.
    public init(duration: Duration = .zero) {
        self.duration = duration
        snapshotCount = 0
    }
}

extension GPUSample {
    /// Puts readings together: power by the trapezoid rule, over each GPU and then over all.
    ///
    /// A GPU that missed a reading is interpolated between its neighbours, never counted as 0.
    ///
    /// - Parameters:
    ///   - snapshots: For each reading, the GPUs that could be read.
    ///   - times: When each reading was made.
    ///   - duration: The length of the span that was to be measured.
    /// - Throws: ``CalculationError`` unless there is one time for each reading.
    public init(
        snapshots: [[GPUSnapshot]],
        times: [MonotonicInstant],
        duration: Duration
    ) throws(CalculationError) {
        guard snapshots.count == times.count else { throw CalculationError(.times, "one time for each reading") }
        self.init(duration: duration)
        let order = times.indices.sorted { (times[$0], $0) < (times[$1], $1) }
        let ticks = Ticks(snapshots: order.map { snapshots[$0] }, times: order.map { times[$0] })
        snapshotCount = snapshots.count
        setPower(ticks)
        (meanUtilizationPercent, peakUtilizationPercent) = ticks.meanAndPeak(of: \.utilizationPercent, isSummed: false)
        (meanMemoryUsedGigabytes, peakMemoryUsedGigabytes) =
            ticks.meanAndPeak(of: \.memoryUsedGigabytes, isSummed: true)
        (meanTemperatureCelsius, peakTemperatureCelsius) =
            ticks.meanAndPeak(of: \.temperatureCelsius, isSummed: false)
    }

    private mutating func setPower(_ ticks: Ticks) {
        let watts = ticks.filled(\.power?.watts)
        let sums = ticks.sums(watts)
        peakPower = sums.compactMap(\.self).max().map(Power.watts)
        guard peakPower != nil, let first = ticks.times.first, let last = ticks.times.last else { return }
        let covered = last - first
        guard covered > .zero || duration <= .zero else { return }
        energy = Energy.joules(watts.reduce(0) { $0 + ticks.integral($1) })
        meanPower = energy.flatMap { $0 / covered }
        isPartial = watts.contains { $0.contains(nil) }
        // Times reach us as seconds in floating point too; a microsecond is no missing part.
        isComplete = covered >= duration - .microseconds(1)
    }
}

/// Readings in the order of time, by GPU.
private struct Ticks {
    let times: [MonotonicInstant]
    private let devices: [Int]
    private let snapshots: [[GPUSnapshot]]

    init(snapshots: [[GPUSnapshot]], times: [MonotonicInstant]) {
        self.snapshots = snapshots
        self.times = times
        devices = Set(snapshots.joined().map(\.deviceIndex)).sorted()
    }

    /// For each GPU that says so at all, its value at each tick, interpolated between its own readings.
    func filled(_ value: (GPUSnapshot) -> Double?) -> [[Double?]] {
        devices.compactMap { device in
            let raw = snapshots.map { tick in tick.first { $0.deviceIndex == device }.flatMap(value) }
            return raw.contains { $0 != nil } ? interpolated(raw) : nil
        }
    }

    private func interpolated(_ raw: [Double?]) -> [Double?] {
        var filled = raw
        var before: Int?
        for index in raw.indices {
            guard let value = raw[index] else { continue }
            if let start = before, let first = raw[start] {
                let length = (times[index] - times[start]).seconds
                for missing in (start + 1)..<max(index, start + 1) {
                    let part = length > 0 ? (times[missing] - times[start]).seconds / length : 0
                    filled[missing] = first + (value - first) * part
                }
            }
            before = index
        }
        return filled
    }

    func sums(_ values: [[Double?]]) -> [Double?] {
        times.indices.map { tick in
            let present = values.compactMap { $0[tick] }
            return present.isEmpty ? nil : present.reduce(0, +)
        }
    }

    func integral(_ watts: [Double?]) -> Double {
        var joules = 0.0
        for tick in times.indices.dropFirst() {
            guard let before = watts[tick - 1], let here = watts[tick] else { continue }
            joules += (before + here) / 2 * (times[tick] - times[tick - 1]).seconds
        }
        return joules
    }

    /// Over the ticks, the mean and the highest of a value's sum or mean over the GPUs.
    func meanAndPeak(of value: (GPUSnapshot) -> Double?, isSummed: Bool) -> (Double?, Double?) {
        let values = filled(value)
        let ticks = times.indices.compactMap { tick -> Double? in
            let present = values.compactMap { $0[tick] }
            guard !present.isEmpty else { return nil }
            return present.reduce(0, +) / (isSummed ? 1 : Double(present.count))
        }
        guard let peak = ticks.max() else { return (nil, nil) }
        return (ticks.reduce(0, +) / Double(ticks.count), peak)
    }
}
