// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// What is known of an answer: the sums over its events.
///
/// Several choices (`n=2`) are one stream here: `payloadEvents`, gaps and times are over the events of all of them, as
/// the tokens are, so that the time per token is that of the call, not of one of its choices. An event counts once,
/// whatever it holds.
struct AnswerState: Sendable {
    /// Gaps beyond are not kept.
    static let gapLimit = 65_536

    private let route: MeteredRoute
    private var observed: InferenceObservation
    private var tally = UsageTally()
    // An explicit end: `[DONE]`, `message_stop`, `done:true`, `response.completed`, a whole body.
    private var hasEnded = false
    private var emptyDeltas = 0
    private var emptyDeltasBeforeFirst = 0
    private var tokensAtFirst: Int?
    /// When the bytes at hand arrived.
    var now: MonotonicInstant

    init(route: MeteredRoute, sentAt: MonotonicInstant) {
        self.route = route
        observed = InferenceObservation(sentAt: sentAt)
        now = sentAt
    }

    mutating func beginStream() {
        observed.isStreaming = true
    }

    mutating func markMalformed() {
        observed.isMalformed = true
    }

    mutating func markError() {
        observed.reportedError = true
    }

    mutating func markEnd() {
        hasEnded = true
    }

    mutating func close(at instant: MonotonicInstant) {
        observed.endedAt = instant
    }

    /// Takes one event's text; `false` if it is neither JSON nor the sign of the end.
    @inline(__always)
    mutating func event(_ text: UnsafeRawBufferPointer) -> Bool {
        if ByteScan.matches("[DONE]", text, at: 0) {
            hasEnded = true
            return true
        }
        guard let facts = facts(of: text) else { return false }
        apply(facts)
        return true
    }

    /// Takes a whole body; `false` if it is no JSON object.
    mutating func body(_ text: UnsafeRawBufferPointer) -> Bool {
        guard var facts = facts(of: text), facts.isObject else { return false }
        // Without a stream there are no events, and so no times of ours.
        facts.isPayload = false
        apply(facts)
        hasEnded = true
        return true
    }

    @inline(__always)
    private func facts(of text: UnsafeRawBufferPointer) -> AnswerFacts? {
        var cursor = JSONCursor(text)
        var facts = AnswerFacts()
        switch route.dialect {
        case .openAI where route.operation == .response: ResponsesReader.read(&cursor, into: &facts)
        case .openAI: OpenAIReader.read(&cursor, into: &facts)
        case .anthropic: AnthropicReader.read(&cursor, into: &facts)
        case .ollama: OllamaReader.read(&cursor, into: &facts)
        }
        return cursor.isAtEnd ? facts : nil
    }

    private mutating func apply(_ facts: AnswerFacts) {
        tally.add(facts)
        if observed.model == nil, let model = facts.model, !model.isEmpty { observed.model = model.text() }
        if observed.finishReason == nil { observed.finishReason = finishReason(in: facts) }
        if facts.isError { observed.reportedError = true }
        if facts.isEnd { hasEnded = true }
        if facts.isPayload {
            addPayload(facts)
        } else if facts.isEmptyDelta {
            emptyDeltas += 1
        }
    }

    private func finishReason(in facts: AnswerFacts) -> String? {
        let reason =
            facts.finishReason ?? facts.firstChoice?.finishReason
            ?? (facts.otherChoices.isEmpty ? nil : facts.otherChoices.lazy.compactMap(\.finishReason).first)
        guard let reason, !reason.isEmpty else { return nil }
        return reason.text()
    }

    private mutating func addPayload(_ facts: AnswerFacts) {
        if let last = observed.lastPayloadAt {
            if observed.gaps.count < Self.gapLimit { observed.gaps.append(now - last) }
        } else {
            observed.firstPayloadAt = now
            emptyDeltasBeforeFirst = emptyDeltas
            let isCounted = facts.usage?.completion != nil || facts.report?.generated != nil
            tokensAtFirst = isCounted ? tally.completion : nil
        }
        if facts.isAnswer, observed.firstAnswerAt == nil { observed.firstAnswerAt = now }
        observed.lastPayloadAt = now
        observed.payloadEvents += 1
    }

    /// All that is known so far.
    var observation: InferenceObservation {
        var observation = observed
        observation.reachedEnd = hasEnded || tally.isFinished || observed.finishReason != nil && !tally.hasChoices
        observation.usage = usage
        observation.engineTimings = tally.timings
        observation.tokensInFirstPayload = tokensInFirstPayload(of: observation.usage)
        return observation
    }

    private var usage: TokenUsage? {
        var usage = tally.usage(isAdditive: route.dialect == .anthropic)
        // Ollama leaves out a count that is zero: no output at all is known where it says the rest.
        if route.dialect == .ollama, route.operation != .embedding, hasEnded, observed.payloadEvents == 0,
            observed.isStreaming, usage?.prompt != nil, usage?.completion == nil
        {
            usage?.completion = 0
        }
        // An embedding has no output: all its tokens are input.
        if route.operation == .embedding, let prompt = usage?.prompt { usage?.total = prompt }
        return usage
    }

    // The count that came with the first payload takes in the tokens before it that showed nothing. Else it is known
    // only where each delta, shown or not, is one token, because there are as many deltas as tokens.
    private func tokensInFirstPayload(of usage: TokenUsage?) -> Int? {
        guard observed.payloadEvents > 0 else { return nil }
        if let tokensAtFirst, tokensAtFirst > 0 { return tokensAtFirst }
        guard let completion = usage?.completion else { return nil }
        if completion == observed.payloadEvents { return 1 }
        return completion == observed.payloadEvents + emptyDeltas ? emptyDeltasBeforeFirst + 1 : nil
    }
}
