// Inferometer
// SPDX-License-Identifier: Apache-2.0

// Does it save energy to answer several questions at once?
// EnergyStudy [URL] [CALLS] asks an engine the same number of questions one, two and four at a time, and prints what a
// token took each time. Warm-up is found and left out.

import Telemetry

let url = CommandLine.arguments.dropFirst().first ?? "http://127.0.0.1:8080"
let calls = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 16
let identity = EngineIdentity(kind: .llamaCpp, name: url, isLocal: true)
let engine = OpenAICompatibleEngine(baseURL: url, identity: identity)

try await withTelemetrySession(monitor: EnergyMonitorFactory.makeMonitor()) { session in
    let study = Study(engine: engine, session: session)
    let warmup = try await study.warmUp()
    print("warm-up: \(warmup.totalSamples) calls, steady: \(warmup.steadyStateReached)")
    print("at once  calls  tokens  tokens/s  J/token")
    for width in [1, 2, 4] {
        let metrics = try await study.measure(calls: calls, atOnce: width)
        print(
            "\(width)  \(metrics.requestCount)  \(metrics.tokenCount)",
            metrics.tokensPerSecond.map { "\(Int($0))" } ?? "-",
            metrics.joulesPerToken.map { "\($0)" } ?? "- (\(metrics.sample?.reason ?? "not measured"))",
            separator: "  "
        )
    }
}
