// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCatalog
import TelemetryCore
import Testing

@Suite("What the catalogue holds")
struct CatalogContentTests {
    @Test("Each accelerator says from where it is known, and its figures are in the units they claim")
    func accelerators() {
        let all: [AcceleratorSpecification] = AcceleratorCatalog.all
        #expect(all.count > 70)
        for part in all {
            #expect(!part.vendor.isEmpty && !part.source.isEmpty && !part.verification.isEmpty, "\(part.name)")
            // From a laptop's chip to the largest card.
            #expect(part.peakFLOPS.values.allSatisfy { (1e12...1e16).contains($0) }, "\(part.name)")
            #expect(part.memoryBytesPerSecond.map { (2e10...2e13).contains($0) } ?? true, "\(part.name)")
            #expect(part.memoryGigabytes.map { (4...1_000).contains($0) } ?? true, "\(part.name)")
            #expect(part.thermalDesignPower.map { (5...2_000).contains($0.watts) } ?? true, "\(part.name)")
        }
    }

    @Test("Each listed price has a seller and a model, in order, once")
    func prices() {
        let models: [PricedModel] = PriceList.bundled.models
        #expect(models.count == PriceList.bundled.count)
        let names = models.map { "\($0.seller.rawValue)/\($0.model)" }
        #expect(Set(names).count == names.count)
        #expect(models.map(\.seller.rawValue) == models.map(\.seller.rawValue).sorted())
    }

    @Test("The price of a call follows from its identity and what the engine counted")
    func ofAnIdentity() throws {
        let own = PriceList(
            source: "own.json",
            entries: [(key: "acme/m", provider: "acme", price: ModelPrice(input: 1e-6, output: 2e-6))]
        )
        var usage = TokenUsage(source: .usage)
        usage.prompt = 1_000
        usage.completion = 500
        var identity = CallIdentity()
        identity.requestedModel = "acme/m"
        let price = PriceBook([own]).price(of: identity, usage: usage)
        #expect(abs(try #require(price.costUSD) - 0.002) < 1e-12)
        identity.engine = .llamaCpp
        #expect(PriceBook([own]).price(of: identity, usage: usage).source == "local")
        identity.engine = .openAI
        identity.requestedModel = "no-such-model"
        #expect(PriceBook().price(of: identity, usage: usage) == CallPrice())
    }
}
