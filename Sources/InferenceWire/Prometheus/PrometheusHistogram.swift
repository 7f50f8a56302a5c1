// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A histogram of cumulative buckets, by the labels that tell its series apart.
package struct PrometheusHistogram: Sendable, Hashable {
    /// A bound and the number of observations up to it.
    package struct Bucket: Sendable, Hashable {
        /// The upper bound, which belongs to the bucket; infinite for the last.
        package let bound: Double
        /// Observations up to the bound, those of lower buckets included.
        package let count: Double
    }

    /// A quantile read off the buckets.
    package struct Quantile: Sendable, Hashable {
        /// The value, interpolated within its bucket.
        package let value: Double
        /// Whether the true value lies beyond the last finite bound, which is then the value.
        package let isClamped: Bool

        package init(value: Double, isClamped: Bool) {
            self.value = value
            self.isClamped = isClamped
        }
    }

    /// The buckets of each series, by falling bound last.
    private var series: [PrometheusLabels: [Bucket]] = [:]
    /// Sums of observations.
    private var sums = PrometheusSeries()
    /// Counts of observations.
    private var counts = PrometheusSeries()

    /// Buckets summed over all series.
    package private(set) var buckets: [Bucket] = []

    /// An empty histogram.
    package init() {}

    init(series: [PrometheusLabels: [Bucket]], sums: PrometheusSeries, counts: PrometheusSeries) {
        self.series = series
        self.sums = sums
        self.counts = counts
        buckets = Self.summed(Array(series.values))
    }

    /// The sum of all observations; nothing where the scrape has none.
    package var sum: Double? { sums.sum }

    /// The number of observations as the scrape states it; nothing where it does not.
    package var count: Double? { counts.sum }

    /// The number of observations: the stated one, else that of the highest bucket.
    package var observations: Double? { counts.sum ?? total }

    /// The mean observation; nothing where nothing was observed.
    package var mean: Double? {
        guard let sum, let observations, observations > 0 else { return nil }
        return sum / observations
    }

    /// The quantile at a fraction from 0 to 1, by the rules of PromQL's `histogram_quantile`.
    ///
    /// Observations are taken as spread evenly over their bucket. The first bucket begins at 0 if its bound is
    /// positive; else its bound is the answer. Beyond the last finite bound that bound is the answer, and marked. A
    /// cumulative count that falls is lifted to the one before.
    ///
    /// - Parameter fraction: from 0 to 1.
    /// - Returns: The quantile, or nothing where nothing was observed or no bucket has a finite bound.
    package func quantile(_ fraction: Double) -> Quantile? {
        guard (0...1).contains(fraction), let total = total, total > 0 else { return nil }
        let rank = fraction * total
        var lower = Bucket(bound: 0, count: 0)
        for (index, bucket) in buckets.enumerated() {
            let count = max(bucket.count, lower.count)
            if bucket.bound == .infinity {
                return index == 0 ? nil : Quantile(value: lower.bound, isClamped: true)
            }
            if count >= rank {
                return Quantile(value: interpolated(rank, bucket, count, lower, isFirst: index == 0), isClamped: false)
            }
            lower = Bucket(bound: bucket.bound, count: count)
        }
        return buckets.isEmpty ? nil : Quantile(value: lower.bound, isClamped: true)
    }

    /// What was observed since an earlier scrape.
    ///
    /// A series that fell has begun anew, and all of it is new.
    package func increase(since earlier: PrometheusHistogram) -> PrometheusHistogram {
        var increases: [PrometheusLabels: [Bucket]] = [:]
        for (labels, buckets) in series {
            let before = Dictionary(earlier.series[labels]?.map { ($0.bound, $0.count) } ?? []) { first, _ in first }
            let hasFallen = buckets.contains { $0.count < before[$0.bound] ?? 0 }
            increases[labels] = buckets.map { bucket in
                Bucket(bound: bucket.bound, count: bucket.count - (hasFallen ? 0 : before[bucket.bound] ?? 0))
            }
        }
        return PrometheusHistogram(
            series: increases,
            sums: sums.increase(since: earlier.sums),
            counts: counts.increase(since: earlier.counts)
        )
    }

    /// The number of observations that the quantiles are of.
    private var total: Double? {
        guard let last = buckets.last else { return nil }
        // Where a scrape leaves out the bucket of infinity, the count tells what lies beyond.
        return last.bound == .infinity ? buckets.map(\.count).max() : max(counts.sum ?? 0, last.count)
    }

    private func interpolated(
        _ rank: Double,
        _ bucket: Bucket,
        _ count: Double,
        _ lower: Bucket,
        isFirst: Bool
    ) -> Double {
        guard count > lower.count, !isFirst || bucket.bound > 0 else { return bucket.bound }
        return lower.bound + (bucket.bound - lower.bound) * (rank - lower.count) / (count - lower.count)
    }

    /// Sums series bucket by bucket.
    ///
    /// Where one lacks a bound, its count up to the bound before is what is known.
    private static func summed(_ series: [[Bucket]]) -> [Bucket] {
        guard let first = series.first else { return [] }
        if series.count == 1 { return first }
        let bounds = Set(series.joined().map(\.bound)).sorted()
        return bounds.map { bound in
            let counts = series.map { buckets in buckets.last { $0.bound <= bound }?.count ?? 0 }
            return Bucket(bound: bound, count: counts.reduce(0, +))
        }
    }
}
