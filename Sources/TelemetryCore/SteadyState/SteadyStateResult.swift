// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What a detector has seen: the warm-up, and the samples from the one on that reached steady state.
///
/// Samples between the two are in neither list: they count in the total alone.
public struct SteadyStateResult: Sendable, Hashable {
    /// How many samples were recorded.
    public var totalSamples = 0
    /// Whether the series is steady now.
    public var steadyStateReached = false
    /// Throughput of the warm-up samples, in tokens per second.
    public var warmupThroughputs: [Double] = []
    /// Energy of the warm-up samples; absent where it was not measured.
    public var warmupEnergies: [Energy?] = []
    /// Throughput of the samples in steady state, in tokens per second.
    public var steadyThroughputs: [Double] = []
    /// Energy of the samples in steady state; absent where it was not measured.
    public var steadyEnergies: [Energy?] = []

    /// Creates the result of no sample.
    public init() {}

    /// How many samples were warm-up.
    public var warmupSamples: Int { warmupThroughputs.count }
    /// How many samples were taken in steady state.
    public var steadyStateSamples: Int { steadyThroughputs.count }
}
