// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCatalog
import TelemetryCore
import Testing

@testable import InferometerCommands

@Suite("Price file")
struct PriceFileTests {
    private let text = """
        {
          "sample_spec": {"input_cost_per_token": 0.0, "litellm_provider": "one of a list", "max_tokens": "a text"},
          "house/large": {
            "litellm_provider": "house", "mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06,
            "cache_read_input_token_cost": 1e-07, "cache_creation_input_token_cost": 3e-06,
            "output_cost_per_reasoning_token": 4e-06, "input_cost_per_token_above_200k_tokens": 5e-06,
            "output_cost_per_token_above_128k_tokens": 6e-06, "input_cost_per_token_above_200k_tokens_batches": 1,
            "supports_vision": true, "search_context_cost_per_query": {"search_context_size_low": 0.03}
          },
          "embed": {"litellm_provider": "openai", "mode": "embedding", "input_cost_per_token": 2e-08},
          "no-output": {"mode": "chat", "input_cost_per_token": 2e-08},
          "negative": {"mode": "chat", "input_cost_per_token": -1, "output_cost_per_token": 1}
        }
        """

    private func call(_ model: String) -> PricedCall {
        PricedCall(engine: .unknown, host: "gateway.example", model: model, tokens: TokenCounts())
    }

    @Test("All parts of a price are read")
    func parts() throws {
        let list = try PriceFile.read(Data(text.utf8), source: "house.json")
        let quote = try #require(PriceBook([list]).quote(for: call("house/large")))
        #expect(quote.source == "house.json house/large")
        let tiers = [PriceTier(limit: 128_000, output: 6e-6), PriceTier(limit: 200_000, input: 5e-6)]
        #expect(
            quote.price
                == ModelPrice(
                    input: 1e-6,
                    output: 2e-6,
                    cachedInput: 1e-7,
                    cacheWrite: 3e-6,
                    reasoning: 4e-6,
                    tiers: tiers
                )
        )
    }

    @Test("An entry without a usable price is passed over")
    func incomplete() throws {
        let list = try PriceFile.read(Data(text.utf8), source: "house.json")
        #expect(list.count == 2)
        #expect(PriceBook([list]).quote(for: call("embed"))?.price.output == 0)
    }

    @Test("What is no list is refused", arguments: ["", "[]", "{\"a\": 1}", "{\"a\": {}", "null"])
    func refused(text: String) {
        #expect(throws: (any Error).self) { try PriceFile.read(Data(text.utf8), source: "x") }
    }
}
