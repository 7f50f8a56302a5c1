// Inferometer
// SPDX-License-Identifier: Apache-2.0

// Holds the client for an engine to the contract of `InferenceEngine`: EngineCheck URL MODEL
// A client of your own is checked in the same way, here or in a test.

import Foundation
import Telemetry
import TelemetryTesting

guard CommandLine.arguments.count == 3 else {
    print("usage: EngineCheck URL MODEL")
    exit(64)
}
let (url, model) = (CommandLine.arguments[1], CommandLine.arguments[2])

/// Checks a client by itself, and behind what records its calls, which must change nothing.
func check(_ engine: some InferenceEngine) async -> [ConformanceViolation] {
    var request = InferenceRequest(
        model: model,
        messages: [InferenceMessage(.user, "Count to a hundred.")],
        maximumTokens: 256
    )
    // The same answer each time, and one that is long enough to be broken off.
    request.seed = 1
    return await InferenceEngineConformance.check(engine, request: request)
        + InferenceEngineConformance.check(InstrumentedEngine(engine, bus: EventBus()), request: request)
}

let kind = await EngineDiscovery(client: .shared).fingerprint(of: url)?.kind ?? .unknown
let identity = EngineIdentity(kind: kind, name: url, isLocal: true)
let violations =
    kind == .ollama
    ? await check(OllamaEngine(baseURL: url, identity: identity))
    : await check(OpenAICompatibleEngine(baseURL: url, identity: identity))
print("\(kind.rawValue): \(violations.isEmpty ? "conforms" : "does not conform")")
for violation in violations { print(violation) }
exit(violations.isEmpty ? 0 : 1)
