// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceEngines
import Logging
import TelemetryCore
import TelemetryProxy

/// Learns what the engines behind the proxy are, beside the calls and never in their way.
struct UpstreamFinder: Sendable {
    let discovery: EngineDiscovery
    let localAddresses: LocalAddresses
    let logger: Logger

    /// The engine that a person named, of which only what its address says is known.
    func configuration(_ argument: UpstreamArgument) -> UpstreamConfiguration {
        UpstreamConfiguration(
            name: argument.name,
            address: argument.address,
            kind: Self.kindOfService(argument.address.host) ?? .unknown,
            isLocal: localAddresses.contain(argument.address.host)
        )
    }

    /// Asks each engine whose kind is unknown, and again those that do not answer, until all have.
    ///
    /// - Parameter update: Is given all engines each time one of them has become known.
    func learnKinds(
        of upstreams: [UpstreamConfiguration],
        pause: (Int) async throws -> Void = Self.backOff,
        update: ([UpstreamConfiguration]) -> Void
    ) async throws {
        var upstreams = upstreams
        var pending = upstreams.indices.filter { upstreams[$0].kind == .unknown }
        var round = 0
        while !pending.isEmpty {
            if round > 0 { try await pause(round) }
            var silent: [Int] = []
            for index in pending {
                guard let fingerprint = await discovery.fingerprint(of: upstreams[index].address.url) else {
                    silent.append(index)
                    continue
                }
                guard let kind = fingerprint.kind else { continue }
                upstreams[index].kind = kind
                update(upstreams)
                logger.info(
                    "Found out an engine.",
                    metadata: ["upstream": "\(upstreams[index].label)", "kind": "\(kind.rawValue)"]
                )
            }
            pending = silent
            round += 1
        }
    }

    /// Looks for engines on this machine until there is one.
    func findEngines(
        pause: (Int) async throws -> Void = Self.everyFiveSeconds
    ) async throws -> [UpstreamConfiguration] {
        var round = 0
        while true {
            if round > 0 { try await pause(round) }
            let engines = await discovery.localEngines()
            if !engines.isEmpty { return Self.configurations(engines) }
            if round == 0 {
                logger.warning(
                    "No engine found on this machine; looking again every 5 s. Name one with --upstream URL, or try --simulate."
                )
            }
            round += 1
        }
    }

    /// The first engine without a name, so that it takes the calls; the others by their kind, or kind and port.
    static func configurations(_ engines: [DiscoveredEngine]) -> [UpstreamConfiguration] {
        engines.enumerated().compactMap { order, engine in
            guard let address = try? UpstreamAddress(url: engine.url) else { return nil }
            let namesakes = engines.dropFirst().filter { $0.kind == engine.kind }.count
            let name = namesakes > 1 ? "\(engine.kind.rawValue)-\(address.port)" : engine.kind.rawValue
            return UpstreamConfiguration(
                name: order == 0 ? nil : name,
                address: address,
                kind: engine.kind,
                isLocal: true
            )
        }
    }

    /// The kind of a service that is known by its host and need not be asked.
    private static func kindOfService(_ host: String) -> EngineKind? {
        switch host {
        case "api.openai.com": .openAI
        case "api.anthropic.com": .anthropic
        default: nil
        }
    }

    static func everyFiveSeconds(_ round: Int) async throws {
        try await Task.sleep(for: .seconds(5))
    }

    /// 5 s, 10 s, 20 s and so on up to a minute.
    static func backOff(_ round: Int) async throws {
        try await Task.sleep(for: .seconds(min(60, 5 << min(round - 1, 4))))
    }
}
