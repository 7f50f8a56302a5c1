// Inferometer
// SPDX-License-Identifier: Apache-2.0

package import TelemetryCore

/// Follows one call of an engine from send to end, and makes its one record.
///
/// A value: the caller owns it, and it performs nothing but to read the clock and to tell what it saw.
package struct CallMeter: Sendable {
    private let telemetry: CallTelemetry
    private let engine: EngineIdentity
    private let span: CallSpan?
    private let id: RecordID
    private let arrivedAt: WallTime
    private var identity: CallIdentity
    private var seen: InferenceObservation
    private let share: CallEnergy
    private var statedCost: Double?
    private var recordedElsewhere = false
    private var isOver = false
    /// Whether the answer itself told of an error or could not be read, rather than breaking off.
    private var isRefusal = false
    private var waitingSince: MonotonicInstant?
    private var returnedAt: MonotonicInstant
    private var readersTime = Duration.zero
    private var lastArrival: MonotonicInstant?
    /// The status of the HTTP answer, where there was one.
    package var httpStatus: Int?
    private var firstEventAt: MonotonicInstant?

    /// Begins a call and tells of it.
    package init(of request: InferenceRequest, to engine: EngineIdentity, tags: CallTags, telemetry: CallTelemetry) {
        self.telemetry = telemetry
        self.engine = engine
        arrivedAt = telemetry.clock.wall()
        let id = RecordID(at: arrivedAt)
        self.id = id
        identity = CallIdentity(of: request, to: engine, tags: tags)
        let start = telemetry.clock.instant()
        seen = InferenceObservation(sentAt: start)
        returnedAt = start
        seen.eventsAreTokens = engine.streamsTokens
        span = CallSpan(
            of: request,
            operation: .chat,
            to: engine,
            at: arrivedAt,
            instant: start,
            tracer: telemetry.tracer
        )
        telemetry.tellStart(of: id, at: start, operation: .chat, model: request.model, engine: engine)
        share = telemetry.startMetering(id, at: start, promptBytes: request.promptBytes, engine: engine)
    }

    /// Runs what the engine does inside the call's span, if there is one.
    package func inSpan<Result>(
        isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> Result
    ) async rethrows -> Result {
        guard let span else { return try await body() }
        return try await span.run(isolation: isolation, body)
    }

    /// Marks the answer as a stream.
    package mutating func beginStream() {
        seen.isStreaming = true
        returnedAt = telemetry.clock.instant()
    }

    /// The reader asks for the next event: what passed since the last one was the reader's own time.
    package mutating func beginWaiting() {
        let now = telemetry.clock.instant()
        readersTime += now - returnedAt
        waitingSince = now
    }

    /// Takes one event of a stream: when its bytes came if the engine says, else now, less the reader's own time.
    package mutating func take(_ chunk: InferenceChunk) {
        returnedAt = telemetry.clock.instant()
        waitingSince = nil
        lastArrival = chunk.arrivedAt
        let instant = chunk.arrivedAt ?? returnedAt.advanced(by: .zero - readersTime)
        if firstEventAt == nil { firstEventAt = instant }
        if chunk.isPayload { takePayload(at: instant, isAnswer: chunk.isAnswer) }
        if let model = chunk.model { seen.model = model }
        if let reason = chunk.finishReason { seen.finishReason = reason }
        if let usage = chunk.usage { seen.usage = usage }
        if let timings = chunk.timings { seen.engineTimings = timings }
        if chunk.recordedAs != nil { recordedElsewhere = true }
    }

    private mutating func takePayload(at instant: MonotonicInstant, isAnswer: Bool) {
        seen.payloadEvents += 1
        if isAnswer, seen.firstAnswerAt == nil { seen.firstAnswerAt = instant }
        if let last = seen.lastPayloadAt {
            if seen.gaps.count < Self.gapLimit { seen.gaps.append(instant - last) }
        } else {
            seen.firstPayloadAt = instant
            telemetry.tellFirstToken(of: id, at: instant, isMetered: share.isPending)
        }
        seen.lastPayloadAt = instant
    }

    /// Takes an answer in one piece.
    package mutating func take(_ response: InferenceResponse) {
        seen.model = response.model
        seen.finishReason = response.finishReason
        seen.usage = response.usage
        seen.engineTimings = response.timings
        seen.reachedEnd = true
        httpStatus = response.httpStatus
        statedCost = response.costUSD
        if response.recordedAs != nil { recordedElsewhere = true }
    }

    /// Ends a call whose answer came whole.
    package mutating func finish() {
        seen.reachedEnd = true
        end(.answered, failure: nil)
    }

    /// Ends a call whose reader left.
    package mutating func abandon() {
        end(.clientLeft, failure: nil)
    }

    /// Ends a call that failed, by what its error says of itself.
    package mutating func fail(_ error: any Error) {
        if error is CancellationError { return abandon() }
        let failure = error as? any InferenceEngineFailure
        httpStatus = failure?.httpStatus ?? httpStatus
        isRefusal = failure.map { $0.errorKind == .engineError || $0.errorKind == .malformed } ?? false
        end(failure?.errorKind == .timeout ? .timedOut : .engineReset, failure: failure?.errorKind ?? .engineError)
    }

    /// One record a call: a second end is ignored.
    private mutating func end(_ end: CallEnd, failure: CallErrorKind?) {
        guard !isOver else { return }
        isOver = true
        let now = telemetry.clock.instant()
        seen.endedAt = endOfAnswer(now)
        var record = TelemetryRecord(
            completing: CompletedCall(
                id: id,
                arrivedAt: arrivedAt,
                identity: identity,
                observation: seen,
                status: httpStatus,
                end: end
            ),
            price: price(),
            energy: recordedElsewhere ? CallEnergy(absent: "recorded elsewhere") : share
        )
        if let failure {
            record.result.errorKind = failure
            record.result.outcome = seen.payloadEvents > 0 && !isRefusal ? .truncated : .failed
        }
        telemetry.bus.tell(.ended(id, record.result.outcome, at: now))
        finish(consume record)
    }

    /// Passes the record on; a call that a proxy of ours recorded already leaves a span and no record.
    private func finish(_ record: consuming TelemetryRecord) {
        let end = seen.endedAt ?? seen.sentAt
        let metrics = CallMetrics(factory: telemetry.metrics)
        metrics?.record(record, seen: seen, firstEventAt: firstEventAt, by: engine)
        if recordedElsewhere {
            if share.isPending { telemetry.energy?.callEnded(id, at: end) }
            span?.end(with: record, at: end)
        } else {
            telemetry.take(consume record, span: span, metrics: metrics, endedAt: end)
        }
    }

    /// When the last byte came, which a slow reader learns late.
    private func endOfAnswer(_ now: MonotonicInstant) -> MonotonicInstant {
        guard seen.isStreaming else { return now }
        let reached = waitingSince == nil ? returnedAt : now
        guard let lastArrival else { return reached.advanced(by: .zero - readersTime) }
        guard let waitingSince else { return lastArrival }
        return lastArrival.advanced(by: max(.zero, now - max(waitingSince, lastArrival)))
    }

    /// What the engine itself states; nothing to pay where it is a person's own; else what the table says.
    private func price() -> CallPrice {
        if let statedCost {
            var stated = CallPrice()
            stated.costUSD = statedCost
            stated.source = "engine"
            return stated
        }
        return telemetry.price(of: identity, usage: seen.usage, by: engine, model: seen.model)
    }

    private static let gapLimit = 65_536
}

extension CallIdentity {
    /// What is known of a call before it is answered.
    init(of request: InferenceRequest, to engine: EngineIdentity, tags: CallTags) {
        self.init()
        operation = .chat
        self.engine = engine.kind
        upstream = engine.name
        requestedModel = request.model
        agent = tags.agent
        session = tags.session
        batch = tags.batch
        isWarmup = tags.isWarmup
        metadata = tags.metadata
    }
}
