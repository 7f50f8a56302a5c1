// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct CatalogCommandTests {
    @Test func itPrintsOneObjectForScripts() async throws {
        try await Program.withHome { program in
            let all = try program.run("catalog", "--json").object()
            #expect(Set(all.keys) == ["accelerators", "models", "prices"])
            let cards = try #require(
                try program.run("catalog", "--json", "h100").object()["accelerators"] as? [[String: Any]]
            )
            let card = try #require(cards.first { ($0["name"] as? String)?.contains("SXM") == true })
            #expect(card["bf16_dense_tflops"] as? Double == 989.5)
            #expect(card["memory_bandwidth_gb_per_second"] as? Double == 3_350)
            #expect(card["confidence"] as? String == "vendor" && (card["source"] as? String)?.isEmpty == false)
            let none = try program.run("catalog", "--json", "no-such-thing")
            #expect(none.status == 0)
        }
    }

    @Test func onesOwnPricesComeFirst() async throws {
        try await Program.withHome { program in
            let file = program.path("own.json")
            try Data(
                #"{"acme/m":{"litellm_provider":"acme","input_cost_per_token":2e-6,"output_cost_per_token":8e-6}}"#.utf8
            ).write(to: URL(filePath: file))
            let outcome = try program.run("catalog", "--prices", file, "acme")
            #expect(outcome.status == 0)
            #expect(
                outcome.output.contains("acme") && outcome.output.contains("$2.00")
                    && outcome.output.contains("own.json")
            )
            #expect(try program.run("catalog", "--prices", "/nowhere.json").status == 64)
            #expect(try program.run("catalog", "--only", "colours").status == 64)
        }
    }

    @Test func aNarrowTerminalHoldsItAndHelpShowsHow() async throws {
        try await Program.withHome { program in
            let page = try program.run("catalog", environment: ["COLUMNS": "80"])
            #expect(page.status == 0)
            #expect(page.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
            #expect(page.output.contains("M3 Ultra") && page.output.contains("mixtral-8x7b"))
            let help = try program.run("catalog", "--help")
            #expect(help.status == 0 && help.output.contains("inferometer catalog NVIDIA A100-SXM4-80GB"))
        }
    }
}
