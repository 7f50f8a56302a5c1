// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceWire
public import TelemetryCore

/// One call of a program that brings its own transport: it feeds the bytes, and a record comes out.
///
/// The bytes are read as they come and not kept. Tell it when the request was sent, what came, and how it ended:
///
/// ```swift
/// var exchange = RecordedExchange(path: "/v1/chat/completions", requestBody: body, to: engine, telemetry: telemetry)
/// exchange?.answered(status: 200, contentType: "text/event-stream")
/// exchange?.receive(bytes)
/// exchange?.finish(.answered)
/// ```
///
/// A value: its owner ends it once, on every way out; a copy that is ended too is another record.
public struct RecordedExchange: Sendable {
    /// The identity that the call's record will have.
    public let id: RecordID
    private let telemetry: CallTelemetry
    private let engine: EngineIdentity
    private let arrivedAt: WallTime
    private let route: MeteredRoute
    private let facts: RequestFacts
    private let sentAt: MonotonicInstant
    private let span: CallSpan?
    private let share: CallEnergy
    private var identity: CallIdentity
    private var decoder: AnswerDecoder?
    private var status: Int?
    private var firstByteAt: MonotonicInstant?
    private var hasFirstToken = false
    private var isOver = false

    /// Begins a call at the moment when its request is sent; nothing for a path whose calls are not inference.
    ///
    /// - Parameters:
    ///   - path: The request's path without its query: of OpenAI's API from `/v1/` on, Anthropic's or Ollama's.
    ///   - requestBody: The request's body; the model and what was asked for are read from it.
    ///   - engine: Which software answers.
    ///   - tags: What is said about the call.
    ///   - telemetry: Where what is learnt goes.
    public init?(
        path: String,
        requestBody: [UInt8],
        to engine: EngineIdentity,
        tags: CallTags = CallTags(),
        telemetry: CallTelemetry
    ) {
        guard let route = MeteredRoute(method: "POST", path: path) else { return nil }
        self.route = route
        self.telemetry = telemetry
        self.engine = engine
        let facts = requestBody.withUnsafeBytes { RequestFacts(body: $0, route: route) }
        self.facts = facts
        let request = InferenceRequest(model: facts.model ?? "", messages: [])
        arrivedAt = telemetry.clock.wall()
        let start = telemetry.clock.instant()
        let id = RecordID(at: arrivedAt)
        (self.id, sentAt) = (id, start)
        identity = CallIdentity(of: request, to: engine, tags: tags)
        identity.operation = route.operation
        identity.requestedModel = facts.model
        identity.isStreaming = facts.isStreaming
        span = CallSpan(
            of: request,
            operation: route.operation,
            to: engine,
            at: arrivedAt,
            instant: start,
            tracer: telemetry.tracer
        )
        telemetry.tellStart(of: id, at: start, operation: route.operation, model: facts.model, engine: engine)
        share = telemetry.startMetering(id, at: start, promptBytes: facts.promptBytes, engine: engine)
    }

    /// The head of the answer has come.
    public mutating func answered(status: Int, contentType: String?) {
        self.status = status
        decoder = AnswerDecoder(
            route: route,
            request: facts,
            status: status,
            contentType: contentType,
            sentAt: sentAt
        )
    }

    /// Bytes of the answer's body have come, decoded where the transport had to decode them.
    ///
    /// - Parameters:
    ///   - bytes: The bytes, as they came.
    ///   - instant: When they came; now, unless told.
    public mutating func receive(_ bytes: some Sequence<UInt8>, at instant: MonotonicInstant? = nil) {
        let now = instant ?? telemetry.clock.instant()
        let isContiguous: Void? = bytes.withContiguousStorageIfAvailable { storage in
            decoder?.consume(UnsafeRawBufferPointer(storage), at: now)
        }
        if isContiguous == nil { Array(bytes).withUnsafeBytes { decoder?.consume($0, at: now) } }
        if firstByteAt == nil { firstByteAt = now }
        guard !hasFirstToken, let seen = decoder?.observation, seen.isStreaming, let first = seen.firstPayloadAt else {
            return
        }
        hasFirstToken = true
        telemetry.tellFirstToken(of: id, at: first, isMetered: share.isPending)
    }

    /// The call is over: its record is made.
    ///
    /// A second end is ignored.
    public mutating func finish(_ end: CallEnd, at instant: MonotonicInstant? = nil) {
        guard !isOver else { return }
        isOver = true
        let now = instant ?? telemetry.clock.instant()
        decoder?.finish(at: now, cleanly: end == .answered)
        var seen = decoder?.observation ?? InferenceObservation(sentAt: sentAt)
        seen.endedAt = now
        identity.model = seen.model ?? identity.requestedModel
        let record = TelemetryRecord(
            completing: CompletedCall(
                id: id,
                arrivedAt: arrivedAt,
                identity: identity,
                observation: seen,
                status: status,
                end: end,
                choices: facts.choices
            ),
            price: telemetry.price(of: identity, usage: seen.usage, by: engine),
            energy: share
        )
        telemetry.bus.tell(.ended(id, record.result.outcome, at: now))
        let metrics = CallMetrics(factory: telemetry.metrics)
        metrics?.record(record, seen: seen, firstEventAt: firstByteAt, by: engine)
        telemetry.take(record, span: span, metrics: metrics, endedAt: now)
    }
}
