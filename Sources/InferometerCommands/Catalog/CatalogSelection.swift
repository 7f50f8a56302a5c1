// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCatalog

/// What of the catalogue was asked for.
struct CatalogSelection: Sendable {
    /// One price with the list that it stands in.
    struct Offer: Sendable, Hashable {
        var model: PricedModel
        var source: String
    }

    /// The words that narrowed it down.
    let words: [String]
    /// The parts that were asked for.
    let parts: [CatalogPart]
    private(set) var accelerators: [AcceleratorSpecification] = []
    private(set) var models: [ModelSpecification] = []
    private(set) var offers: [Offer] = []

    init(words: [String], only: CatalogPart?, lists: [PriceList]) {
        self.words = words.flatMap { $0.lowercased().split(separator: " ").map(String.init) }
        parts = only.map { [$0] } ?? CatalogPart.allCases
        let name = words.joined(separator: " ")
        if parts.contains(.accelerators) {
            accelerators = AcceleratorCatalog.all.filter { holds("\($0.vendor) \($0.name)") }
            if accelerators.isEmpty {
                accelerators = [AcceleratorCatalog.specification(forDeviceNamed: name)].compactMap(\.self)
            }
        }
        if parts.contains(.models) {
            models = ModelCatalog.all.filter { holds($0.name) }
            if models.isEmpty { models = [ModelCatalog.specification(forModelNamed: name)].compactMap(\.self) }
        }
        if parts.contains(.prices) {
            offers = lists.flatMap { list in
                list.models.filter { holds("\($0.seller.rawValue) \($0.model)") }
                    .map { Offer(model: $0, source: list.source) }
            }
        }
    }

    /// Whether nothing fits.
    var isEmpty: Bool {
        accelerators.isEmpty && models.isEmpty && offers.isEmpty
    }

    /// Whether a name holds all words.
    private func holds(_ name: String) -> Bool {
        guard !words.isEmpty else { return true }
        let name = name.lowercased()
        return words.allSatisfy { name.contains($0) }
    }
}
