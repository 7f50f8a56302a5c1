// Inferometer
// SPDX-License-Identifier: Apache-2.0

extension GapStatistics {
    /// Computes the statistics of gaps, or nothing if there are none.
    ///
    /// Percentiles interpolate linearly between the order statistics around `(n - 1) * p`; the standard deviation is
    /// that of a sample (divisor `n - 1`).
    public init?(gaps: [Duration]) {
        guard !gaps.isEmpty else { return nil }
        let sorted = gaps.map(\.seconds).sorted()
        let count = Double(sorted.count)
        let mean = sorted.reduce(0, +) / count
        self.init()
        self.count = sorted.count
        self.mean = .seconds(mean)
        median = Self.percentile(0.50, of: sorted)
        p90 = Self.percentile(0.90, of: sorted)
        p95 = Self.percentile(0.95, of: sorted)
        p99 = Self.percentile(0.99, of: sorted)
        if sorted.count > 1 {
            let squares = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            standardDeviation = .seconds((squares / (count - 1)).squareRoot())
        }
    }

    private static func percentile(_ fraction: Double, of sorted: [Double]) -> Duration {
        let rank = Double(sorted.count - 1) * fraction
        let below = Int(rank)
        let above = min(below + 1, sorted.count - 1)
        return .seconds(sorted[below] + (sorted[above] - sorted[below]) * (rank - Double(below)))
    }
}
