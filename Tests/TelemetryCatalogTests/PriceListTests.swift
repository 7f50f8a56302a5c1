// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryCatalog

@Suite("Price list")
struct PriceListTests {
    @Test("The bundled list is whole: every row reads, and no price is negative or dear beyond belief")
    func bundled() {
        let lines = PriceTable.rows.split(separator: "\n").filter { !$0.hasPrefix("@") }
        let entries = PriceTable.parse(PriceTable.rows)
        #expect(entries.count == lines.count)
        #expect(entries.count > 1_000)
        for (key, price) in entries {
            let numbers = [price.input, price.output, price.cachedInput, price.cacheWrite, price.reasoning]
            #expect(numbers.compactMap(\.self).allSatisfy { (0...0.01).contains($0) }, "\(key)")
            #expect(price.tiers.map(\.limit) == price.tiers.map(\.limit).sorted(), "\(key)")
        }
        #expect(Set(entries.keys.map(\.seller.rawValue)).isSuperset(of: ["openai", "anthropic", "gemini", "mistral"]))
    }

    @Test("The source names the list's version and its day")
    func source() throws {
        #expect(PriceList.bundled.source.wholeMatch(of: /litellm-\d+\.\d+\.\d+@\d{4}-\d{2}-\d{2}/) != nil)
    }

    @Test("A row reads back as it was written, and a broken one is left out")
    func rows() {
        let text = """
            @acme
            one|1e-6|2e-6
            two|1|2|3|4|5|100:6:7:8:9;200::10
            broken|x|2
            short|1
            """
        let entries = PriceTable.parse(text)
        let acme = Seller(rawValue: "acme")
        #expect(entries.count == 2)
        #expect(entries[PriceKey(seller: acme, model: "one")] == ModelPrice(input: 1e-6, output: 2e-6))
        let tiers = [
            PriceTier(limit: 100, input: 6, output: 7, cachedInput: 8, cacheWrite: 9),
            PriceTier(limit: 200, output: 10),
        ]
        let two = ModelPrice(input: 1, output: 2, cachedInput: 3, cacheWrite: 4, reasoning: 5, tiers: tiers)
        #expect(entries[PriceKey(seller: acme, model: "two")] == two)
    }

    @Test(
        "A key of the file names its seller and model",
        arguments: [
            ("gpt-4o", "openai", "openai", "gpt-4o"),
            ("groq/a/b", "groq", "groq", "a/b"),
            ("vertex_ai/claude-x", "vertex_ai-anthropic_models", "vertex_ai", "claude-x"),
            ("command-r", "cohere_chat", "cohere", "command-r"),
            ("perplexity/perplexity/sonar", "perplexity", "perplexity", "perplexity/sonar"),
            ("acme/m", nil, "acme", "m"),
            ("m", nil, "", "m"),
        ] as [(String, String?, String, String)]
    )
    func keys(key: String, provider: String?, seller: String, model: String) {
        let read = PriceKey(listKey: key, provider: provider)
        #expect(read == PriceKey(seller: Seller(rawValue: seller), model: model))
    }
}

@Suite("Cost")
struct ModelPriceTests {
    private func tokens(_ prompt: Int?, _ completion: Int?, cached: Int? = nil, reasoning: Int? = nil) -> TokenCounts {
        var tokens = TokenCounts()
        tokens.prompt = prompt
        tokens.completion = completion
        tokens.cached = cached
        tokens.reasoning = reasoning
        return tokens
    }

    private let price = ModelPrice(input: 8, output: 100, cachedInput: 1, cacheWrite: 10, reasoning: 50)

    @Test("Cached, written and reasoning tokens are billed apart and once")
    func parts() {
        #expect(price.cost(of: tokens(10, 3)) == 380)
        #expect(price.cost(of: tokens(10, 3, cached: 4)) == 352)
        #expect(price.cost(of: tokens(10, 3, cached: 4, reasoning: 2), cacheWritten: 5) == 262)
    }

    @Test("A part without a price is billed with its whole")
    func missingParts() {
        let plain = ModelPrice(input: 8, output: 100)
        #expect(plain.cost(of: tokens(10, 3, cached: 4, reasoning: 2), cacheWritten: 5) == 380)
    }

    @Test("Counts that contradict each other never make a part larger than its whole")
    func contradictions() {
        #expect(price.cost(of: tokens(10, 3, cached: 40, reasoning: 9), cacheWritten: 7) == 160)
        #expect(price.cost(of: tokens(10, 3, cached: -4)) == 380)
        #expect(price.cost(of: tokens(-1, 3)) == nil)
    }

    @Test("Unknown counts make no cost, save output that is free")
    func unknown() {
        #expect(price.cost(of: tokens(nil, 3)) == nil)
        #expect(price.cost(of: tokens(10, nil)) == nil)
        #expect(ModelPrice(input: 8, output: 0).cost(of: tokens(10, nil)) == 80)
    }

    @Test("A long prompt is billed whole by its tier")
    func tiers() {
        var tiered = price
        tiered.tiers = [
            PriceTier(limit: 100, input: 16, output: 200), PriceTier(limit: 200, input: 32, cachedInput: 2),
        ]
        #expect(tiered.cost(of: tokens(100, 0)) == 800)
        #expect(tiered.cost(of: tokens(101, 1, reasoning: 1)) == 1_816)
        #expect(tiered.cost(of: tokens(201, 1, cached: 1)) == 6_502)
    }
}
