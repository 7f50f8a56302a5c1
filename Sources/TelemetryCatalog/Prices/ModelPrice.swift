// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// What a service asks for one model, in US dollars by the token, at its standard tier.
public struct ModelPrice: Sendable, Hashable {
    /// An input token.
    public var input: Double
    /// An output token.
    public var output: Double
    /// An input token that came from the service's cache; as any input token where absent.
    public var cachedInput: Double?
    /// An input token written to the service's cache; as any input token where absent.
    public var cacheWrite: Double?
    /// An output token that was reasoning; as any output token where absent.
    public var reasoning: Double?
    /// Other prices that hold from a prompt length on, in rising order.
    public var tiers: [PriceTier]

    /// Creates a price from its parts.
    public init(
        input: Double,
        output: Double,
        cachedInput: Double? = nil,
        cacheWrite: Double? = nil,
        reasoning: Double? = nil,
        tiers: [PriceTier] = []
    ) {
        self.input = input
        self.output = output
        self.cachedInput = cachedInput
        self.cacheWrite = cacheWrite
        self.reasoning = reasoning
        self.tiers = tiers
    }
}

/// The prices of calls whose prompt is longer than a limit: they hold for the whole call.
public struct PriceTier: Sendable, Hashable {
    /// The prompt length, in tokens, beyond which the tier holds.
    public var limit: Int
    /// An input token; as below the limit where absent.
    public var input: Double?
    /// An output token; as below the limit where absent.
    public var output: Double?
    /// An input token that came from the cache; as below the limit where absent.
    public var cachedInput: Double?
    /// An input token written to the cache; as below the limit where absent.
    public var cacheWrite: Double?

    /// Creates a tier from its parts.
    public init(
        limit: Int,
        input: Double? = nil,
        output: Double? = nil,
        cachedInput: Double? = nil,
        cacheWrite: Double? = nil
    ) {
        self.limit = limit
        self.input = input
        self.output = output
        self.cachedInput = cachedInput
        self.cacheWrite = cacheWrite
    }
}

extension ModelPrice {
    /// The price that holds for a prompt of a length, in tokens.
    func forPrompt(of length: Int) -> ModelPrice {
        guard let tier = tiers.last(where: { length > $0.limit }) else { return self }
        var price = self
        price.input = tier.input ?? input
        price.output = tier.output ?? output
        price.cachedInput = tier.cachedInput ?? cachedInput
        price.cacheWrite = tier.cacheWrite ?? cacheWrite
        // A tier that raises the output's price and names none for reasoning raises that too.
        if tier.output != nil { price.reasoning = nil }
        return price
    }

    /// The cost of counted tokens in US dollars, or nothing where a count that matters is unknown.
    ///
    /// Cached and written tokens are part of the prompt, reasoning is part of the output. Without a count of its own,
    /// a part is billed with the whole it belongs to.
    public func cost(of tokens: TokenCounts, cacheWritten: Int? = nil) -> Double? {
        guard let prompt = tokens.prompt, prompt >= 0 else { return nil }
        let price = forPrompt(of: prompt)
        guard let completion = tokens.completion ?? (price.output == 0 ? 0 : nil), completion >= 0 else { return nil }
        let cached = min(max(tokens.cached ?? 0, 0), prompt)
        let written = min(max(cacheWritten ?? 0, 0), prompt - cached)
        let reasoning = min(max(tokens.reasoning ?? 0, 0), completion)
        return Double(prompt - cached - written) * price.input
            + Double(cached) * (price.cachedInput ?? price.input)
            + Double(written) * (price.cacheWrite ?? price.input)
            + Double(completion - reasoning) * price.output
            + Double(reasoning) * (price.reasoning ?? price.output)
    }
}
