// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// An engine whose every call leaves one record, whatever its end.
///
/// It answers exactly as the engine inside does: telemetry never fails, slows or changes a call. Events go to the bus:
/// start, first token, end, record; the program's own tracer and metrics hear of it under OpenTelemetry's names. The time that a reader spends between two events of a stream is not the engine's
/// and counts nowhere.
public struct InstrumentedEngine<Engine: InferenceEngine>: InferenceEngine {
    private let engine: Engine
    private let telemetry: CallTelemetry
    /// What is said about the calls made through this value.
    public var tags: CallTags

    /// Wraps an engine.
    ///
    /// - Parameters:
    ///   - engine: The engine that answers.
    ///   - bus: Where events and records go.
    ///   - tags: What is said about the calls.
    ///   - clock: The clocks of the measurement.
    ///   - price: Finds the price of a call by the token; unknown by default.
    public init(
        _ engine: Engine,
        bus: EventBus,
        tags: CallTags = CallTags(),
        clock: TelemetryClock = .system,
        price: @escaping @Sendable (CallIdentity, TokenUsage) -> CallPrice = { _, _ in CallPrice() }
    ) {
        var telemetry = CallTelemetry(bus: bus)
        telemetry.clock = clock
        telemetry.price = price
        self.init(engine, telemetry: telemetry, tags: tags)
    }

    /// Wraps an engine whose calls are told of and measured by what a program has set up once.
    ///
    /// - Parameters:
    ///   - engine: The engine that answers.
    ///   - telemetry: Where what is learnt goes, and what it is learnt with.
    ///   - tags: What is said about the calls.
    public init(_ engine: Engine, telemetry: CallTelemetry, tags: CallTags = CallTags()) {
        self.engine = engine
        self.telemetry = telemetry
        self.tags = tags
    }

    /// The identity of the engine inside.
    public var identity: EngineIdentity {
        engine.identity
    }

    /// What the engine inside can do.
    public var capabilities: EngineCapabilities {
        engine.capabilities
    }

    /// Answers a request in one piece, and records it.
    public func generate(_ request: InferenceRequest) async throws -> InferenceResponse {
        var meter = makeMeter(request)
        do {
            let response = try await meter.inSpan { try await engine.generate(request) }
            meter.take(response)
            meter.finish()
            return response
        } catch {
            meter.fail(error)
            throw error
        }
    }

    /// Answers a request event by event, and records it when the stream ends, fails or is no longer read.
    public func stream(_ request: InferenceRequest) async throws -> InstrumentedStream<Engine.Chunks> {
        var meter = makeMeter(request)
        do {
            let chunks = try await meter.inSpan { try await engine.stream(request) }
            meter.beginStream()
            return InstrumentedStream(chunks: chunks, meter: meter)
        } catch {
            meter.fail(error)
            throw error
        }
    }

    /// The models that the engine inside offers.
    public func models() async throws -> [EngineModel] {
        try await engine.models()
    }

    /// Whether the engine inside answers at all.
    public func isHealthy() async -> Bool {
        await engine.isHealthy()
    }

    private func makeMeter(_ request: InferenceRequest) -> CallMeter {
        CallMeter(of: request, to: engine.identity, tags: tags, telemetry: telemetry)
    }
}

/// Answers one request of an engine and publishes its events and its record on a bus.
///
/// - Parameters:
///   - engine: The engine that answers.
///   - request: What is asked.
///   - bus: Where events and the record go.
///   - tags: What is said about the call.
/// - Returns: The engine's answer, unchanged.
/// - Throws: What the engine throws.
public func instrumentedGenerate(
    _ engine: some InferenceEngine,
    _ request: InferenceRequest,
    bus: EventBus,
    tags: CallTags = CallTags()
) async throws -> InferenceResponse {
    try await InstrumentedEngine(engine, bus: bus, tags: tags).generate(request)
}
