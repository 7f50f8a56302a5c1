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
        var nanoseconds: [Double] = []
        nanoseconds.reserveCapacity(tokenTimes.count)
        var wentBack = false
        for index in tokenTimes.indices.dropFirst() {
            let gap = tokenTimes[index].nanoseconds &- tokenTimes[index - 1].nanoseconds
            wentBack = wentBack || gap < 0
            nanoseconds.append(Double(gap))
        }
        guard !wentBack else { throw .timesStepBack }
        self.init(nanoseconds: &nanoseconds)
    }

    /// Describes the gaps between arrival times that are counted from any common start.
    ///
    /// - Throws: ``CalculationError`` where a time lies before its predecessor.
    public init(tokenTimes: [Duration]) throws(CalculationError) {
        var nanoseconds: [Double] = []
        nanoseconds.reserveCapacity(tokenTimes.count)
        for index in tokenTimes.indices.dropFirst() {
            let gap = tokenTimes[index] - tokenTimes[index - 1]
            guard gap >= .zero else { throw .timesStepBack }
            nanoseconds.append(gap.fractionalNanoseconds)
        }
        self.init(nanoseconds: &nanoseconds)
    }

    private init(nanoseconds: inout [Double]) {
        let sample = SampleStatistics(scratch: &nanoseconds)
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

extension CalculationError {
    fileprivate static let timesStepBack = CalculationError(
        .times,
        "Token times must not step back: give them in the order of arrival, on one monotonic clock."
    )
}
