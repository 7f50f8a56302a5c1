// Inferometer
// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import InferenceEngines
import TelemetryCore
import TelemetryProxy

/// The engine that `try` stands before, and the calls it is sent.
struct TryEngine: Sendable {
    /// Where it is; nothing for the simulated one.
    var address: UpstreamAddress?
    /// What a person is told.
    var announcement: String
    var calls: [SampleCall]

    /// Takes the engine that was named, else the first found, else the simulated one.
    static func choose(_ named: UpstreamArgument?) async throws -> TryEngine {
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        let outcome = await Result.of { try await choose(named, EngineDiscovery(client: client)) }
        try? await client.shutdown()
        return try outcome.get()
    }

    static func choose(_ named: UpstreamArgument?, _ discovery: EngineDiscovery) async throws -> TryEngine {
        if let named {
            // A service elsewhere may cost money, so that nothing is sent to it unasked.
            guard named.address.isLoopback else {
                return TryEngine(address: named.address, announcement: "Engine: \(named.address.url)", calls: [])
            }
            return real(named.address, await discovery.fingerprint(of: named.address.url))
        }
        guard let found = await discovery.localEngines().first, let address = try? UpstreamAddress(url: found.url)
        else {
            return TryEngine(
                address: nil,
                announcement:
                    "No engine found on this machine: SIMULATING one. Its figures say nothing about any engine.",
                calls: SampleCall.everyKind
            )
        }
        return real(address, found.fingerprint)
    }

    private static func real(_ address: UpstreamAddress, _ fingerprint: EngineFingerprint?) -> TryEngine {
        let kind = fingerprint?.kind?.rawValue ?? "of unknown kind"
        let model = fingerprint?.models.first
        return TryEngine(
            address: address,
            announcement:
                "Engine: \(kind) at \(address.url)\(model.map { ", model \($0)" } ?? ", which lists no model")",
            calls: model.map(SampleCall.few) ?? []
        )
    }
}
