// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCatalog
import TelemetryCore

/// The catalogue as a person reads it: a table a part, and below them the sources that their last column numbers.
struct CatalogPage {
    private let selection: CatalogSelection
    private var sources = SourceNumbers()
    private var sections: [Section] = []

    private struct Section {
        var heading: String
        var table: Table?
        var remarks: [String] = []
    }

    /// So many accelerators are few enough to be remarked on one by one.
    private static let few = 4

    init(_ selection: CatalogSelection) {
        self.selection = selection
        if !selection.accelerators.isEmpty { addAccelerators() }
        if !selection.models.isEmpty { addModels() }
        if !selection.offers.isEmpty { addPrices() }
    }

    func print(to output: Output) throws {
        guard !selection.isEmpty else {
            return try output.sentence(
                "Nothing in the catalogue is called '\(selection.words.joined(separator: " "))'."
            )
        }
        for section in sections {
            try output.sentence(section.heading)
            if let table = section.table {
                try output.line()
                try output.table(table)
            }
            if !section.remarks.isEmpty { try output.line() }
            for remark in section.remarks { try output.sentence(remark) }
            try output.line()
        }
        try output.line("Sources:")
        for (index, source) in sources.all.enumerated() { try output.sentence("  [\(index + 1)] \(source)") }
    }

    private mutating func addAccelerators() {
        var table = Table(columns: [
            .text("ACCELERATOR", atLeast: 20), .text("VENDOR", expendability: 2), .number("16-BIT"), .number("FP8"),
            .number("GB/S"), .number("GB"), .number("WATTS"), .text("CONFIDENCE"), .number("SRC"),
        ])
        var remarks: [String] = []
        for accelerator in selection.accelerators {
            table.rows.append([
                accelerator.name,
                accelerator.vendor,
                accelerator.halfPrecisionFLOPS.map { HumanUnits.number($0 / 1e12) },
                accelerator.peakFLOPS[.fp8].map { HumanUnits.number($0 / 1e12) },
                accelerator.memoryBytesPerSecond.map { HumanUnits.number($0 / 1e9) },
                accelerator.memoryGigabytes.map { HumanUnits.count(Int($0.rounded())) },
                accelerator.thermalDesignPower.map { HumanUnits.count(Int($0.watts.rounded())) },
                accelerator.confidence.rawValue,
                String(sources.number(of: accelerator.source)),
            ])
            remarks.append("  \(accelerator.name): \(Self.remark(on: accelerator))")
        }
        sections.append(
            Section(
                heading: "Accelerators: dense teraFLOPS, memory in GB/s and GB, design power in watts.",
                table: table,
                remarks: selection.accelerators.count <= Self.few ? remarks : []
            )
        )
    }

    /// What the figures rest on and how far that was checked, in one sentence.
    private static func remark(on accelerator: AcceleratorSpecification) -> String {
        let checked = "source \(accelerator.verification)"
        return [accelerator.notes, "basis \(accelerator.basis)", checked].filter { !$0.isEmpty }.joined(separator: "; ")
    }

    private mutating func addModels() {
        var table = Table(columns: [
            .text("MODEL", atLeast: 20), .number("PARAMETERS"), .number("ACTIVE"), .number("SRC"),
        ])
        for model in selection.models {
            table.rows.append([
                model.name,
                Self.billions(model.size.parameters),
                model.size.activeParameters.map(Self.billions),
                String(sources.number(of: model.sourceText)),
            ])
        }
        sections.append(Section(heading: "Models: parameters, and those that a token passes through.", table: table))
    }

    private mutating func addPrices() {
        // Thousands of prices are no answer to a question that named none.
        guard !selection.words.isEmpty || selection.parts == [.prices] else { return addPriceSummary() }
        var table = Table(columns: [
            .text("SELLER", atLeast: 8), .text("MODEL", atLeast: 18), .number("INPUT"), .number("OUTPUT"),
            .number("CACHED", expendability: 1), .number("WRITTEN", expendability: 2),
            .number("REASONING", expendability: 3), .number("SRC"),
        ])
        for offer in selection.offers {
            let price = offer.model.price
            let source = String(sources.number(of: offer.source))
            let dollars = [price.input, price.output, price.cachedInput, price.cacheWrite, price.reasoning]
            table.rows.append(
                [offer.model.seller.rawValue, offer.model.model] + dollars.map(Self.perMillion) + [source]
            )
            for tier in price.tiers {
                let dollars = [tier.input, tier.output, tier.cachedInput, tier.cacheWrite, nil]
                let limit = "  above \(HumanUnits.count(tier.limit))"
                table.rows.append(["", limit] + dollars.map(Self.perMillion) + [source])
            }
        }
        sections.append(
            Section(
                heading: "Prices: US dollars for a million tokens; 'above' says from which prompt length on.",
                table: table.droppingUnknownColumns()
            )
        )
    }

    private mutating func addPriceSummary() {
        let sellers = Set(selection.offers.map(\.model.seller)).count
        let numbers = Set(selection.offers.map(\.source)).sorted().map { "[\(sources.number(of: $0))]" }
        sections.append(
            Section(
                heading: "Prices: of \(HumanUnits.count(selection.offers.count, of: "model"))"
                    + " at \(HumanUnits.count(sellers, of: "seller")) \(numbers.joined(separator: " "))."
                    + " Name one, or say --only prices.",
                table: nil
            )
        )
    }

    private static func billions(_ parameters: Double) -> String {
        parameters < 1e9 ? "\(HumanUnits.number(parameters / 1e6)) M" : "\(HumanUnits.number(parameters / 1e9)) B"
    }

    private static func perMillion(_ price: Double?) -> String? {
        price.map { HumanUnits.dollars($0 * 1e6) }
    }
}

/// Sources in the order in which they are first named.
private struct SourceNumbers {
    private(set) var all: [String] = []

    mutating func number(of source: String) -> Int {
        if let index = all.firstIndex(of: source) { return index + 1 }
        all.append(source)
        return all.count
    }
}
