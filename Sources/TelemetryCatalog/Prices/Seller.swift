// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// Who sells calls to models, under the name that price lists use.
public struct Seller: RawRepresentable, Sendable, Hashable {
    /// The name in price lists.
    public let rawValue: String

    /// Creates a seller from its name in price lists.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    static let openAI = Seller(rawValue: "openai")
    static let anthropic = Seller(rawValue: "anthropic")
    static let gemini = Seller(rawValue: "gemini")

    /// Nobody named: the owner of entries of one's own that name no provider.
    static let unnamed = Seller(rawValue: "")

    /// Whoever: entries of one's own by their whole key, for upstreams whose seller is unknown.
    static let any = Seller(rawValue: "*")

    /// The sellers of models that nobody else sells under the same bare name, so that the name alone tells the price.
    static let ofOwnModels: [Seller] = [.openAI, .anthropic, .gemini]
}

extension Seller {
    /// The seller behind an upstream's host, with or without a port; nothing where the host is none we know.
    public init?(host: String) {
        let name = host.lowercased().prefix { $0 != ":" }
        let known = Self.hosts.first { name == $0.host || name.hasSuffix("." + $0.host) || matchesRegion(name, $0) }
        guard let known else { return nil }
        rawValue = known.seller
    }

    /// The seller that an engine of a kind is; nothing for kinds that are software.
    public init?(engine: EngineKind) {
        switch engine {
        case .openAI: self = .openAI
        case .anthropic: self = .anthropic
        default: return nil
        }
    }

    private static let hosts: [(host: String, seller: String)] = [
        ("api.openai.com", "openai"),
        ("openai.azure.com", "azure"),
        ("services.ai.azure.com", "azure_ai"),
        ("api.anthropic.com", "anthropic"),
        ("generativelanguage.googleapis.com", "gemini"),
        ("aiplatform.googleapis.com", "vertex_ai"),
        ("api.mistral.ai", "mistral"),
        ("api.deepseek.com", "deepseek"),
        ("api.groq.com", "groq"),
        ("api.x.ai", "xai"),
        ("api.cohere.com", "cohere"),
        ("api.cohere.ai", "cohere"),
        ("api.together.xyz", "together_ai"),
        ("api.together.ai", "together_ai"),
        ("api.fireworks.ai", "fireworks_ai"),
        ("openrouter.ai", "openrouter"),
        ("api.perplexity.ai", "perplexity"),
        ("api.cerebras.ai", "cerebras"),
        ("api.deepinfra.com", "deepinfra"),
        ("api.moonshot.ai", "moonshot"),
        ("api.z.ai", "zai"),
        ("dashscope.aliyuncs.com", "dashscope"),
        ("dashscope-intl.aliyuncs.com", "dashscope"),
        ("api.minimax.io", "minimax"),
        ("api.sambanova.ai", "sambanova"),
        ("api.hyperbolic.xyz", "hyperbolic"),
        ("api.novita.ai", "novita"),
        ("api.studio.nebius.ai", "nebius"),
        ("api.studio.nebius.com", "nebius"),
        ("api.voyageai.com", "voyage"),
        ("api.llama.com", "meta"),
    ]
}

/// Google puts the region before the service with a dash: `us-central1-aiplatform.googleapis.com`.
private func matchesRegion(_ name: Substring, _ known: (host: String, seller: String)) -> Bool {
    known.seller == "vertex_ai" && name.hasSuffix("-" + known.host)
}
