// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// What the machine drew and did at one moment.
///
/// What could not be read is absent.
public struct TelemetrySample: Sendable, Hashable {
    /// When it was read.
    public var instant: MonotonicInstant
    /// Power of all GPUs.
    public var gpuPower: Power?
    /// Power of all processor packages.
    public var cpuPower: Power?
    /// Energy of all GPUs since the session began.
    public var gpuEnergy: Energy?
    /// Energy of all processor packages since the session began.
    public var cpuEnergy: Energy?
    /// Mean utilisation of the GPUs, in percent.
    public var gpuUtilizationPercent: Double?
    /// Mean temperature of the GPUs, in degrees Celsius.
    public var gpuTemperatureCelsius: Double?
    /// Memory in use on all GPUs, in gigabytes (10^9 bytes).
    public var gpuMemoryGigabytes: Double?

    /// Creates a sample of which only the time is known.
    public init(instant: MonotonicInstant) {
        self.instant = instant
    }
}

/// The last so many samples, in the order of time whatever the order in which they came.
struct SampleRing: Sendable {
    private var samples: [TelemetrySample] = []
    private var head = 0
    let capacity: Int

    init(capacity: Int) {
        self.capacity = max(capacity, 1)
    }

    var count: Int { samples.count - head }
    var last: TelemetrySample? { samples.count > head ? samples.last : nil }

    mutating func append(_ sample: TelemetrySample) {
        samples.append(sample)
        var place = samples.count - 1
        while place > head, samples[place - 1].instant > sample.instant {
            samples.swapAt(place, place - 1)
            place -= 1
        }
        if count > capacity { head += 1 }
        // The dead front is dropped only once it is as long as the ring, so that each append costs the same on average.
        if head >= capacity {
            samples.removeFirst(head)
            head = 0
        }
    }

    /// The samples between two instants, both included.
    func samples(from start: MonotonicInstant, to end: MonotonicInstant) -> [TelemetrySample] {
        let first = partition { $0.instant < start }
        let last = partition { $0.instant <= end }
        return first < last ? Array(samples[first..<last]) : []
    }

    private func partition(where holds: (TelemetrySample) -> Bool) -> Int {
        var (low, high) = (head, samples.count)
        while low < high {
            let middle = (low + high) / 2
            if holds(samples[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
