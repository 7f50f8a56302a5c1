// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceWire
import TelemetryCore

/// A quantile that was read off a histogram's buckets, interpolated within one of them.
public struct QuantileEstimate: Sendable, Hashable {
    /// The value.
    public let duration: Duration
    /// Whether the true value lies beyond the last finite bound, which is then the value.
    public let isClamped: Bool

    /// Creates an estimate.
    public init(duration: Duration, isClamped: Bool = false) {
        self.duration = duration
        self.isClamped = isClamped
    }
}

/// What a histogram of durations tells; quantiles are absent where nothing was observed.
public struct LatencyQuantiles: Sendable, Hashable {
    /// How many durations were observed.
    public let count: Double
    /// Their arithmetic mean, which is exact.
    public let mean: Duration?
    /// The 50th percentile.
    public let p50: QuantileEstimate?
    /// The 90th percentile.
    public let p90: QuantileEstimate?
    /// The 95th percentile.
    public let p95: QuantileEstimate?
    /// The 99th percentile.
    public let p99: QuantileEstimate?

    /// Reads a histogram of seconds; nothing where the scrape has none.
    init?(_ histogram: PrometheusHistogram?) {
        guard let histogram, let count = histogram.observations else { return nil }
        func quantile(_ fraction: Double) -> QuantileEstimate? {
            guard let quantile = histogram.quantile(fraction) else { return nil }
            return Duration.seconds(checking: quantile.value)
                .map { QuantileEstimate(duration: $0, isClamped: quantile.isClamped) }
        }
        self.count = count
        mean = histogram.mean.flatMap(Duration.seconds(checking:))
        p50 = quantile(0.5)
        p90 = quantile(0.9)
        p95 = quantile(0.95)
        p99 = quantile(0.99)
    }
}
