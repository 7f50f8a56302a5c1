// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a server's answers say about it.
///
/// A server is told by what it answers, never by its port: any engine can listen on any.
public struct EngineFingerprint: Sendable, Hashable {
    /// The kind of engine; nothing while no answer has told it.
    public private(set) var kind: EngineKind?
    /// The engine's version, where an answer gave it.
    public private(set) var version: String?
    /// The models that the engine lists.
    public private(set) var models: [String] = []
    /// The number of calls that the engine works on at once, where it says so.
    public private(set) var slots: Int?
    /// Whether the engine said that it is still loading its model, so that it will have more to tell.
    public private(set) var isLoading = false
    /// Whether the server is a proxy of our own, which is no engine.
    public private(set) var isOurProxy = false
    /// Whether the server lists models as engines that follow OpenAI's API do.
    public private(set) var listsModels = false

    /// The paths worth asking for, the most telling first.
    public static let paths = ["/v1/models", "/api/version", "/version", "/props", "/api/v0/models"]

    /// The path that only a proxy of ours answers.
    public static let ownPath = "/_inferometer/health"

    /// The path at which llama.cpp tells how many calls it works on at once.
    public static let slotsPath = "/props"

    /// Creates a fingerprint of which nothing is known.
    public init() {}

    /// Whether further answers could not change the kind.
    public var isSettled: Bool {
        kind != nil
    }

    /// Takes one more answer into account.
    public mutating func add(_ answer: ProbeAnswer) {
        if let kind = Self.kind(ofServer: answer.server) { self.kind = kind }
        if answer.path == Self.slotsPath { isLoading = answer.status == 503 }
        guard (200..<300).contains(answer.status) else { return }
        switch answer.path {
        case "/v1/models": addModels(answer)
        case Self.ownPath: isOurProxy = answer.text.contains("\"calls_in_flight\"")
        case "/api/version": addVersion(answer, of: .ollama)
        case "/version": addVersion(answer, of: .vllm)
        case Self.slotsPath where answer.text.contains("\"default_generation_settings\""): addProperties(answer)
        case "/api/v0/models" where answer.text.contains("\"compatibility_type\""): settle(.lmStudio)
        default: break
        }
    }

    private mutating func addModels(_ answer: ProbeAnswer) {
        guard let list = try? JSONDecoder().decode(ModelList.self, from: Data(answer.body)), let entries = list.data
        else {
            return
        }
        listsModels = true
        models = entries.compactMap(\.id)
        if let owner = entries.compactMap(\.owner).first {
            if let kind = Self.kindOfOwner[owner] { settle(kind) }
        } else if answer.server?.hasPrefix("BaseHTTP/") == true {
            // Only mlx-lm's server stands on Python's own, and its models name no owner.
            settle(.mlx)
        }
    }

    private mutating func addVersion(_ answer: ProbeAnswer, of kind: EngineKind) {
        guard let version = try? JSONDecoder().decode(Version.self, from: Data(answer.body)).version else { return }
        settle(kind)
        if self.kind == kind { self.version = version }
    }

    private mutating func addProperties(_ answer: ProbeAnswer) {
        settle(.llamaCpp)
        guard kind == .llamaCpp else { return }
        let properties = try? JSONDecoder().decode(Properties.self, from: Data(answer.body))
        slots = properties?.slots.flatMap { $0 > 0 ? $0 : nil }
    }

    /// Sets the kind unless a surer answer has: the header `Server` and a model's owner are surer than a path that
    /// answers, since engines copy each other's paths.
    private mutating func settle(_ kind: EngineKind) {
        if self.kind == nil { self.kind = kind }
    }

    private static func kind(ofServer server: String?) -> EngineKind? {
        switch server {
        case "llama.cpp": .llamaCpp
        case "inferometer-simulated": .simulated
        default: nil
        }
    }

    private static let kindOfOwner: [String: EngineKind] = [
        "llamacpp": .llamaCpp, "vllm": .vllm, "sglang": .sglang, "library": .ollama,
        "organization_owner": .lmStudio, "organization-owner": .lmStudio, "simulated": .simulated,
    ]
}

extension ProbeAnswer {
    fileprivate var text: String {
        String(decoding: body, as: UTF8.self)
    }
}

private struct ModelList: Decodable {
    var data: [Entry]?

    struct Entry: Decodable {
        var id: String?
        var owner: String?

        enum CodingKeys: String, CodingKey {
            case id
            case owner = "owned_by"
        }
    }
}

private struct Version: Decodable {
    var version: String
}

private struct Properties: Decodable {
    var slots: Int?

    enum CodingKeys: String, CodingKey {
        case slots = "total_slots"
    }
}
