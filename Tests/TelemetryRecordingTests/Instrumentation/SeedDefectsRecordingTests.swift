// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryRecording

/// Faults of the wrappers that this project began from, each by its number, that must not come back.
@Suite struct SeedDefectsRecordingTests {
    private let clock = ManualClock()
    private let bus = EventBus()
    private let sink = RecordingSink()
    private let request = InferenceRequest(model: "m", messages: [InferenceMessage(.user, "hello")])

    init() {
        bus.attach(sink)
    }

    private func record(of response: InferenceResponse, tags: CallTags = CallTags()) async throws -> TelemetryRecord {
        let engine = ScriptedEngine(response: response, takes: .milliseconds(250), clock: clock)
        let wrapped = InstrumentedEngine(engine, bus: bus, tags: tags, clock: clock.clock)
        #expect(try await wrapped.generate(request) == response)
        return try #require(sink.records.last)
    }

    @Test("Defect 40: an answer without usage, and one whose counts are partly unknown, are answers and records")
    func defect40MissingUsageBreaksNothing() async throws {
        let without = try await record(of: InferenceResponse(text: "x"))
        #expect(without.result.outcome == .completed)
        #expect(without.tokens.completion == nil && without.tokens.prompt == nil && without.tokens.total == nil)
        var usage = TokenUsage(source: .usage)
        usage.prompt = 10
        let partly = try await record(of: InferenceResponse(text: "x", usage: usage))
        #expect(partly.tokens.prompt == 10)
        #expect(partly.tokens.completion == nil && partly.tokens.total == nil)
    }

    @Test("Defect 40: a listener that reads nothing loses events, and no caller its answer")
    func defect40AListenerThatHangsHarmsNobody() async throws {
        try await bus.withSubscription(keepingNewest: 1) { subscription in
            for _ in 0..<10 { _ = try await record(of: InferenceResponse(text: "x")) }
            #expect(subscription.droppedEvents == 29)
        }
        #expect(sink.records.count == 10)
    }

    @Test("Defect 44: after a full hit of the prefix cache 0 tokens were worked on, and not all of them")
    func defect44AFullCacheHitIsZero() async throws {
        var usage = TokenUsage(source: .usage)
        (usage.prompt, usage.cached, usage.promptEvaluated, usage.completion) = (500, 500, 0, 7)
        let record = try await record(of: InferenceResponse(text: "x", usage: usage))
        #expect(record.tokens.promptEvaluated == 0)
        #expect(record.tokens.prompt == 500)
    }

    @Test("Defect 45: the function and the wrapper are one way, and every record says by which method it was made")
    func defect45BothWaysRecordTheSame() async throws {
        var usage = TokenUsage(source: .usage)
        (usage.prompt, usage.completion) = (10, 5)
        let response = InferenceResponse(text: "x", usage: usage)
        let wrapped = try await record(of: response)
        let engine = ScriptedEngine(response: response, takes: .milliseconds(250), clock: clock)
        _ = try await instrumentedGenerate(engine, request, bus: bus)
        let called = try #require(sink.records.last)
        #expect(sink.records.count == 2)
        #expect(called.tokens == wrapped.tokens && called.tokens.total == 15)
        #expect(called.identity == wrapped.identity)
        for record in sink.records {
            #expect(record.methodologyVersion == TelemetryRecord.currentMethodologyVersion)
        }
    }

    @Test("Defect 46: latency is the engine's alone, and the agent is on the record")
    func defect46LatencyIsTheEnginesAlone() async throws {
        let record = try await record(of: InferenceResponse(text: "x"), tags: CallTags(agent: "planner"))
        #expect(record.timing.latency == .milliseconds(250))
        #expect(record.identity.agent == "planner")
    }
}
