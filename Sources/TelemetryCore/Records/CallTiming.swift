// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// How long the parts of one call took, on the monotonic clock.
public struct CallTiming: Sendable, Hashable {
    /// From the send of the request to the last byte of the answer.
    public var latency: Duration?
    /// From the send to the first non-empty generated payload; of a call that was not streamed only if the engine says.
    public var timeToFirstToken: Duration?
    /// From the send to the first payload that is not reasoning.
    public var timeToFirstAnswer: Duration?
    /// The mean time between output tokens after the first payload.
    public var timePerOutputToken: Duration?
    /// Gaps between tokens, only where each payload event was one token.
    public var interTokenLatency: GapStatistics?
    /// Gaps between payload events.
    public var interChunkLatency: GapStatistics?
    /// The number of payload events.
    public var chunkCount: Int?
    /// Waiting time before work began, as the engine reports it.
    public var engineQueue: Duration?
    /// Time to load the model, as the engine reports it.
    public var engineLoad: Duration?
    /// Time to work on the prompt, as the engine reports it.
    public var enginePrefill: Duration?
    /// Time to generate, as the engine reports it.
    public var engineDecode: Duration?

    /// Creates timings of which nothing is known.
    public init() {}
}

/// Statistics of the gaps between successive events of one call.
public struct GapStatistics: Sendable, Hashable {
    /// The number of gaps; absent where an imported row does not say.
    public var count: Int?
    /// The arithmetic mean.
    public var mean: Duration?
    /// The 50th percentile.
    public var median: Duration?
    /// The 90th percentile.
    public var p90: Duration?
    /// The 95th percentile.
    public var p95: Duration?
    /// The 99th percentile.
    public var p99: Duration?
    /// The sample standard deviation; absent for fewer than two gaps.
    public var standardDeviation: Duration?

    /// Creates statistics of which nothing is known.
    public init() {}
}
