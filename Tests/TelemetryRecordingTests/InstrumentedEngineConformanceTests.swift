// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
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
                // Made as it is read: what had been buffered would come even after the reader was cancelled.
                let left = Mutex(length)
                return AsyncThrowingStream {
                    left.withLock { left in
                        left -= 1
                        return left >= 0 ? InferenceChunk(text: "x") : nil
                    }
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
        #expect(sink.records.count { $0.result.outcome == .cancelled } == 1)
    }
}
