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
    /// - Parameters:
    ///   - upstreams: The engines.
    ///   - pause: Waits before each round but the first.
    ///   - afterRound: Is given all engines after each round.
    /// - Throws: What `pause` throws.
    func learnKinds(
        of upstreams: [UpstreamConfiguration],
        pause: (Int) async throws -> Void = Self.backOff,
        afterRound: ([UpstreamConfiguration]) -> Void
    ) async throws {
        var upstreams = upstreams
        var pending = upstreams.indices.filter { upstreams[$0].kind == .unknown }
        var round = 0
        repeat {
            if round > 0 { try await pause(round) }
            let answers = await ask(pending.map { ($0, upstreams[$0].address.url) })
            for (index, fingerprint) in answers {
                upstreams[index].kind = fingerprint.kind ?? .unknown
                upstreams[index].slots = fingerprint.slots
                logger.info(
                    "Asked an engine what it is.",
                    metadata: [
                        "upstream": "\(upstreams[index].label)", "kind": "\(upstreams[index].kind.rawValue)",
                        "slots": "\(fingerprint.slots.map(String.init) ?? "unknown")",
                    ]
                )
            }
            pending.removeAll { answers[$0]?.isLoading == false }
            afterRound(upstreams)
            round += 1
        } while !pending.isEmpty
    }

    /// Looks for engines on this machine until there is one, and none that still loads its model.
    ///
    /// - Parameters:
    ///   - pause: Waits before each round but the first.
    ///   - afterRound: Is given the engines found, after each round.
    /// - Throws: What `pause` throws.
    func findEngines(
        pause: (Int) async throws -> Void = Self.everyFiveSeconds,
        afterRound: ([UpstreamConfiguration]) -> Void
    ) async throws {
        var round = 0
        var found: [DiscoveredEngine] = []
        repeat {
            if round > 0 { try await pause(round) }
            found = await discovery.localEngines()
            if found.isEmpty, round == 0 {
                logger.warning(
                    "No engine found on this machine; looking again every 5 s. Name one with --upstream URL, or try --simulate."
                )
            }
            for engine in found {
                logger.notice(
                    "Found an engine.",
                    metadata: ["kind": "\(engine.kind.rawValue)", "url": "\(engine.url)"]
                )
            }
            afterRound(Self.configurations(found))
            round += 1
        } while found.isEmpty || found.contains(where: \.fingerprint.isLoading)
    }

    /// What those answer that do, by their places.
    private func ask(_ questions: [(index: Int, url: String)]) async -> [Int: EngineFingerprint] {
        await withTaskGroup(of: (Int, EngineFingerprint?).self) { group in
            for (index, url) in questions {
                group.addTask { (index, await discovery.fingerprint(of: url)) }
            }
            return await group.reduce(into: [:]) { answers, answer in answers[answer.0] = answer.1 }
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
                isLocal: true,
                slots: engine.fingerprint.slots
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
