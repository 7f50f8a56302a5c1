// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import TelemetryProxy
import TelemetryTesting
import Testing

@testable import InferometerCommands

@Suite struct PriceSourcesTests {
    @Test func aPersonsListComesFirstAndTheUpstreamTellsTheSeller() throws {
        let world = try CommandWorld()
        let file = try world.file(
            "prices/own.json",
            #"{"gpt-4o": {"litellm_provider": "openai", "input_cost_per_token": 1, "output_cost_per_token": 2}}"#
        )
        let upstream = try UpstreamConfiguration(name: "hosted", url: "https://api.openai.com", kind: .openAI)
        let price = try PriceSources(file: file).source(upstreams: [upstream])
        var identity = CallIdentity()
        identity.engine = .openAI
        identity.upstream = "hosted"
        identity.model = "gpt-4o"
        var usage = TokenUsage(source: .usage)
        usage.prompt = 10
        usage.completion = 5
        let own = price(identity, usage)
        #expect(own.costUSD == 20 && own.source?.contains("own.json") == true)
        let bundled = try PriceSources(file: nil).source(upstreams: [upstream])(identity, usage)
        #expect(bundled.costUSD.map { $0 > 0 && $0 < 1 } == true && bundled.source != own.source)
        identity.model = "no-such-model"
        #expect(price(identity, usage).costUSD == nil)
        identity.engine = .vllm
        #expect(price(identity, usage).costUSD == 0 && price(identity, usage).source == "local")
    }

    @Test(arguments: ["[]", "{", "7", #"{"a": 5}"#, ""])
    func whatIsNoListIsMisuse(_ text: String) throws {
        let file = try CommandWorld().file("prices.json", text)
        #expect {
            _ = try PriceSources(file: file)
        } throws: { "\($0)".contains("prices.json") }
    }
}
