// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InMemoryTracing
import Metrics
import MetricsTestKit
import TelemetryCore
import TelemetryTesting
import Testing
import Tracing

@testable import TelemetryRecording

/// What a program's own tracer and metrics hear of a call.
@Suite struct ObservabilityTests {
    private let clock = ManualClock()
    private let tracer = InMemoryTracer()
    private let metrics = TestMetrics()
    private var telemetry: CallTelemetry

    init() {
        telemetry = CallTelemetry()
        telemetry.clock = clock.clock
        telemetry.tracer = tracer
        telemetry.metrics = metrics
    }

    private static let secret = "the weather in Paris"
    private let request = InferenceRequest(
        model: "m",
        messages: [InferenceMessage(.user, secret)],
        temperature: 0.5,
        maximumTokens: 7
    )

    private func streaming() -> ScriptedEngine {
        var last = InferenceChunk(text: "d")
        var usage = TokenUsage(source: .usage)
        usage.prompt = 12
        usage.completion = 3
        usage.cached = 4
        last.usage = usage
        last.finishReason = "stop"
        var timings = EngineTimings()
        timings.queue = .milliseconds(5)
        timings.prefill = .milliseconds(60)
        timings.decode = .milliseconds(90)
        last.timings = timings
        last.model = "m-2026"
        var engine = ScriptedEngine(
            chunks: [
                .init(InferenceChunk(), after: .milliseconds(40)),
                .text(Self.secret, after: .milliseconds(60)),
                .text("c", after: .milliseconds(50)),
                .init(last, after: .milliseconds(30)),
            ],
            clock: clock
        )
        engine.identity.serverAddress = "10.0.0.7"
        engine.identity.serverPort = 8_080
        return engine
    }

    private func run(_ engine: ScriptedEngine) async throws {
        for try await _ in try await InstrumentedEngine(engine, telemetry: telemetry).stream(request) {}
    }

    @Test func aSpanHasTheConventionsNames() async throws {
        try await run(streaming())
        let span = try #require(tracer.finishedSpans.first)
        #expect(span.operationName == "chat m")
        #expect(span.kind == .client)
        let wanted: [String: SpanAttribute] = [
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "fake",
            "gen_ai.request.model": "m",
            "gen_ai.request.max_tokens": .int64(7),
            "gen_ai.request.temperature": .double(0.5),
            "gen_ai.response.model": "m-2026",
            "gen_ai.response.finish_reasons": .stringArray(["stop"]),
            "gen_ai.response.time_to_first_chunk": .double(0.1),
            "gen_ai.usage.input_tokens": .int64(12),
            "gen_ai.usage.output_tokens": .int64(3),
            "gen_ai.usage.cache_read.input_tokens": .int64(4),
            "server.address": "10.0.0.7",
            "server.port": .int64(8_080),
        ]
        for (name, value) in wanted {
            let found = span.attributes.get(name)
            #expect("\(String(describing: found))" == "\(String(describing: Optional(value)))", "\(name)")
        }
        #expect(span.endInstant.nanosecondsSinceEpoch - span.startInstant.nanosecondsSinceEpoch == 180_000_000)
        #expect(span.status == nil)
    }

    @Test func noAttributeHoldsContent() async throws {
        try await run(streaming())
        let span = try #require(tracer.finishedSpans.first)
        // swift-format-ignore: ReplaceForEachWithForLoop
        span.attributes.forEach { name, value in
            #expect(!"\(name) \(value)".contains(Self.secret))
        }
    }

    @Test func aFailedCallSaysWhy() async throws {
        let failure = ScriptedFailure(errorKind: .serverStatus, httpStatus: 503)
        let engine = InstrumentedEngine(ScriptedEngine(failure: failure, clock: clock), telemetry: telemetry)
        await #expect(throws: ScriptedFailure.self) { try await engine.generate(request) }
        let span = try #require(tracer.finishedSpans.first)
        #expect(span.status?.code == .error)
        #expect("\(String(describing: span.attributes.get("error.type")))".contains("503"))
        let durations = metrics.recorders(label: "gen_ai.client.operation.duration")
        #expect(durations.first?.dimensions.contains { $0 == ("error.type", "503") } == true)
    }

