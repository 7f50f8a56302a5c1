// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryCatalog

@Suite("Price book")
struct PriceBookTests {
    private func call(
        _ model: String?,
        engine: EngineKind? = .unknown,
        host: String? = nil,
        requested: String? = nil,
        prompt: Int? = 1_000,
        completion: Int? = 100
    ) -> PricedCall {
        var tokens = TokenCounts()
        tokens.prompt = prompt
        tokens.completion = completion
        return PricedCall(engine: engine, host: host, model: model, requestedModel: requested, tokens: tokens)
    }

    @Test(
        "A model has one name at its seller",
        arguments: [
            ("gpt-4o", EngineKind.openAI, "api.openai.com:443", "openai/gpt-4o"),
            ("gpt-4o-2024-05-13", .openAI, "api.openai.com", "openai/gpt-4o-2024-05-13"),
            ("gpt-4o-2039-01-31", .openAI, "api.openai.com", "openai/gpt-4o"),
            ("claude-sonnet-4-5-20250929", .anthropic, "api.anthropic.com", "anthropic/claude-sonnet-4-5-20250929"),
            ("claude-sonnet-4-5-20390101", .anthropic, nil, "anthropic/claude-sonnet-4-5"),
            ("models/gemini-2.5-pro", .unknown, "generativelanguage.googleapis.com", "gemini/gemini-2.5-pro"),
            ("gemini-2.5-pro", .unknown, "us-central1-aiplatform.googleapis.com", "vertex_ai/gemini-2.5-pro"),
            ("gpt-4o-2024-08-06", .unknown, "mine.openai.azure.com", "azure/gpt-4o-2024-08-06"),
            ("openai/gpt-oss-120b", .unknown, "API.groq.com", "groq/openai/gpt-oss-120b"),
            ("groq/openai/gpt-oss-120b", .unknown, "gateway.example", "groq/openai/gpt-oss-120b"),
            ("gpt-4o", .unknown, "gateway.example", "openai/gpt-4o"),
            ("claude-sonnet-4-5", nil, nil, "anthropic/claude-sonnet-4-5"),
        ] as [(String, EngineKind?, String?, String)]
    )
    func names(model: String, engine: EngineKind?, host: String?, expected: String) throws {
        let quote = try #require(PriceBook().quote(for: call(model, engine: engine, host: host)))
        #expect(quote.source == "\(PriceList.bundled.source) \(expected)")
    }

    @Test(
        "What is not in the list has no price",
        arguments: [
            ("tiny", "api.openai.com"),
            ("gpt-4", "api.groq.com"),
            ("gpt-4o-and-more", "api.openai.com"),
            ("gpt-4o-2024-08", "api.openai.com"),
            ("4o", "api.openai.com"),
            ("", "api.openai.com"),
            ("mistral-large-latest", "gateway.example"),
            ("llama-3.3-70b-versatile", nil),
        ] as [(String, String?)]
    )
    func unknown(model: String, host: String?) {
        let price = PriceBook().price(of: call(model, host: host))
        #expect(price.costUSD == nil)
        #expect(price.source == nil)
    }

    @Test("A host that only looks like a seller's is a gateway like any other")
    func lookalike() {
        #expect(Seller(host: "api.openai.com.example") == nil)
        #expect(Seller(host: "notapi.openai.com") == nil)
    }

    @Test("No model at all has no price")
    func noModel() {
        #expect(PriceBook().quote(for: call(nil, engine: .openAI)) == nil)
    }

    @Test("An answer's unknown name falls back on the one asked for")
    func requestedName() {
        let price = PriceBook().price(of: call("deployment-7", engine: .openAI, requested: "gpt-4o"))
        #expect(price.costUSD == 1_000 * 2.5e-6 + 100 * 1e-5)
    }

    @Test(
        "One's own engines cost nothing",
        arguments: [
            EngineKind.ollama, .vllm, .llamaCpp, .sglang, .mlx, .lmStudio, .simulated,
        ]
    )
    func selfHosted(engine: EngineKind) {
        let price = PriceBook().price(of: call("gpt-4o", engine: engine, host: "far.example", prompt: nil))
        #expect(price.costUSD == 0)
        #expect(price.source == "local")
    }

    @Test("An upstream on this machine costs nothing whatever its kind")
    func local() {
        var local = call("gpt-4o")
        local.isOnThisMachine = true
        #expect(PriceBook().price(of: local).costUSD == 0)
    }

    @Test("A price without counts is no cost")
    func uncounted() {
        let price = PriceBook().price(of: call("gpt-4o", prompt: nil))
        #expect(price.costUSD == nil)
        #expect(price.source == nil)
    }

    @Test("A list of one's own comes before the bundled one, under every spelling")
    func ownList() {
        let list = PriceList(
            source: "mine.json",
            entries: [
                (key: "gpt-4o", provider: "openai", price: ModelPrice(input: 1, output: 2)),
                (key: "house-model", provider: nil, price: ModelPrice(input: 3, output: 4)),
                (key: "acme/large", provider: nil, price: ModelPrice(input: 5, output: 6)),
            ]
        )
        let book = PriceBook([list])
        #expect(list.count == 3)
        #expect(book.price(of: call("gpt-4o-2024-08-06", engine: .openAI)).costUSD == 1_200)
        #expect(book.quote(for: call("house-model", host: "api.groq.com"))?.source == "mine.json house-model")
        #expect(book.quote(for: call("acme/large", host: "gateway.example"))?.price.output == 6)
        #expect(book.quote(for: call("o3", engine: .openAI))?.source.hasPrefix("litellm-") == true)
    }

    @Test("A key without its seller's name is found where the seller is unknown")
    func foreignProvider() {
        let list = PriceList(
            source: "f",
            entries: [
                (key: "special", provider: "acme", price: ModelPrice(input: 1, output: 1))
            ]
        )
        #expect(PriceBook([list]).quote(for: call("special", host: "10.0.0.7:9000"))?.source == "f special")
        #expect(PriceBook([list]).quote(for: call("special", host: "api.openai.com")) == nil)
    }
}
