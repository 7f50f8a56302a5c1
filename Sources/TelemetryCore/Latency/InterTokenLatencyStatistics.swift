// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The gaps between successive tokens of one call.
///
/// These are inter-token latencies only where each event carried exactly one token; gaps between events that carry
/// several are inter-chunk latencies and should be called so. Every value is absent for fewer than two tokens.
public struct InterTokenLatencyStatistics: Sendable, Hashable {
    /// The gaps' centre, spread and percentiles.
    public let gaps: GapStatistics
    /// The shortest gap; zero where two tokens arrived in one read.
    public let minimum: Duration?
    /// The longest gap.
    public let maximum: Duration?

    /// Describes the gaps between the instants at which tokens arrived.
    ///
    /// - Throws: ``CalculationError`` where a time lies before its predecessor.
    public init(tokenTimes: [MonotonicInstant]) throws(CalculationError) {
        var nanoseconds = [Double](repeating: 0, count: max(tokenTimes.count - 1, 0))
        var least: Int64 = 0
        for index in nanoseconds.indices {
            let gap = tokenTimes[index + 1].nanoseconds &- tokenTimes[index].nanoseconds
            least = gap < least ? gap : least
            nanoseconds[index] = Double(gap)
        }
        try self.init(nanoseconds: nanoseconds, stepsBack: least < 0)
    }

    /// Describes the gaps between arrival times that are counted from any common start.
    ///
    /// - Throws: ``CalculationError`` where a time lies before its predecessor.
    public init(tokenTimes: [Duration]) throws(CalculationError) {
        var nanoseconds = [Double](repeating: 0, count: max(tokenTimes.count - 1, 0))
        var least = 0.0
        for index in nanoseconds.indices {
            let gap = (tokenTimes[index + 1] - tokenTimes[index]).fractionalNanoseconds
            least = gap < least ? gap : least
            nanoseconds[index] = gap
        }
        try self.init(nanoseconds: nanoseconds, stepsBack: least < 0)
    }

    private init(nanoseconds: [Double], stepsBack: Bool) throws(CalculationError) {
        guard !stepsBack else {
            throw CalculationError(
                .times,
                "Token times must not step back: give them in the order of arrival, on one monotonic clock."
            )
        }
        let sample = SampleStatistics(nanoseconds)
        gaps = sample.map(GapStatistics.init(nanoseconds:)) ?? GapStatistics()
        minimum = sample.map { Duration(fractionalNanoseconds: $0.minimum) }
        maximum = sample.map { Duration(fractionalNanoseconds: $0.maximum) }
    }

    /// The arithmetic mean.
    public var mean: Duration? { gaps.mean }
    /// The 50th percentile.
    public var p50: Duration? { gaps.median }
    /// The 90th percentile.
    public var p90: Duration? { gaps.p90 }
    /// The 95th percentile.
    public var p95: Duration? { gaps.p95 }
    /// The 99th percentile.
    public var p99: Duration? { gaps.p99 }
    /// The sample standard deviation; absent for fewer than two gaps.
    public var standardDeviation: Duration? { gaps.standardDeviation }
}
