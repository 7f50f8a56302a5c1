// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The numbers of one call that statistics are made of, in the units of the store.
package struct CallMeasures: Sendable, Hashable {
    /// Whether the call was a warm-up.
    package var isWarmup = false
    /// All input tokens.
    package var promptTokens: Double?
    /// Input tokens from a cache.
    package var cachedTokens: Double?
    /// Input tokens worked on.
    package var promptTokensEvaluated: Double?
    /// Output tokens.
    package var completionTokens: Double?
    /// Output tokens that were reasoning.
    package var reasoningTokens: Double?
    /// Input and output tokens together.
    package var totalTokens: Double?
    /// Microseconds from send to last byte.
    package var latency: Double?
    /// Microseconds from send to first token.
    package var timeToFirstToken: Double?
    /// Nanoseconds an output token.
    package var timePerOutputToken: Double?
    /// Nanoseconds: the mean, median and 95th percentile of the call's own gaps between tokens.
    package var meanGap: Double?
    package var medianGap: Double?
    package var p95Gap: Double?
    /// The number of those gaps.
    package var gapCount: Double?
    /// Nanodollars.
    package var cost: Double?
    /// The tariff's currency.
    package var electricityCost: Double?
    /// Grams.
    package var carbon: Double?
    /// Nanojoules.
    package var energy: Double?
    package var prefillEnergy: Double?
    package var decodeEnergy: Double?
    /// Percent.
    package var gpuUtilization: Double?

    /// Creates measures of which nothing is known.
    package init() {}
}
