// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A mean over what was measured, and over how many calls.
public struct Average<Value: Sendable & Hashable>: Sendable, Hashable {
    /// The mean; absent where nothing was measured.
    public var value: Value?
    /// The number of calls behind it; for a ratio those that have both of its parts.
    public var count: Int

    /// Creates a mean.
    public init(_ value: Value? = nil, count: Int = 0) {
        self.value = value
        self.count = count
    }
}

/// Three percentiles of one distribution.
public struct Percentiles<Value: Sendable & Hashable>: Sendable, Hashable {
    /// The median; absent, like the others, where nothing was measured.
    public var p50: Value?
    /// The 95th percentile.
    public var p95: Value?
    /// The 99th percentile.
    public var p99: Value?

    /// Creates percentiles of which none is known.
    public init() {}
}

/// What is known of some calls together.
///
/// Counts and sums are over all of them, warm-up included; averages and percentiles leave warm-up calls out unless they
/// were asked for with them. What was not measured of any call is absent, never 0. Ratios are sum over sum.
public struct CallStatistics: Sendable, Hashable {
    /// All calls.
    public var callCount = 0
    /// Those among them that were warm-up.
    public var warmupCalls = 0
    /// Input and output tokens.
    public var totalTokens: Int?
    /// Input tokens, cached included.
    public var promptTokens: Int?
    /// Input tokens from a cache.
    public var cachedTokens: Int?
    /// Input tokens worked on.
    public var promptTokensEvaluated: Int?
    /// Output tokens.
    public var completionTokens: Int?
    /// Output tokens that were reasoning.
    public var reasoningTokens: Int?
    /// The sum of latencies.
    public var totalLatency: Duration?
    /// The price, in US dollars.
    public var totalCostUSD: Double?
    /// The cost of electricity, in the tariff's currency.
    public var totalElectricityCost: Double?
    /// The carbon of electricity, in grams of CO2 equivalent.
    public var totalCarbonGrams: Double?
    /// The calls' energy.
    public var totalEnergy: Energy?
    /// The energy before first tokens.
    public var totalPrefillEnergy: Energy?
    /// The energy between first and last tokens.
    public var totalDecodeEnergy: Energy?
    /// Latency, by the call.
    public var averageLatency = Average<Duration>()
    /// Time to first token, by the call.
    public var averageTimeToFirstToken = Average<Duration>()
    /// GPU utilisation in percent, by the call.
    public var averageGPUUtilizationPercent = Average<Double>()
    /// Output tokens over latency.
    public var averageTokensPerSecond = Average<Double>()
    /// Output tokens over joules.
    public var averageTokensPerJoule = Average<Double>()
    /// Joules over output tokens.
    public var averageJoulesPerOutputToken = Average<Double>()
    /// Output tokens a second, over watts: output tokens over joules.
    public var averageTokensPerSecondPerWatt = Average<Double>()
    /// The mean gap between tokens, weighted by the number of gaps.
    public var averageMeanInterTokenLatency = Average<Duration>()
    /// The median of the calls' median gaps.
    public var averageMedianInterTokenLatency = Average<Duration>()
    /// The 95th percentile of the calls' 95th percentiles.
    public var averageP95InterTokenLatency = Average<Duration>()
    /// Joules over input and output tokens, warm-up included.
    public var joulesPerToken: Double?
    /// Time to first token.
    public var timeToFirstToken = Percentiles<Duration>()
    /// Latency.
    public var latency = Percentiles<Duration>()
    /// Time per output token.
    public var timePerOutputToken = Percentiles<Duration>()
    /// Output tokens a second of each call.
    public var throughput = Percentiles<Double>()

    /// Creates the statistics of no calls.
    public init() {}
}
