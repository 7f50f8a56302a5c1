// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TelemetryCatalog
import TelemetryCore
import Testing

@testable import InferometerCommands

@Suite struct CatalogTests {
    private static let own = PriceList(
        source: "own.json",
        entries: [
            (
                key: "acme/large",
                provider: "acme",
                price: ModelPrice(
                    input: 2e-6,
                    output: 8e-6,
                    cachedInput: 5e-7,
                    tiers: [PriceTier(limit: 200_000, input: 4e-6, output: 1.2e-5)]
                )
            )
        ]
    )

    private func select(_ words: String..., only: CatalogPart? = nil) -> CatalogSelection {
        CatalogSelection(words: words, only: only, lists: [Self.own, .bundled])
    }

    private func page(_ selection: CatalogSelection, width: Int? = nil) throws -> [String] {
        let text = Mutex<[UInt8]>([])
        let terminal = Terminal(width: width, hasColour: false, isInteractive: false)
        try CatalogPage(selection).print(
            to: Output(terminal: terminal) { bytes in text.withLock { $0 += bytes } }
        )
        return String(decoding: text.withLock { $0 }, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func withoutWordsEverythingIsThere() {
        let all = select()
        #expect(all.accelerators == AcceleratorCatalog.all)
        #expect(all.models == ModelCatalog.all)
        #expect(all.offers.count == PriceList.bundled.count + 1)
        #expect(all.offers.first?.source == "own.json")
    }

    @Test func wordsMustAllBeInANameInWhateverOrderAndCase() {
        #expect(select("4090 rtx").accelerators.map(\.name) == ["GeForce RTX 4090"])
        #expect(select("APPLE", "ultra").accelerators.allSatisfy { $0.vendor == "Apple" && $0.name.contains("Ultra") })
        #expect(select("scout").models.map(\.name) == ["llama-4-scout"])
        #expect(select("large", "acme").offers.map(\.model.model) == ["large"])
        #expect(select("no such thing").isEmpty)
    }

    @Test func driversNamesAndEnginesNamesAreLookedUpAsMeasurementsDo() {
        let card = select("NVIDIA", "A100-SXM4-80GB").accelerators
        #expect(card == [AcceleratorCatalog.specification(forDeviceNamed: "NVIDIA A100-SXM4-80GB")].compactMap(\.self))
        #expect(card.count == 1)
        let model = select("qwen3:8b").models
        #expect(model.map(\.isEstimated) == [true] && model.map(\.size.parameters) == [8e9])
        #expect(model.map(\.sourceText) == ["read off the name: an estimate"])
    }

    @Test(arguments: CatalogPart.allCases)
    func onePartIsThatPartAlone(_ part: CatalogPart) {
        let selection = select(only: part)
        #expect(selection.accelerators.isEmpty == (part != .accelerators))
        #expect(selection.models.isEmpty == (part != .models))
        #expect(selection.offers.isEmpty == (part != .prices))
        guard case .object(let members) = selection.json else {
            Issue.record("no object")
            return
        }
        #expect(members.map(\.key) == [part.rawValue])
    }

    @Test func aPageNumbersItsSourcesAndPricesByTheMillion() throws {
        #expect(
            try page(select("acme")) == [
                "Prices: US dollars for a million tokens; 'above' says from which prompt length on.",
                "SELLER  MODEL            INPUT  OUTPUT  CACHED  SRC",
                "acme    large            $2.00   $8.00  $0.500    1",
                "          above 200,000  $4.00  $12.00       -    1",
                "Sources:", "  [1] own.json",
            ]
        )
        #expect(try page(select("x y z")) == ["Nothing in the catalogue is called 'x y z'."])
    }

    @Test func unknownIsADashAndEveryRowNamesItsSource() throws {
        let lines = try page(select("a100", only: .accelerators))
        #expect(lines.contains { $0.hasPrefix("A100 SXM 80GB") && $0.contains(" - ") })
        let sources = lines.drop { $0 != "Sources:" }.dropFirst()
        #expect(!sources.isEmpty)
        for accelerator in AcceleratorCatalog.all {
            #expect(!accelerator.source.isEmpty && !accelerator.verification.isEmpty, "\(accelerator.name)")
        }
    }

    @Test(arguments: [80, 100, 200], CatalogPart.allCases)
    func itFits(_ width: Int, _ part: CatalogPart) throws {
        let lines = try page(select(only: part), width: width)
        #expect(lines.allSatisfy { DisplayText.width(of: $0) <= width }, "\(part)")
        #expect(lines.contains { $0.hasSuffix("SRC") })
    }

    @Test func withoutWordsPricesAreOnlyCounted() throws {
        let lines = try page(select())
        #expect(lines.contains { $0.hasPrefix("Prices: of ") && $0.contains(" sellers [") })
        #expect(!lines.contains { $0.hasPrefix("acme") })
    }
}
