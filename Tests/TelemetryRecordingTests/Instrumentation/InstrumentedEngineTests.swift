// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryRecording

@Suite struct InstrumentedEngineTests {
    private let clock = ManualClock()
    private let bus = EventBus()
    private let sink = RecordingSink()

    init() {
        bus.attach(sink)
    }

    private func instrumented(_ engine: ScriptedEngine) -> InstrumentedEngine<ScriptedEngine> {
        InstrumentedEngine(engine, bus: bus, tags: CallTags(agent: "a", batch: "b"), clock: clock.clock)
    }

    private let request = InferenceRequest(model: "m", messages: [InferenceMessage(.user, "hello")])

    @Test func anAnswerComesBackUnchangedAndIsRecordedOnce() async throws {
        var usage = TokenUsage(source: .usage)
        usage.prompt = 10
        usage.completion = 5
        let response = InferenceResponse(text: "x", usage: usage)
        let engine = ScriptedEngine(response: response, takes: .milliseconds(500), clock: clock)
        #expect(try await instrumented(engine).generate(request) == response)
        let record = try #require(sink.records.first)
        #expect(sink.records.count == 1)
        #expect(record.timing.latency == .milliseconds(500))
        #expect(record.tokens.completion == 5)
        #expect(record.identity.agent == "a")
        #expect(record.identity.batch == "b")
        #expect(record.result.outcome == .completed)
    }

    @Test func eventsComeInOrder() async throws {
        let engine = ScriptedEngine(chunks: [.text("a", after: .milliseconds(100))], clock: clock)
        try await bus.withSubscription { subscription in
            for try await _ in try await instrumented(engine).stream(request) {}
            var names: [String] = []
            for await event in subscription.events {
                switch event {
                case .started: names.append("started")
                case .firstToken: names.append("first")
                case .ended: names.append("ended")
                case .recorded: names.append("recorded")
                }
                if names.count == 4 { break }
            }
            #expect(names == ["started", "first", "ended", "recorded"])
        }
    }

    @Test("Defect 42: the reader's own time is not the engine's") func defect42TheReadersOwnTimeIsNotTheEngines()
        async throws
    {
        let engine = ScriptedEngine(
            chunks: Array(repeating: .text("t", after: .milliseconds(1)), count: 5),
            clock: clock
        )
        for try await _ in try await instrumented(engine).stream(request) {
            clock.advance(by: .milliseconds(20))
        }
        let record = try #require(sink.records.first)
        #expect(record.timing.interTokenLatency?.mean == .milliseconds(1))
        #expect(record.timing.timeToFirstToken == .milliseconds(1))
        #expect(record.timing.latency == .milliseconds(5))
    }

    @Test("Defect 39: an abandoned stream is recorded") func defect39AnAbandonedStreamIsRecorded() async throws {
        let engine = ScriptedEngine(
            chunks: Array(repeating: .text("t", after: .milliseconds(1)), count: 5),
            clock: clock
        )
        func readOne() async throws {
            for try await _ in try await instrumented(engine).stream(request) {
                clock.advance(by: .milliseconds(70))
                break
            }
        }
        try await readOne()
        #expect(sink.records.map(\.result.outcome) == [.cancelled])
        #expect(sink.records.first?.tokens.completion == 1)
        #expect(sink.records.first?.tokens.source == .chunks)
        #expect(sink.records.first?.timing.latency == .milliseconds(1))
    }

    @Test("Defect 39: a stream that nobody reads is recorded") func defect39AStreamNeverReadIsRecorded() async throws {
        let engine = ScriptedEngine(chunks: [.text("t", after: .zero)], clock: clock)
        _ = try await instrumented(engine).stream(request)
        #expect(sink.records.map(\.result.outcome) == [.cancelled])
    }

    @Test("Defect 39: a failing call is recorded and its error kept")
    func defect39AFailingCallIsRecordedAndItsErrorKept() async throws {
        let engine = ScriptedEngine(failure: ScriptedFailure(errorKind: .serverStatus, httpStatus: 503), clock: clock)
        await #expect(throws: ScriptedFailure.self) { try await instrumented(engine).generate(request) }
        #expect(sink.records.map(\.result.outcome) == [.failed])
        #expect(sink.records.first?.result.errorKind == .serverStatus)
        #expect(sink.records.first?.result.httpStatus == 503)
    }

    @Test func aStreamThatBreaksIsTruncated() async throws {
        let engine = ScriptedEngine(
            chunks: [.text("t", after: .milliseconds(1))],
            failure: ScriptedFailure(errorKind: .reset, httpStatus: 200),
            clock: clock
        )
        await #expect(throws: ScriptedFailure.self) {
            for try await _ in try await instrumented(engine).stream(request) {}
        }
        #expect(sink.records.map(\.result.outcome) == [.truncated])
        #expect(sink.records.first?.tokens.completion == 1)
    }

    @Test("Defect 41: tool calls are measured") func defect41ToolCallsAreMeasured() async throws {
        var chunk = InferenceChunk()
        chunk.toolCalls = [InferenceToolCall(id: "1", name: "f", argumentsJSON: "{")]
        let engine = ScriptedEngine(chunks: [.init(chunk, after: .milliseconds(3))], clock: clock)
        for try await _ in try await instrumented(engine).stream(request) {}
        #expect(sink.records.first?.timing.timeToFirstToken == .milliseconds(3))
    }

    @Test func aCallThatAProxyOfOursRecordedIsNotRecordedTwice() async throws {
        var response = InferenceResponse(text: "x")
        response.recordedAs = RecordID(high: 1, low: 2)
        let engine = ScriptedEngine(response: response, takes: .zero, clock: clock)
        _ = try await instrumented(engine).generate(request)
        #expect(sink.records.isEmpty)
    }

    @Test func aStatedCostStands() async throws {
        var response = InferenceResponse(text: "x", usage: TokenUsage(source: .usage))
        response.costUSD = 0.0015
        let engine = ScriptedEngine(response: response, takes: .zero, clock: clock)
        _ = try await instrumented(engine).generate(request)
        #expect(sink.records.first?.price.costUSD == 0.0015)
        #expect(sink.records.first?.price.source == "engine")
    }
}
