// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Prices of one source, by seller and model.
public struct PriceList: Sendable {
    /// Where the prices are from, as records name it: `litellm-1.110.2@2026-11-24`.
    public let source: String
    /// The number of models that have a price here.
    public let count: Int
    private let entries: [PriceKey: ModelPrice]

    /// The prices that this release carries; read when they are first asked for.
    public static let bundled = PriceList(source: PriceTable.source, entries: PriceTable.parse(PriceTable.rows))

    /// Creates a list from entries as LiteLLM's price file has them.
    ///
    /// - Parameters:
    ///   - source: where the prices are from.
    ///   - entries: for each the file's key (`gpt-4o`, `groq/llama-3.3-70b`), its `litellm_provider`, and the price.
    public init(source: String, entries: some Sequence<(key: String, provider: String?, price: ModelPrice)>) {
        self.source = source
        var table: [PriceKey: ModelPrice] = [:]
        for entry in entries {
            table[PriceKey(listKey: entry.key, provider: entry.provider)] = entry.price
            table[PriceKey(seller: .any, model: entry.key)] = entry.price
        }
        self.entries = table
        count = table.count { $0.key.seller != .any }
    }

    private init(source: String, entries: [PriceKey: ModelPrice]) {
        self.source = source
        self.entries = entries
        count = entries.count
    }

    subscript(key: PriceKey) -> ModelPrice? {
        entries[key]
    }

    /// Every model that has a price here, by seller and name.
    public var models: [PricedModel] {
        entries.lazy.filter { $0.key.seller != .any }
            .map { PricedModel(seller: $0.key.seller, model: $0.key.model, price: $0.value) }
            .sorted { ($0.seller.rawValue, $0.model) < ($1.seller.rawValue, $1.model) }
    }
}

/// One line of a price list.
public struct PricedModel: Sendable, Hashable {
    /// Who sells it; its name is empty where an entry of one's own names nobody.
    public let seller: Seller
    /// The model's name at the seller.
    public let model: String
    /// The price, in US dollars by the token.
    public let price: ModelPrice
}

extension PriceKey {
    /// Reads a key of LiteLLM's price file, where the provider may stand before the model.
    init(listKey key: String, provider: String?) {
        let owner = provider ?? ModelName.split(key)?.owner ?? Seller.unnamed.rawValue
        seller = Seller(rawValue: Self.sellerName(ofProvider: owner))
        let prefix = [owner + "/", seller.rawValue + "/"].first { key.hasPrefix($0) }
        model = String(key.dropFirst(prefix?.count ?? 0))
    }

    /// LiteLLM splits some sellers by the family of model or the form of the call.
    private static func sellerName(ofProvider name: String) -> String {
        switch name {
        case "text-completion-openai": "openai"
        case "cohere_chat": "cohere"
        case _ where name.hasPrefix("vertex_ai-"): "vertex_ai"
        case _ where name.hasPrefix("fireworks_ai-"): "fireworks_ai"
        default: name
        }
    }
}
