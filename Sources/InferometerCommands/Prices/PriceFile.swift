// Inferometer
// SPDX-License-Identifier: Apache-2.0

package import TelemetryCatalog

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// A price file in LiteLLM's format: an object of models, each with `input_cost_per_token` and its like.
package enum PriceFile {
    /// Reads a file's bytes; entries without a price for input and output are passed over.
    ///
    /// - Throws: `DecodingError` where the bytes are no JSON object of objects.
    package static func read(_ data: Data, source: String) throws -> PriceList {
        let entries = try JSONDecoder().decode([String: Entry].self, from: data)
        return PriceList(
            source: source,
            entries: entries.sorted { $0.key < $1.key }.compactMap { key, entry in
                entry.price.map { (key: key, provider: entry.provider, price: $0) }
            }
        )
    }
}

private struct Entry: Decodable {
    var provider: String?
    var price: ModelPrice?

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        // The list's own sample entry has texts where numbers stand elsewhere.
        func number(_ name: String) -> Double? {
            let value = try? values.decode(Double.self, forKey: Key(name))
            return value.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
        }
        provider = try? values.decode(String.self, forKey: Key("litellm_provider"))
        let isEmbedding = (try? values.decode(String.self, forKey: Key("mode"))) == "embedding"
        guard let input = number("input_cost_per_token"),
            let output = number("output_cost_per_token") ?? (isEmbedding ? 0 : nil)
        else { return }
        price = ModelPrice(
            input: input,
            output: output,
            cachedInput: number("cache_read_input_token_cost"),
            cacheWrite: number("cache_creation_input_token_cost"),
            reasoning: number("output_cost_per_reasoning_token"),
            tiers: Self.limits(in: values.allKeys.map(\.stringValue)).map { limit in
                let suffix = "_above_\(limit)k_tokens"
                return PriceTier(
                    limit: limit * 1_000,
                    input: number("input_cost_per_token" + suffix),
                    output: number("output_cost_per_token" + suffix),
                    cachedInput: number("cache_read_input_token_cost" + suffix),
                    cacheWrite: number("cache_creation_input_token_cost" + suffix)
                )
            }
        )
    }

    /// The N of each key that ends in `_above_Nk_tokens`, rising.
    private static func limits(in keys: [String]) -> [Int] {
        let limits = keys.compactMap { key -> Int? in
            let parts = key.split(separator: "_")
            guard parts.count > 3, parts.last == "tokens", parts[parts.count - 3] == "above",
                let limit = parts[parts.count - 2].wholeMatch(of: /(\d{1,9})k/)
            else { return nil }
            return Int(limit.1)
        }
        return Set(limits).sorted()
    }
}

private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) {
        stringValue = name
    }

    init?(stringValue: String) {
        self.stringValue = stringValue
    }

    init?(intValue: Int) {
        nil
    }
}
