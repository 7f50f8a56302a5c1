// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@Suite struct ClosureEngineTests {
    private let request = InferenceRequest(model: "m", messages: [InferenceMessage(.user, "hello")])

    private func engine() -> ClosureEngine {
        ClosureEngine(
            EngineIdentity(kind: .mlx, name: "in-process", isLocal: true),
            generate: { InferenceResponse(text: "to " + $0.model) },
            stream: { request in
                AsyncThrowingStream { continuation in
                    for text in ["to ", request.model] { continuation.yield(InferenceChunk(text: text)) }
                    continuation.finish()
                }
            }
        )
    }

    @Test func itAnswersAsItsClosuresDo() async throws {
        #expect(try await engine().generate(request).text == "to m")
        var text = ""
        for try await chunk in try await engine().stream(request) { text += chunk.text }
        #expect(text == "to m")
        #expect(try await engine().models().isEmpty)
        #expect(await engine().isHealthy())
        #expect(engine().identity.name == "in-process")
    }

    @Test func itKeepsTheContractOfAnEngine() async {
        #expect(await InferenceEngineConformance.check(engine(), request: request) == [])
    }
}
