// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Telemetry

let url = CommandLine.arguments.dropFirst().first ?? "http://127.0.0.1:8080"
let local = EngineIdentity(kind: .llamaCpp, name: url, isLocal: true)
let bus = EventBus()
let client = OpenAICompatibleEngine(baseURL: url, identity: local)
let engine = InstrumentedEngine(client, bus: bus) { PriceBook().price(of: $0, usage: $1) }
let messages = [InferenceMessage(.user, "Why is the sky blue?")]

try await withTelemetrySession(monitor: EnergyMonitorFactory.makeMonitor()) { session in
    try await bus.withSubscription { subscription in
        let (_, sample) = try await session.measure {
            let request = InferenceRequest(model: "any", messages: messages, maximumTokens: 64)
            for try await chunk in try await engine.stream(request) { print(chunk.text, terminator: "") }
        }
        guard let call = await subscription.nextRecord() else { return }
        print("\n\(call.tokens.completion ?? 0) tokens, \(call.timing.timeToFirstToken ?? .zero) to the first")
        print("\(sample.energy?.joules.description ?? "unknown") J, $\(call.price.costUSD ?? .nan)")
    }
}
