// Inferometer
// SPDX-License-Identifier: Apache-2.0

extension GapStatistics {
    /// Describes gaps in any order; nothing is known of no gaps.
    public init(gaps: [Duration]) {
        var nanoseconds = gaps.map(\.fractionalNanoseconds)
        self.init(nanoseconds: SampleStatistics(scratch: &nanoseconds))
    }

    init(nanoseconds sample: SampleStatistics?) {
        self.init()
        guard let sample else { return }
        count = sample.count
        mean = Duration(fractionalNanoseconds: sample.mean)
        median = Duration(fractionalNanoseconds: sample.median)
        p90 = Duration(fractionalNanoseconds: sample.p90)
        p95 = Duration(fractionalNanoseconds: sample.p95)
        p99 = Duration(fractionalNanoseconds: sample.p99)
        standardDeviation = sample.standardDeviation.map(Duration.init(fractionalNanoseconds:))
    }
}
