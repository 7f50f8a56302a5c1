// Inferometer
// SPDX-License-Identifier: Apache-2.0

extension GapStatistics {
    /// Computes the statistics of gaps, or nothing if there are none.
    ///
    /// Percentiles interpolate linearly between the order statistics around `(n - 1) * p`; the standard deviation is
    /// that of a sample (divisor `n - 1`).
    public init?(gaps: [Duration]) {
        guard let sample = SampleStatistics(gaps.map(\.fractionalNanoseconds)) else { return nil }
        self.init(nanoseconds: sample)
    }

    init(nanoseconds sample: SampleStatistics) {
        self.init()
        count = sample.count
        mean = Duration(fractionalNanoseconds: sample.mean)
        median = Duration(fractionalNanoseconds: sample.median)
        p90 = Duration(fractionalNanoseconds: sample.p90)
        p95 = Duration(fractionalNanoseconds: sample.p95)
        p99 = Duration(fractionalNanoseconds: sample.p99)
        standardDeviation = sample.standardDeviation.map(Duration.init(fractionalNanoseconds:))
    }
}
