// Inferometer
// SPDX-License-Identifier: Apache-2.0

package import TelemetryCore

/// Follows one call of an engine from send to end, and makes its one record.
///
/// A value: the caller owns it, and it performs nothing but to read the clock and to publish on the bus.
package struct CallMeter: Sendable {
    private let bus: EventBus
    private let clock: TelemetryClock
    private let id: RecordID
    private let arrivedAt: WallTime
    private var identity: CallIdentity
    private var seen: InferenceObservation
    private let priceOf: @Sendable (CallIdentity, TokenUsage) -> CallPrice
    private var statedCost: Double?
    private var recordedElsewhere = false
    private var isOver = false
    private var waitingSince: MonotonicInstant?
    private var returnedAt: MonotonicInstant
    private var readersTime = Duration.zero
    private var lastArrival: MonotonicInstant?
    /// The status of the HTTP answer, where there was one.
    package var httpStatus: Int?
    /// The call's energy, once known.
    package var energy = CallEnergy()

    /// Begins a call and tells the bus.
    package init(
        of request: InferenceRequest,
        to engine: EngineIdentity,
        tags: CallTags,
        bus: EventBus,
        clock: TelemetryClock,
        price: @escaping @Sendable (CallIdentity, TokenUsage) -> CallPrice
    ) {
        self.bus = bus
        priceOf = price
        self.clock = clock
        arrivedAt = clock.wall()
        id = RecordID(at: arrivedAt)
        identity = CallIdentity()
        identity.operation = .chat
        identity.engine = engine.kind
        identity.upstream = engine.name
        identity.requestedModel = request.model
        identity.agent = tags.agent
        identity.session = tags.session
        identity.batch = tags.batch
        identity.isWarmup = tags.isWarmup
        identity.metadata = tags.metadata
        seen = InferenceObservation(sentAt: clock.instant())
        returnedAt = seen.sentAt
        seen.eventsAreTokens = engine.streamsTokens
        bus.publishIfHeard(
            .started(
                CallStart(
                    id: id,
                    sentAt: seen.sentAt,
                    operation: .chat,
                    model: request.model,
                    upstream: engine.name
                )
            )
        )
    }

    /// Marks the answer as a stream.
    package mutating func beginStream() {
        seen.isStreaming = true
        returnedAt = clock.instant()
    }

    /// The reader asks for the next event: what passed since the last one was the reader's own time.
    package mutating func beginWaiting() {
        let now = clock.instant()
        readersTime += now - returnedAt
        waitingSince = now
    }

    /// Takes one event of a stream: when its bytes came if the engine says, else now, less the reader's own time.
    package mutating func take(_ chunk: InferenceChunk) {
        returnedAt = clock.instant()
        waitingSince = nil
        lastArrival = chunk.arrivedAt
        if chunk.isPayload {
            let instant = chunk.arrivedAt ?? returnedAt.advanced(by: .zero - readersTime)
            takePayload(at: instant, isAnswer: chunk.isAnswer)
        }
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
            bus.publishIfHeard(.firstToken(id, at: instant))
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
        end(failure?.errorKind == .timeout ? .timedOut : .engineReset, failure: failure?.errorKind ?? .engineError)
    }

    /// One record a call: a second end is ignored.
    private mutating func end(_ end: CallEnd, failure: CallErrorKind?) {
        guard !isOver else { return }
        isOver = true
        let now = clock.instant()
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
            energy: energy
        )
        if let failure {
            record.result.errorKind = failure
            record.result.outcome = seen.payloadEvents > 0 ? .truncated : .failed
        }
        bus.publishIfHeard(.ended(id, record.result.outcome, at: now))
        if !recordedElsewhere { bus.publish(record: record) }
    }

    /// When the last byte came, which a slow reader learns late.
    private func endOfAnswer(_ now: MonotonicInstant) -> MonotonicInstant {
        guard seen.isStreaming else { return now }
        let reached = waitingSince == nil ? returnedAt : now
        guard let lastArrival else { return reached.advanced(by: .zero - readersTime) }
        guard let waitingSince else { return lastArrival }
        return lastArrival.advanced(by: max(.zero, now - max(waitingSince, lastArrival)))
    }

    /// What the engine itself states, else what the table says.
    private func price() -> CallPrice {
        if let statedCost {
            var stated = CallPrice()
            stated.costUSD = statedCost
            stated.source = "engine"
            return stated
        }
        guard let usage = seen.usage else { return CallPrice() }
        var asked = identity
        asked.model = seen.model ?? identity.requestedModel
        return priceOf(asked, usage)
    }

    private static let gapLimit = 65_536
}
