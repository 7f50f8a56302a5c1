// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Telemetry

/// Batches of equal calls to one engine.
struct Study<Engine: InferenceEngine> {
    let engine: Engine
    let session: TelemetrySession
    private let request = InferenceRequest(
        model: "any",
        messages: [InferenceMessage(.user, "Count to ten.")],
        maximumTokens: 32
    )

    /// Asks until the throughput is steady, or for thirty calls.
    func warmUp() async throws -> SteadyStateResult {
        var configuration = SteadyStateConfiguration()
        configuration.variationThreshold = 0.2
        var detector = try SteadyStateDetector(configuration: configuration)
        for _ in 0..<30 {
            let start = session.now
            let tokens = try await ask()
            let seconds = (session.now - start) / .seconds(1)
            if try detector.record(throughput: Double(tokens) / max(seconds, 1e-9)) { break }
        }
        return detector.result
    }

    /// Measures a number of calls of which so many run at once.
    func measure(calls: Int, atOnce width: Int) async throws -> BatchMetrics {
        let batch = EnergyBatch(session: session)
        try await batch.sample { batch in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<calls {
                    if index >= width, let tokens = try await group.next() { batch.recordRequest(tokens: tokens) }
                    group.addTask { try await ask() }
                }
                for try await tokens in group { batch.recordRequest(tokens: tokens) }
            }
        }
        return batch.metrics ?? BatchMetrics(batchID: batch.id, requests: [], sample: nil, elapsed: .zero)
    }

    private func ask() async throws -> Int {
        try await engine.generate(request).usage?.completion ?? 0
    }
}