    @Test func aSpanWaitsForTheEnergyAndKeepsItsEnd() async throws {
        var telemetry = telemetry
        let meter = StatedEnergyMeter(waiting: telemetry.waiting)
        telemetry.energy = meter
        for try await _ in try await InstrumentedEngine(streaming(), telemetry: telemetry).stream(request) {}
        #expect(tracer.finishedSpans.isEmpty)
        clock.advance(by: .seconds(2))
        guard case .ended(let id, _) = meter.notices.last else { return }
        var energy = CallEnergy()
        energy.total = .joules(6)
        telemetry.waiting.complete([MeteredCall(id: id, energy: energy)])
        let span = try #require(tracer.finishedSpans.first)
        #expect(span.endInstant.nanosecondsSinceEpoch - span.startInstant.nanosecondsSinceEpoch == 180_000_000)
        #expect("\(String(describing: span.attributes.get("inferometer.energy.joules")))".contains("6.0"))
        #expect(metrics.counterTotal(label: "inferometer.inference.energy") == 6)
    }

    @Test func spansOfTheEngineAreChildren() async throws {
        let engine = TracingEngine(tracer: tracer)
        _ = try await InstrumentedEngine(engine, telemetry: telemetry).generate(request)
        let spans = tracer.finishedSpans
        let inner = try #require(spans.first { $0.operationName == "POST" })
        let outer = try #require(spans.first { $0.operationName == "chat m" })
        #expect(inner.parentSpanID == outer.spanID)
    }

    @Test func metricsHaveTheConventionsNamesAndUnits() async throws {
        try await run(streaming())
        #expect(values("gen_ai.client.operation.duration") == [0.18])
        #expect(values("gen_ai.client.operation.time_to_first_chunk") == [0.04])
        #expect(values("gen_ai.client.operation.time_per_output_chunk") == [0.05, 0.03])
        #expect(values("gen_ai.server.time_to_first_token") == [0.065])
        #expect(values("gen_ai.server.time_per_output_token") == [0.045])
        #expect(tokens("input") == [12])
        #expect(tokens("output") == [3])
        let dimensions = metrics.recorders(label: "gen_ai.client.operation.duration").first?.dimensions ?? []
        let names = dimensions.map(\.0)
        #expect(
            names == [
                "gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.response.model",
                "server.address", "server.port",
            ]
        )
    }

    @Test func whatWasNotMeasuredIsNotReported() async throws {
        let engine = ScriptedEngine(chunks: [.text("a", after: .milliseconds(5))], clock: clock)
        try await run(engine)
        #expect(metrics.recorders(label: "gen_ai.client.token.usage").isEmpty)
        #expect(metrics.recorders(label: "gen_ai.server.time_to_first_token").isEmpty)
        #expect(metrics.counters(label: "inferometer.inference.energy").isEmpty)
        let span = try #require(tracer.finishedSpans.first)
        #expect(span.attributes.get("gen_ai.usage.output_tokens") == nil)
    }

    @Test func bucketsAreThoseOfTheConvention() {
        #expect(GenAIMetric.operationDuration.bucketBounds.first == 0.01)
        #expect(GenAIMetric.operationDuration.bucketBounds.last == 81.92)
        #expect(GenAIMetric.tokenUsage.bucketBounds.prefix(4) == [1, 4, 16, 64])
        #expect(GenAIMetric.tokenUsage.bucketBounds.last == 67_108_864)
        #expect(GenAIMetric.serverTimeToFirstToken.bucketBounds.count == 16)
        #expect(GenAIMetric.serverTimePerOutputToken.bucketBounds.count == 13)
        #expect(Set(GenAIMetric.all.map(\.name)).count == GenAIMetric.all.count)
    }

    private func values(_ label: String) -> [Double] {
        metrics.recorders(label: label).flatMap(\.values)
    }

    private func tokens(_ type: String) -> [Double] {
        metrics.recorders(label: "gen_ai.client.token.usage")
            .filter { $0.dimensions.contains { $0 == ("gen_ai.token.type", type) } }
            .flatMap(\.values)
    }
}

/// An engine whose transport makes a span of its own.
private struct TracingEngine: InferenceEngine {
    let tracer: InMemoryTracer
    let identity = EngineIdentity(kind: .openAI, name: "x", isLocal: false)

    func generate(_ request: InferenceRequest) async throws -> InferenceResponse {
        tracer.startSpan("POST").end()
        return InferenceResponse(text: "x")
    }

    func stream(_ request: InferenceRequest) async throws -> AsyncStream<InferenceChunk> {
        AsyncStream { $0.finish() }
    }

    func models() async throws -> [EngineModel] { [] }
    func isHealthy() async -> Bool { true }
}
