// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import TelemetryCatalog

/// `inferometer catalog`: what is known of accelerators, models and prices, and from where.
struct CatalogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog",
        abstract: "Show what is known of accelerators, models and prices, each with its source.",
        discussion: """
            Words narrow it down to the names that hold them all. A driver's name for a device and an engine's name for
            a model are looked up as measurements do it. Prices are those of the services; prices of one's own come
            from a file in LiteLLM's format.

            Examples:

              inferometer catalog
              inferometer catalog h100
              inferometer catalog NVIDIA A100-SXM4-80GB
              inferometer catalog qwen3:8b
              inferometer catalog --only prices anthropic opus
              inferometer catalog --json --only accelerators
            """
    )

    @Argument(help: ArgumentHelp("Words that a name must hold, in any order and case.", valueName: "word"))
    var words: [String] = []

    @Option(help: ArgumentHelp("Show one part: accelerators, models or prices.", valueName: "part"))
    var only: CatalogPart?

    @Option(help: ArgumentHelp("A price list of your own, which comes before the bundled one.", valueName: "file"))
    var prices: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let context = CommandContext.process()
        let lists = [try PriceSources.list(file: prices), .bundled].compactMap(\.self)
        let selection = CatalogSelection(words: words, only: only, lists: lists)
        if json {
            try context.output.json(selection.json)
        } else {
            try CatalogPage(selection).print(to: context.output)
        }
    }
}

/// A part of the catalogue.
enum CatalogPart: String, Sendable, CaseIterable, ExpressibleByArgument {
    case accelerators
    case models
    case prices
}
