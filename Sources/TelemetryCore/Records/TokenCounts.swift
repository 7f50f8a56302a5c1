// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Token counts of one call.
public struct TokenCounts: Sendable, Hashable {
    /// All input tokens, those from a cache included.
    public var prompt: Int?
    /// The input tokens that came from a cache.
    public var cached: Int?
    /// The input tokens that the engine worked on.
    public var promptEvaluated: Int?
    /// All output tokens, reasoning included, summed over choices.
    public var completion: Int?
    /// The output tokens that were reasoning.
    public var reasoning: Int?
    /// Where the counts come from; absent where nothing was counted or an imported row does not say.
    public var source: TokenSource?

    /// Creates counts of which nothing is known.
    public init() {}

    /// Input and output together; absent unless both are known.
    public var total: Int? {
        guard let prompt, let completion else { return nil }
        let (sum, overflow) = prompt.addingReportingOverflow(completion)
        return overflow ? nil : sum
    }
}
