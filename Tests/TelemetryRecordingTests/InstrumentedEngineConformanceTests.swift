// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryRecording
import TelemetryTesting
import Testing

@Suite struct InstrumentedEngineConformanceTests {
    private let request = InferenceRequest(model: "m", messages: [InferenceMessage(.user, "hello")])

    /// An engine with a long answer, so that it can be broken off.
    private func engine(length: Int) -> ClosureEngine {
        ClosureEngine(
            EngineIdentity(kind: .unknown, name: "closures", isLocal: true),
            generate: { _ in InferenceResponse(text: "x") },
            stream: { _ in
                AsyncThrowingStream { continuation in
                    for _ in 0..<length { continuation.yield(InferenceChunk(text: "x")) }
                    continuation.finish()
                }
            }
        )
    }

    @Test(arguments: [2, 1_000])
    func whatRecordsCallsIsAnEngineLikeTheOneInside(_ length: Int) async {
        let (bus, sink) = (EventBus(), RecordingSink())
        bus.attach(sink)
        let found = await InferenceEngineConformance.check(
            InstrumentedEngine(engine(length: length), bus: bus),
            request: request
        )
        #expect(found == [])
        // One in one piece, one alone, two at once, one that was broken off.
        #expect(sink.records.count == 5)
        #expect(sink.records.count { $0.result.outcome == .cancelled } == (length > 2 ? 1 : 0))
    }
}
