// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import TelemetryCatalog
import TelemetryCore
import TelemetryProxy

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The prices that calls are given: a person's own list before the bundled one.
struct PriceSources: Sendable {
    private let book: PriceBook

    /// Reads a person's list, if there is one.
    ///
    /// - Throws: `ValidationError` if the file cannot be read as a price list.
    init(file: String?) throws {
        book = PriceBook(try Self.list(file: file).map { [$0] } ?? [])
    }

    /// The list in a person's own file, if one is named.
    ///
    /// - Throws: `ValidationError` if the file cannot be read as a price list.
    static func list(file: String?) throws -> PriceList? {
        guard let file else { return nil }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ValidationError("The price list \(file) cannot be read.")
        }
        let name = file.split(separator: "/").last.map(String.init) ?? file
        guard let list = try? PriceFile.read(data, source: name) else {
            throw ValidationError("The price list \(file) is no JSON object of models in LiteLLM's format.")
        }
        return list
    }

    /// The price of a call as the proxy asks for it, with the seller told by the upstream's host.
    func source(upstreams: [UpstreamConfiguration]) -> PriceSource {
        let hosts = Dictionary(upstreams.map { ($0.label, $0.address.host) }) { first, _ in first }
        return { identity, usage in
            var tokens = TokenCounts()
            tokens.prompt = usage.prompt
            tokens.cached = usage.cached
            tokens.completion = usage.completion
            tokens.reasoning = usage.reasoning
            let call = PricedCall(
                engine: identity.engine,
                host: identity.upstream.flatMap { hosts[$0] },
                model: identity.model,
                requestedModel: identity.requestedModel,
                tokens: tokens,
                cacheWritten: usage.cacheWritten
            )
            return book.price(of: call)
        }
    }
}
