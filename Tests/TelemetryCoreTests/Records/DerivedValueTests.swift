// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TelemetryCore

/// What follows from other values, and what stands in where a part is missing.
@Suite struct DerivedValueTests {
    private func record(_ change: (inout TelemetryRecord) -> Void) -> TelemetryRecord {
        var record = TelemetryRecord(id: RecordID(high: 0, low: 0), timestamp: WallTime(microsecondsSinceEpoch: 0))
        change(&record)
        return record
    }

    @Test func nothingFollowsFromNothing() {
        let empty = record { _ in }
        #expect(empty.totalTokens == nil && empty.tokensPerSecond == nil && empty.meanPower == nil)
        #expect(empty.tokensPerJoule == nil && empty.joulesPerOutputToken == nil)
        #expect(empty.tokensPerSecondPerWatt == nil && empty.prefillLatency == nil && empty.decodeLatency == nil)
        #expect(empty.given.isEmpty)
    }

    @Test func ratiosAreOfTheCallsOwnParts() {
        let call = record {
            ($0.tokens.prompt, $0.tokens.completion) = (30, 50)
            $0.timing.latency = .seconds(2)
            $0.timing.timeToFirstToken = .milliseconds(500)
            $0.energy.total = .joules(100)
        }
        #expect(call.totalTokens == 80)
        #expect(call.tokensPerSecond == 25)
        #expect(call.meanPower == .watts(50))
        #expect(call.tokensPerJoule == 0.5)
        #expect(call.joulesPerOutputToken == 2)
        #expect(call.tokensPerSecondPerWatt == 0.5)
        #expect(call.prefillLatency == .milliseconds(500))
        #expect(call.decodeLatency == .milliseconds(1_500))
    }

    /// Defect 14 and its kin: what would divide by nothing, or be negative, is absent.
    @Test func nothingIsDividedByNothing() {
        let call = record {
            $0.tokens.completion = 0
            $0.timing.latency = .zero
            $0.energy.total = .zero
            $0.timing.timeToFirstToken = .seconds(1)
        }
        #expect(call.tokensPerSecond == nil && call.meanPower == nil)
        #expect(call.tokensPerJoule == nil && call.joulesPerOutputToken == nil)
        #expect(call.tokensPerSecondPerWatt == nil)
        #expect(call.decodeLatency == nil)
    }

    @Test func noOutputIsAMeasuredZeroOfThroughput() {
        let call = record {
            $0.tokens.completion = 0
            $0.timing.latency = .seconds(1)
            $0.energy.total = .joules(5)
        }
        #expect(call.tokensPerSecond == 0)
        #expect(call.tokensPerJoule == 0)
        #expect(call.joulesPerOutputToken == nil)
    }

    @Test func aSourcesOwnFigureStandsInForAMissingPart() {
        let call = record {
            $0.given.tokensPerSecond = 7
            $0.given.tokensPerJoule = 8
            $0.given.joulesPerOutputToken = 9
            $0.given.tokensPerSecondPerWatt = 10
            $0.given.prefillLatency = .seconds(1)
            $0.given.decodeLatency = .seconds(2)
            $0.given.totalTokens = 11
        }
        #expect(!call.given.isEmpty)
        #expect(call.tokensPerSecond == 7 && call.tokensPerJoule == 8 && call.joulesPerOutputToken == 9)
        #expect(call.tokensPerSecondPerWatt == 10 && call.totalTokens == 11)
        #expect(call.prefillLatency == .seconds(1) && call.decodeLatency == .seconds(2))
    }

    @Test func partsThatAreThereWinOverASourcesFigure() {
        let call = record {
            $0.tokens.completion = 50
            $0.timing.latency = .seconds(2)
            $0.timing.timeToFirstToken = .seconds(1)
            $0.energy.total = .joules(100)
            $0.given.tokensPerSecond = 7
            $0.given.tokensPerJoule = 8
            $0.given.joulesPerOutputToken = 9
            $0.given.prefillLatency = .seconds(30)
            $0.given.decodeLatency = .seconds(30)
            $0.given.tokensPerSecondPerWatt = 10
        }
        #expect(call.tokensPerSecond == 25 && call.tokensPerJoule == 0.5 && call.joulesPerOutputToken == 2)
        #expect(call.prefillLatency == .seconds(1) && call.decodeLatency == .seconds(1))
        #expect(call.tokensPerSecondPerWatt == 0.5)
    }

    @Test func powerThatWasMeasuredByItselfIsKeptWithItsRatio() {
        let call = record {
            $0.tokens.completion = 50
            $0.timing.latency = .seconds(2)
            $0.energy.total = .joules(100)
            $0.given.power = .watts(70)
            $0.given.tokensPerSecondPerWatt = 25.0 / 70
        }
        #expect(call.meanPower == .watts(70))
        #expect(call.tokensPerSecondPerWatt == 25.0 / 70)
    }

    @Test func aTotalThatWouldOverflowIsAbsent() {
        var tokens = TokenCounts()
        tokens.prompt = .max
        #expect(tokens.total == nil)
        tokens.completion = 1
        #expect(tokens.total == nil)
        (tokens.prompt, tokens.completion) = (0, 0)
        #expect(tokens.total == 0)
    }

    @Test func pendingEnergyIsPendingUntilItIsThere() {
        #expect(CallEnergy.pending.isPending)
        #expect(!CallEnergy().isPending)
        #expect(!CallEnergy(absent: "remote").isPending)
        var complete = CallEnergy.pending
        complete.total = .zero
        #expect(!complete.isPending)
    }

    @Test func enginesOfOnesOwnHaveNoPriceByTheToken() {
        let own: [EngineKind] = [.ollama, .vllm, .llamaCpp, .sglang, .mlx, .lmStudio, .simulated]
        for kind in own { #expect(kind.isSelfHosted, "\(kind.rawValue)") }
        for kind in [EngineKind.openAI, .anthropic, .unknown, EngineKind(rawValue: "Ollama"), EngineKind(rawValue: "")]
        {
            #expect(!kind.isSelfHosted, "\(kind.rawValue)")
        }
    }

    @Test func vocabulariesAreThoseOfTheSurface() {
        #expect(
            InferenceOperation.allCases.map(\.rawValue)
                == ["chat", "completion", "embedding", "response", "message", "generate"]
        )
        #expect(CallOutcome.allCases.map(\.rawValue) == ["completed", "cancelled", "truncated", "failed"])
        #expect(
            CallErrorKind.allCases.map(\.rawValue) == [
                "unreachable", "reset", "timeout", "http_4xx", "http_5xx", "engine_error", "malformed", "client_gone",
            ]
        )
        #expect(TokenSource.allCases.map(\.rawValue) == ["usage", "timings", "chunks"])
    }
}
