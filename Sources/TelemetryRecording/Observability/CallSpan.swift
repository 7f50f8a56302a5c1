// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Tracing

/// One call as a span, under the names of OpenTelemetry's conventions for generative AI.
///
/// It never holds content.
struct CallSpan: Sendable {
    private let span: any Span
    private let start: UInt64
    private let sentAt: MonotonicInstant

    /// Begins the span of a call; nothing where nobody traces.
    init?(
        of request: InferenceRequest,
        operation: InferenceOperation,
        to engine: EngineIdentity,
        at wall: WallTime,
        instant: MonotonicInstant,
        tracer: (any Tracer)?
    ) {
        // To look for a tracer is the dearest part of a call that nobody traces.
        if tracer == nil, InstrumentationSystem.instrument is NoOpInstrument { return nil }
        let tracer = tracer ?? InstrumentationSystem.tracer
        guard !(tracer is NoOpTracer) else { return nil }
        start = UInt64(clamping: wall.microsecondsSinceEpoch) * 1_000
        sentAt = instant
        span = tracer.startSpan(
            "\(operation.conventionName) \(request.model)",
            ofKind: .client,
            at: EpochInstant(nanosecondsSinceEpoch: start)
        )
        span.updateAttributes { $0.set(request, operation, to: engine) }
    }

    /// Runs a body inside the span, so that spans which it begins become children.
    func run<Result>(
        isolation: isolated (any Actor)?,
        _ body: () async throws -> Result
    ) async rethrows -> Result {
        try await InstrumentationContext.withValue(span.context, isolation: isolation, operation: body)
    }

    /// Ends the span when the call was over, though its energy came later.
    func end(with record: TelemetryRecord, at instant: MonotonicInstant) {
        span.updateAttributes { $0.set(record) }
        if let error = record.spanError { span.setStatus(SpanStatus(code: .error, message: error)) }
        let elapsed = UInt64(clamping: (instant - sentAt).nanoseconds)
        span.end(at: EpochInstant(nanosecondsSinceEpoch: start &+ elapsed))
    }
}

/// A point in civil time, as tracers take it.
private struct EpochInstant: TracerInstant {
    let nanosecondsSinceEpoch: UInt64

    static func < (left: EpochInstant, right: EpochInstant) -> Bool {
        left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch
    }
}

extension InferenceOperation {
    /// The operation's name in OpenTelemetry's conventions.
    var conventionName: String {
        switch self {
        case .chat, .response, .message: "chat"
        case .completion, .generate: "text_completion"
        case .embedding: "embeddings"
        }
    }
}

extension TelemetryRecord {
    /// What `error.type` says of the call; nothing where it completed, or its reader left.
    var spanError: String? {
        guard result.outcome == .failed || result.outcome == .truncated else { return nil }
        if let status = result.httpStatus, status >= 400 { return "\(status)" }
        return result.errorKind?.rawValue ?? "_OTHER"
    }
}

extension SpanAttributes {
    fileprivate mutating func set(
        _ request: InferenceRequest,
        _ operation: InferenceOperation,
        to engine: EngineIdentity
    ) {
        self["gen_ai.operation.name"] = operation.conventionName
        self["gen_ai.provider.name"] = engine.kind.rawValue
        self["gen_ai.request.model"] = request.model
        if let tokens = request.maximumTokens { self["gen_ai.request.max_tokens"] = tokens }
        if let temperature = request.temperature { self["gen_ai.request.temperature"] = temperature }
        if let seed = request.seed { self["gen_ai.request.seed"] = seed }
        if let address = engine.serverAddress { self["server.address"] = address }
        if let port = engine.serverPort { self["server.port"] = port }
    }

    fileprivate mutating func set(_ record: TelemetryRecord) {
        self["inferometer.record.id"] = record.id.description
        self["gen_ai.request.stream"] = record.identity.isStreaming
        if let model = record.identity.model { self["gen_ai.response.model"] = model }
        if let reason = record.result.finishReason { self["gen_ai.response.finish_reasons"] = [reason] }
        if let first = record.timing.timeToFirstToken?.seconds {
            self["gen_ai.response.time_to_first_chunk"] = first
        }
        if let error = record.spanError { self["error.type"] = error }
        set(record.tokens)
        set(record.energy)
        if let cost = record.price.costUSD { self["inferometer.cost.usd"] = cost }
    }

    private mutating func set(_ tokens: TokenCounts) {
        // What was counted by us is an estimate, and the convention wants the engine's own counts or none.
        guard tokens.source != .chunks else { return }
        if let input = tokens.prompt { self["gen_ai.usage.input_tokens"] = input }
        if let output = tokens.completion { self["gen_ai.usage.output_tokens"] = output }
        if let cached = tokens.cached { self["gen_ai.usage.cache_read.input_tokens"] = cached }
        if let reasoning = tokens.reasoning { self["gen_ai.usage.reasoning.output_tokens"] = reasoning }
    }

    private mutating func set(_ energy: CallEnergy) {
        guard let total = energy.total else {
            if let reason = energy.reason { self["inferometer.energy.absent_reason"] = reason }
            return
        }
        self["inferometer.energy.joules"] = total.joules
        if let bound = energy.bound { self["inferometer.energy.bound_joules"] = bound.joules }
        if let prefill = energy.prefill { self["inferometer.energy.prefill_joules"] = prefill.joules }
        if let decode = energy.decode { self["inferometer.energy.decode_joules"] = decode.joules }
        if let method = energy.method { self["inferometer.energy.method"] = method }
        if let sharing = energy.sharing { self["inferometer.energy.sharing"] = sharing }
    }
}
