// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryRecording

/// A program with a transport of its own.
@Suite struct RecordedExchangeTests {
    private let clock = ManualClock()
    private let sink = RecordingSink()
    private var telemetry: CallTelemetry
    private let engine = EngineIdentity(kind: .vllm, name: "v", isLocal: true)

    init() {
        telemetry = CallTelemetry()
        telemetry.clock = clock.clock
        telemetry.sink = sink
    }

    private func begin(_ body: String, path: String = "/v1/chat/completions") throws -> RecordedExchange {
        try #require(
            RecordedExchange(path: path, requestBody: Array(body.utf8), to: engine, telemetry: telemetry)
        )
    }

    @Test func bytesOfAStreamBecomeARecord() throws {
        var exchange = try begin(#"{"model":"m","stream":true,"messages":[{"role":"user","content":"hello"}]}"#)
        clock.advance(by: .milliseconds(20))
        exchange.answered(status: 200, contentType: "text/event-stream")
        for (text, delay) in [("a", 80), ("b", 10), ("c", 10)] {
            clock.advance(by: .milliseconds(delay))
            exchange.receive(#"data: {"model":"m-1","choices":[{"index":0,"delta":{"content":"\#(text)"}}]}"#.utf8)
            exchange.receive("\n\n".utf8)
        }
        exchange.receive(
            """
            data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

            data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}

            data: [DONE]


            """.utf8
        )
        clock.advance(by: .milliseconds(5))
        exchange.finish(.answered)
        exchange.finish(.clientLeft)
        try #require(sink.records.count == 1)
        let record = sink.records[0]
        #expect(record.id == exchange.id)
        #expect(record.result.outcome == .completed && record.result.finishReason == "stop")
        #expect(record.identity.model == "m-1" && record.identity.operation == .chat)
        #expect(record.tokens.prompt == 7 && record.tokens.completion == 3)
        #expect(record.timing.timeToFirstToken == .milliseconds(100))
        #expect(record.timing.timePerOutputToken == .milliseconds(10))
        #expect(record.timing.latency == .milliseconds(125))
        #expect(record.price.source == "local")
    }

    @Test func theMeterAndTheBusHearOfIt() async throws {
        var telemetry = telemetry
        let meter = StatedEnergyMeter(waiting: telemetry.waiting)
        telemetry.energy = meter
        let names = try await telemetry.bus.withSubscription { subscription in
            var exchange = try #require(
                RecordedExchange(
                    path: "/api/chat",
                    requestBody: Array(#"{"model":"m","messages":[{"role":"user","content":"12345678"}]}"#.utf8),
                    to: engine,
                    telemetry: telemetry
                )
            )
            exchange.answered(status: 200, contentType: "application/x-ndjson")
            exchange.receive(Array(#"{"model":"m","message":{"content":"x"},"done":false}"#.utf8) + [10])
            exchange.finish(.engineReset)
            guard case .ended(let id, _) = meter.notices.last else { return [String]() }
            telemetry.waiting.complete([MeteredCall(id: id, energy: CallEnergy(absent: "test"))])
            var names: [String] = []
            for await event in subscription.events {
                names.append(String("\(event)".prefix { $0 != "(" }))
                if case .recorded = event { break }
            }
            return names
        }
        #expect(names.map { $0.split(separator: ".").last ?? "" } == ["started", "firstToken", "ended", "recorded"])
        #expect(meter.notices.count == 3)
        #expect(sink.records.map(\.result.outcome) == [.truncated])
        #expect(sink.records.map(\.energy.reason) == ["test"])
    }

    @Test func whatIsNoInferenceIsNoCall() {
        #expect(RecordedExchange(path: "/v1/models", requestBody: [], to: engine, telemetry: telemetry) == nil)
    }

    @Test func anEngineThatDidNotAnswer() throws {
        var exchange = try begin("{}")
        exchange.finish(.unreachable)
        #expect(sink.records.map(\.result.errorKind) == [.unreachable])
    }
}
