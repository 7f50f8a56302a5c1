// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// All that decides the price of one call.
public struct PricedCall: Sendable, Hashable {
    /// The kind of engine that answered.
    public var engine: EngineKind?
    /// The upstream's host, with or without a port.
    public var host: String?
    /// Whether the upstream is on this machine.
    public var isOnThisMachine: Bool
    /// The model that answered, else the one asked for.
    public var model: String?
    /// The model that the request named, asked for where the answer's has no price.
    public var requestedModel: String?
    /// What went in and came out.
    public var tokens: TokenCounts
    /// Input tokens written to the service's cache, part of the prompt.
    public var cacheWritten: Int?

    /// Creates a call from what is known about it.
    public init(
        engine: EngineKind?,
        host: String? = nil,
        isOnThisMachine: Bool = false,
        model: String?,
        requestedModel: String? = nil,
        tokens: TokenCounts,
        cacheWritten: Int? = nil
    ) {
        self.engine = engine
        self.host = host
        self.isOnThisMachine = isOnThisMachine
        self.model = model
        self.requestedModel = requestedModel
        self.tokens = tokens
        self.cacheWritten = cacheWritten
    }
}

/// What calls cost: price lists, asked in order.
///
/// A model is found by its exact name at the seller, else without the date at its end (`gpt-4o-2030-01-01`), and never
/// by likeness. Where the upstream tells no seller, `SELLER/NAME` does, or the name of a model that one seller alone has.
/// Prices are those of the standard tier: batches, priority, other modalities and services billed by the
/// call (search, tools) are not told apart.
public struct PriceBook: Sendable {
    private let own: [PriceList]

    /// Creates a book of lists of one's own, which come before the bundled one.
    public init(_ lists: [PriceList] = []) {
        own = lists
    }

    /// The price that records of a person's own engines carry.
    public static let localSource = "local"

    /// The cost and its source; both absent where no price is known, the cost alone where counts are.
    ///
    /// An engine on this machine, and one of a kind that people run themselves, costs nothing by the token.
    public func price(of call: PricedCall) -> CallPrice {
        var price = CallPrice()
        if call.isOnThisMachine || call.engine?.isSelfHosted == true {
            price.costUSD = 0
            price.source = Self.localSource
        } else if let quote = quote(for: call),
            let cost = quote.price.cost(of: call.tokens, cacheWritten: call.cacheWritten)
        {
            price.costUSD = cost
            price.source = quote.source
        }
        return price
    }

    /// The cost of a call as an engine counted it, and its source; in the form in which `InstrumentedEngine` asks.
    ///
    /// The seller is told by the upstream's name where that is a host, else by the kind of engine.
    public func price(of identity: CallIdentity, usage: TokenUsage) -> CallPrice {
        var tokens = TokenCounts()
        tokens.prompt = usage.prompt
        tokens.cached = usage.cached
        tokens.completion = usage.completion
        tokens.reasoning = usage.reasoning
        return price(
            of: PricedCall(
                engine: identity.engine,
                host: identity.upstream,
                model: identity.model,
                requestedModel: identity.requestedModel,
                tokens: tokens,
                cacheWritten: usage.cacheWritten
            )
        )
    }

    /// The price list's entry for a call, and its source with the entry's name; nothing where no list has one.
    public func quote(for call: PricedCall) -> (price: ModelPrice, source: String)? {
        let seller = call.host.flatMap { Seller(host: $0) } ?? call.engine.flatMap { Seller(engine: $0) }
        let keys = [call.model, call.requestedModel].compactMap(\.self).flatMap { Self.keys(model: $0, seller: seller) }
        for list in own + [.bundled] {
            for key in keys {
                if let price = list[key] { return (price, "\(list.source) \(key)") }
            }
        }
        return nil
    }

    /// The names under which a model may stand, the likeliest first.
    static func keys(model: String, seller: Seller?) -> [PriceKey] {
        ModelName.spellings(of: model).flatMap { name -> [PriceKey] in
            let unsold = PriceKey(seller: .unnamed, model: name)
            if let seller {
                return ModelName.withoutOwner(name, seller: seller).map { PriceKey(seller: seller, model: $0) } + [
                    unsold
                ]
            }
            let listed = PriceKey(seller: .any, model: name)
            if let (owner, rest) = ModelName.split(name) {
                return [PriceKey(seller: Seller(rawValue: owner), model: rest), listed, unsold]
            }
            return Seller.ofOwnModels.map { PriceKey(seller: $0, model: name) } + [listed, unsold]
        }
    }
}
