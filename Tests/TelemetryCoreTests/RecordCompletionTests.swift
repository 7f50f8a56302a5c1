// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TelemetryCore

@Suite struct RecordCompletionTests {
    private func instant(_ milliseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    private func streamed(tokens: Int?, events: Int, first: Int64 = 100, gap: Int64 = 10) -> InferenceObservation {
        var seen = InferenceObservation(sentAt: instant(0))
        seen.isStreaming = true
        seen.payloadEvents = events
        seen.firstPayloadAt = instant(first)
        seen.firstAnswerAt = instant(first)
        seen.lastPayloadAt = instant(first + gap * Int64(events - 1))
        seen.gaps = Array(repeating: .milliseconds(gap), count: events - 1)
        seen.endedAt = instant(first + gap * Int64(events))
        seen.reachedEnd = true
        if let tokens {
            seen.usage = TokenUsage(source: .usage)
            seen.usage?.prompt = 20
            seen.usage?.cached = 5
            seen.usage?.completion = tokens
        }
        return seen
    }

    private func record(
        _ seen: InferenceObservation,
        status: Int? = 200,
        end: CallEnd = .answered,
        choices: Int = 1
    ) -> TelemetryRecord {
        let arrived = WallTime(microsecondsSinceEpoch: 1_000_000)
        return TelemetryRecord(
            completing: CompletedCall(
                id: RecordID(high: 1, low: 2),
                arrivedAt: arrived,
                identity: CallIdentity(),
                observation: seen,
                status: status,
                end: end,
                choices: choices
            )
        )
    }

    @Test func aStreamOfOneTokenEventsHasAllTimings() {
        let made = record(streamed(tokens: 11, events: 11))
        #expect(made.timing.timeToFirstToken == .milliseconds(100))
        #expect(made.timing.timePerOutputToken == .milliseconds(10))
        #expect(made.timing.latency == .milliseconds(210))
        #expect(made.timing.interTokenLatency?.median == .milliseconds(10))
        #expect(made.tokens.promptEvaluated == 15)
        #expect(made.tokens.source == .usage)
        #expect(made.methodologyVersion == 1)
    }

    @Test func mergedTokensGiveChunkGapsAndNoTokenGaps() {
        let made = record(streamed(tokens: 21, events: 11))
        #expect(made.timing.interTokenLatency == nil)
        #expect(made.timing.interChunkLatency?.count == 10)
        #expect(made.timing.timePerOutputToken == .milliseconds(5))
    }

    @Test("Defect 38: without usage chunks are counted and marked") func withoutUsageChunksAreCountedAndMarked() {
        let made = record(streamed(tokens: nil, events: 4), end: .engineClosed)
        #expect(made.tokens.completion == 4)
        #expect(made.tokens.source == .chunks)
        #expect(made.tokens.prompt == nil)
        #expect(made.timing.interTokenLatency == nil)
    }

    @Test func eventsOfOneReadHaveNoPace() {
        let made = record(streamed(tokens: 3, events: 3, gap: 0))
        #expect(made.timing.timePerOutputToken == nil)
    }

    @Test func anAnswerInOnePieceHasNoFirstTokenOfOurs() {
        var seen = InferenceObservation(sentAt: instant(0))
        seen.firstPayloadAt = instant(50)
        seen.endedAt = instant(50)
        seen.reachedEnd = true
        #expect(record(seen).timing.timeToFirstToken == nil)
        seen.engineTimings.timeToFirstToken = .milliseconds(7)
        #expect(record(seen).timing.timeToFirstToken == .milliseconds(7))
    }

    @Test(
        arguments: [
            (200, CallEnd.answered, true, CallOutcome.completed, CallErrorKind?.none),
            (200, .clientLeft, false, .cancelled, .clientGone),
            (200, .clientLeft, true, .completed, nil),
            (200, .engineClosed, false, .truncated, .reset),
            (200, .engineClosed, true, .completed, nil),
            (200, .engineReset, false, .truncated, .reset),
            (200, .answered, false, .truncated, .reset),
            (200, .timedOut, false, .truncated, .timeout),
            (404, .answered, false, .failed, .clientStatus),
            (503, .answered, false, .failed, .serverStatus),
            (503, .clientLeft, false, .cancelled, .clientGone),
            (nil, .engineReset, false, .failed, .reset),
            (nil, .unreachable, false, .failed, .unreachable),
            (nil, .timedOut, false, .failed, .timeout),
            (nil, .clientLeft, false, .cancelled, .clientGone),
        ] as [(Int?, CallEnd, Bool, CallOutcome, CallErrorKind?)]
    )
    func everyEndHasItsOutcome(
        status: Int?,
        end: CallEnd,
        reachedEnd: Bool,
        outcome: CallOutcome,
        kind: CallErrorKind?
    ) {
        var seen = streamed(tokens: nil, events: 2)
        seen.reachedEnd = reachedEnd
        let made = record(seen, status: status, end: end)
        #expect(made.result.outcome == outcome)
        #expect(made.result.errorKind == kind)
    }

    @Test func theEnginesOwnTotalStands() {
        var seen = streamed(tokens: 5, events: 5)
        seen.usage?.total = 40
        #expect(record(seen).totalTokens == 40)
        seen.usage?.total = 25
        #expect(record(seen).given.isEmpty)
        #expect(record(seen).totalTokens == 25)
    }

    @Test func aPartLongerThanTheWholeIsRefused() {
        var seen = InferenceObservation(sentAt: instant(0))
        seen.endedAt = instant(50)
        seen.engineTimings.timeToFirstToken = .milliseconds(100)
        #expect(record(seen).timing.timeToFirstToken == nil)
        #expect(record(seen).timing.latency == .milliseconds(50))
    }

    @Test func eventsThatAreTokensBySourceHaveTokenGaps() {
        var seen = streamed(tokens: nil, events: 3)
        seen.eventsAreTokens = true
        let made = record(seen)
        #expect(made.timing.interTokenLatency?.mean == .milliseconds(10))
        #expect(made.tokens.source == .chunks)
        #expect(made.totalTokens == nil)
    }

    @Test func anErrorInsideTheStreamIsAFailure() {
        var seen = streamed(tokens: nil, events: 2)
        seen.reportedError = true
        #expect(record(seen).result.outcome == .failed)
        #expect(record(seen).result.errorKind == .engineError)
    }

    @Test func everyKeyIsSpelledOnce() {
        let keys = RecordField.all.map(\.key)
        #expect(Set(keys).count == keys.count)
        #expect(keys.count == 75)
    }
}
