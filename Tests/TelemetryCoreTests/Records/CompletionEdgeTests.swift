// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TelemetryCore

/// Records of calls at the edges of what was seen.
@Suite struct CompletionEdgeTests {
    private func instant(_ milliseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    private func record(
        status: Int? = 200,
        end: CallEnd = .answered,
        choices: Int = 1,
        identity: CallIdentity = CallIdentity(),
        _ change: (inout InferenceObservation) -> Void = { _ in }
    ) -> TelemetryRecord {
        var seen = InferenceObservation(sentAt: instant(0))
        seen.endedAt = instant(100)
        change(&seen)
        return TelemetryRecord(
            completing: CompletedCall(
                id: RecordID(high: 1, low: 2),
                arrivedAt: WallTime(microsecondsSinceEpoch: 1),
                identity: identity,
                observation: seen,
                status: status,
                end: end,
                choices: choices
            )
        )
    }

    /// An error status is a failure, also where the client left once it had read all of it.
    @Test(arguments: [
        (400, CallErrorKind.clientStatus), (429, .clientStatus), (500, .serverStatus), (529, .serverStatus),
    ])
    func anErrorThatWasReadToItsEndIsNeverCompleted(status: Int, kind: CallErrorKind) {
        for end in [CallEnd.answered, .clientLeft, .engineReset] {
            let made = record(status: status, end: end) { $0.reachedEnd = true }
            #expect(made.result.outcome == .failed, "\(end)")
            #expect(made.result.errorKind == kind, "\(end)")
            #expect(made.result.httpStatus == status)
        }
    }

    @Test func everyEndHasOneOutcomeAndOnlySuccessHasNoKind() {
        for end in CallEnd.allCases {
            for status in [nil, 200, 204, 301, 404, 500] as [Int?] {
                for (reached, streaming, malformed) in [
                    (true, true, false), (false, true, true), (false, false, false),
                ] {
                    let made = record(status: status, end: end) {
                        ($0.reachedEnd, $0.isStreaming, $0.isMalformed) = (reached, streaming, malformed)
                    }
                    let isComplete = made.result.outcome == .completed
                    #expect(isComplete == (made.result.errorKind == nil), "\(end) \(String(describing: status))")
                    if let status, status >= 400 { #expect(!isComplete) }
                }
            }
        }
    }

    @Test func anAnswerThatCannotBeReadIsAFailureAndNotCutOff() {
        let made = record { $0.isMalformed = true }
        #expect(made.result.outcome == .failed && made.result.errorKind == .malformed)
        let read = record {
            $0.isMalformed = true
            $0.reachedEnd = true
        }
        #expect(read.result.outcome == .completed && read.result.errorKind == .malformed)
    }

    @Test func timesThatLieBeforeTheSendAreAbsent() {
        let made = record {
            $0.isStreaming = true
            $0.sentAt = instant(50)
            $0.firstPayloadAt = instant(40)
            $0.firstAnswerAt = instant(40)
            $0.lastPayloadAt = instant(45)
            $0.endedAt = instant(49)
        }
        #expect(made.timing.latency == nil && made.timing.timeToFirstToken == nil)
        #expect(made.timing.timeToFirstAnswer == nil)
    }

    @Test func aCallWithoutAnEndHasNoLatency() {
        let made = record(status: nil, end: .unreachable) { $0.endedAt = nil }
        #expect(made.timing.latency == nil)
        #expect(made.tokensPerSecond == nil)
    }

    @Test func equalInstantsAreAMeasuredZero() {
        let made = record {
            $0.isStreaming = true
            $0.payloadEvents = 1
            $0.firstPayloadAt = instant(0)
            $0.lastPayloadAt = instant(0)
            $0.endedAt = instant(0)
        }
        #expect(made.timing.latency == .zero && made.timing.timeToFirstToken == .zero)
        #expect(made.timing.timePerOutputToken == nil && made.timing.interChunkLatency == nil)
        #expect(made.tokensPerSecond == nil)
    }

    /// TPOT = (last payload - first payload) / (tokens - tokens in the first payload).
    @Test(arguments: [(11, 1, 10), (21, 11, 10), (10, 10, nil), (5, 9, nil), (2, nil, 100)] as [(Int, Int?, Int?)])
    func paceLeavesOutTheFirstPayloadsTokens(tokens: Int, first: Int?, milliseconds: Int?) {
        let made = record {
            $0.isStreaming = true
            $0.payloadEvents = 5
            $0.tokensInFirstPayload = first
            $0.firstPayloadAt = instant(0)
            $0.lastPayloadAt = instant(100)
            $0.usage = TokenUsage(source: .usage)
            $0.usage?.completion = tokens
        }
        #expect(made.timing.timePerOutputToken == milliseconds.map { .milliseconds($0) })
    }

    /// The engine's own timings have their columns also where nothing was streamed.
    @Test func theEnginesTimingsAreKept() {
        let made = record {
            $0.engineTimings.queue = .milliseconds(1)
            $0.engineTimings.load = .milliseconds(2)
            $0.engineTimings.prefill = .milliseconds(3)
            $0.engineTimings.decode = .milliseconds(4)
            $0.engineTimings.timeToFirstToken = .milliseconds(-1)
        }
        #expect(made.timing.engineQueue == .milliseconds(1) && made.timing.engineLoad == .milliseconds(2))
        #expect(made.timing.enginePrefill == .milliseconds(3) && made.timing.engineDecode == .milliseconds(4))
        #expect(made.timing.timeToFirstToken == nil)
        #expect(made.timing.chunkCount == nil)
    }

    @Test func countsThatContradictEachOtherAreNotSubtracted() {
        let made = record {
            $0.usage = TokenUsage(source: .timings)
            $0.usage?.prompt = 5
            $0.usage?.cached = 9
        }
        #expect(made.tokens.promptEvaluated == nil)
        #expect(made.tokens.source == .timings)
        #expect(made.tokens.completion == nil)
    }

    /// Defect 44: a full cache hit worked on nothing, which is a count.
    @Test func aFullCacheHitWorkedOnNothing() {
        let made = record {
            $0.usage = TokenUsage(source: .usage)
            $0.usage?.prompt = 500
            $0.usage?.cached = 500
        }
        #expect(made.tokens.promptEvaluated == 0)
        let said = record {
            $0.usage = TokenUsage(source: .usage)
            $0.usage?.prompt = 500
            $0.usage?.promptEvaluated = 0
        }
        #expect(said.tokens.promptEvaluated == 0)
    }

    @Test func severalChoicesHaveNoTokenGaps() {
        func made(_ choices: Int) -> TelemetryRecord {
            record(choices: choices) {
                $0.isStreaming = true
                $0.payloadEvents = 3
                $0.gaps = [.milliseconds(1), .milliseconds(2)]
                $0.usage = TokenUsage(source: .usage)
                $0.usage?.completion = 3
            }
        }
        #expect(made(1).timing.interTokenLatency?.count == 2)
        #expect(made(2).timing.interTokenLatency == nil)
        #expect(made(2).timing.interChunkLatency?.count == 2)
    }

    @Test func theModelThatAnsweredWinsOverTheOneAskedFor() {
        var identity = CallIdentity()
        identity.requestedModel = "asked"
        #expect(record(identity: identity).identity.model == "asked")
        identity.model = "mapped"
        #expect(record(identity: identity).identity.model == "mapped")
        let answered = record(identity: identity) { $0.model = "answered" }
        #expect(answered.identity.model == "answered" && answered.identity.requestedModel == "asked")
        #expect(record().identity.model == nil)
    }

    @Test func aStreamThatWasAskedForStaysOneWithoutEvents() {
        var identity = CallIdentity()
        identity.isStreaming = true
        #expect(record(status: nil, end: .unreachable, identity: identity).identity.isStreaming)
        #expect(record(status: nil, end: .unreachable, identity: identity).tokens.completion == nil)
    }
}
