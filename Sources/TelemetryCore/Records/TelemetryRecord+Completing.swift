// Inferometer
// SPDX-License-Identifier: Apache-2.0

extension TelemetryRecord {
    /// Makes the record of a call that is over, by the rules of methodology version 1.
    public init(completing call: CompletedCall, price: CallPrice = CallPrice(), energy: CallEnergy = CallEnergy()) {
        var identity = call.identity
        identity.model = call.observation.model ?? identity.model ?? identity.requestedModel
        identity.isStreaming = call.observation.isStreaming || identity.isStreaming
        self.init(
            id: call.id,
            timestamp: call.arrivedAt,
            identity: identity,
            result: CallResult(of: call),
            tokens: TokenCounts(of: call),
            timing: CallTiming(of: call),
            energy: energy,
            price: price
        )
        methodologyVersion = Self.currentMethodologyVersion
        if let total = call.observation.usage?.total, total != tokens.total { given.totalTokens = total }
    }
}

extension CallResult {
    /// Decides how a call ended.
    ///
    /// An answer whose own end was seen is complete even if the connection then broke, or the client left.
    init(of call: CompletedCall) {
        let (outcome, kind) = Self.verdict(of: call)
        self.init(
            outcome: outcome,
            httpStatus: call.status,
            errorKind: kind,
            finishReason: call.observation.finishReason
        )
    }

    private static func verdict(of call: CompletedCall) -> (CallOutcome, CallErrorKind?) {
        let seen = call.observation
        // A client that left once it had the whole error was refused all the same.
        if let status = call.status, status >= 400, call.end != .clientLeft || seen.reachedEnd {
            return (.failed, status >= 500 ? .serverStatus : .clientStatus)
        }
        if seen.reportedError { return (.failed, .engineError) }
        if seen.reachedEnd { return (.completed, seen.isMalformed ? .malformed : nil) }
        switch call.end {
        case .clientLeft: return (.cancelled, .clientGone)
        case .unreachable: return (.failed, .unreachable)
        case .timedOut: return (call.status == nil ? .failed : .truncated, .timeout)
        case .engineClosed, .engineReset:
            if call.status != nil { return (.truncated, .reset) }
            return (.failed, seen.isMalformed ? .malformed : .reset)
        case .answered:
            if seen.isMalformed { return (.failed, .malformed) }
            return seen.isStreaming ? (.truncated, .reset) : (.completed, nil)
        }
    }
}

extension TokenCounts {
    /// Takes the engine's counts; where it gave none, counts the payload events of a stream and says so.
    init(of call: CompletedCall) {
        self.init()
        let seen = call.observation
        if let usage = seen.usage {
            prompt = usage.prompt
            cached = usage.cached
            promptEvaluated = usage.promptEvaluated ?? Self.difference(usage.prompt, usage.cached ?? 0)
            completion = usage.completion
            reasoning = usage.reasoning
            source = usage.source
        }
        if completion == nil, seen.isStreaming {
            completion = seen.payloadEvents
            source = .chunks
        }
    }

    private static func difference(_ all: Int?, _ part: Int?) -> Int? {
        guard let all, let part, all >= part else { return nil }
        return all - part
    }
}

extension CallTiming {
    /// Turns instants into durations; what needs a stream is absent without one.
    init(of call: CompletedCall) {
        self.init()
        let seen = call.observation
        latency = Self.elapsed(from: seen.sentAt, to: seen.endedAt)
        engineQueue = seen.engineTimings.queue
        engineLoad = seen.engineTimings.load
        enginePrefill = seen.engineTimings.prefill
        engineDecode = seen.engineTimings.decode
        guard seen.isStreaming else {
            timeToFirstToken = Self.plausible(seen.engineTimings.timeToFirstToken, within: latency)
            return
        }
        timeToFirstToken = Self.elapsed(from: seen.sentAt, to: seen.firstPayloadAt)
        timeToFirstAnswer = Self.elapsed(from: seen.sentAt, to: seen.firstAnswerAt)
        timePerOutputToken = Self.pace(of: seen)
        chunkCount = seen.payloadEvents
        interChunkLatency = GapStatistics(gaps: seen.gaps)
        if Self.eachEventIsOneToken(call) { interTokenLatency = interChunkLatency }
    }

    /// (last payload - first payload) / (tokens - tokens in the first payload), where the two payloads have two times.
    private static func pace(of seen: InferenceObservation) -> Duration? {
        guard let first = seen.firstPayloadAt, let last = seen.lastPayloadAt, last > first else { return nil }
        let tokens = seen.usage?.completion ?? seen.payloadEvents
        let rest = tokens - (seen.tokensInFirstPayload ?? 1)
        return rest > 0 ? (last - first) / rest : nil
    }

    /// Only then is a gap between events the time of a token; the engine's own count must say so.
    private static func eachEventIsOneToken(_ call: CompletedCall) -> Bool {
        if call.observation.eventsAreTokens { return true }
        guard call.choices == 1, let completion = call.observation.usage?.completion else { return false }
        return completion == call.observation.payloadEvents && call.observation.gaps.count == completion - 1
    }

    /// A part that is longer than the whole is refused.
    private static func plausible(_ part: Duration?, within whole: Duration?) -> Duration? {
        guard let part, part >= .zero else { return nil }
        if let whole, part > whole { return nil }
        return part
    }

    private static func elapsed(from start: MonotonicInstant, to end: MonotonicInstant?) -> Duration? {
        guard let end, end >= start else { return nil }
        return end - start
    }
}
