// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryRecording
import TelemetryTesting
import Testing

@Suite struct InstrumentedGenerateTests {
    private let clock = ManualClock()
    private let request = InferenceRequest(model: "m", messages: [InferenceMessage(.user, "hello")])

    @Test func oneCallGivesTheAnswerAndOneRecord() async throws {
        let (bus, sink) = (EventBus(), RecordingSink())
        bus.attach(sink)
        let engine = ScriptedEngine(response: InferenceResponse(text: "x"), takes: .seconds(1), clock: clock)
        #expect(try await instrumentedGenerate(engine, request, bus: bus, tags: CallTags(agent: "a")).text == "x")
        #expect(sink.records.map(\.result.outcome) == [.completed])
        #expect(sink.records.map(\.identity.agent) == ["a"])
    }

    @Test func aFailureIsPassedOnAndRecorded() async throws {
        let (bus, sink) = (EventBus(), RecordingSink())
        bus.attach(sink)
        let failure = ScriptedFailure(errorKind: .serverStatus, httpStatus: 503)
        await #expect(throws: failure) {
            try await instrumentedGenerate(ScriptedEngine(failure: failure, clock: clock), request, bus: bus)
        }
        #expect(sink.records.map(\.result.errorKind) == [.serverStatus])
        #expect(sink.records.map(\.result.httpStatus) == [503])
    }
}
