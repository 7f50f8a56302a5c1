// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// What a program asks an engine for, and what comes back.
@Suite struct InferenceValueTests {
    @Test func aPromptsSizeIsTheBytesOfAllMessages() {
        var request = InferenceRequest(model: "m", messages: [])
        #expect(request.promptBytes == 0)
        request.messages = [InferenceMessage(.system, "aé"), InferenceMessage(.user, "👍"), InferenceMessage(.tool, "")]
        #expect(request.promptBytes == 7)
    }

    @Test func aRequestAsksForNoMoreThanItIsTold() {
        let request = InferenceRequest(model: "m", messages: [InferenceMessage(.user, "x")])
        #expect(request.temperature == nil && request.maximumTokens == nil && request.seed == nil)
        #expect(request.stopSequences.isEmpty && request.tools.isEmpty && request.extraJSON.isEmpty)
        #expect(request == InferenceRequest(model: "m", messages: [InferenceMessage(.user, "x")]))
    }

    /// A role-only event is none that the model generated; reasoning is, and is no answer.
    @Test func whatIsAPayload() {
        #expect(!InferenceChunk().isPayload && !InferenceChunk().isAnswer)
        #expect(InferenceChunk(text: "a").isPayload && InferenceChunk(text: "a").isAnswer)
        var reasoning = InferenceChunk()
        reasoning.reasoning = "hm"
        #expect(reasoning.isPayload && !reasoning.isAnswer)
        var tool = InferenceChunk()
        tool.toolCalls = [InferenceToolCall(id: "1", name: "f", argumentsJSON: "")]
        #expect(tool.isPayload && tool.isAnswer)
        var last = InferenceChunk()
        (last.finishReason, last.usage) = ("stop", TokenUsage(source: .usage))
        #expect(!last.isPayload)
    }

    @Test func anAnswerBeginsWithNothingKnown() {
        let response = InferenceResponse()
        #expect(response.text.isEmpty && response.usage == nil && response.model == nil)
        #expect(response.timings == EngineTimings() && response.recordedAs == nil)
        let usage = TokenUsage(source: .timings)
        #expect(usage.prompt == nil && usage.completion == nil && usage.total == nil && usage.cacheWritten == nil)
    }

    @Test func rolesAreThoseOfTheAPIs() {
        let roles: [InferenceMessage.Role] = [.system, .user, .assistant, .tool]
        #expect(roles.map(\.rawValue) == ["system", "user", "assistant", "tool"])
        let message = InferenceMessage(.tool, "42", toolCallID: "call_1")
        #expect(message.toolCallID == "call_1" && message.toolCalls.isEmpty)
    }

    @Test func capabilitiesAreASet() {
        let all: [EngineCapabilities] = [.streaming, .tools, .usage, .timings, .modelList]
        #expect(Set(all.map(\.rawValue)).count == all.count)
        #expect(all.allSatisfy { $0.rawValue.nonzeroBitCount == 1 })
        #expect(EngineCapabilities(all).contains([.tools, .usage]))
        let manual = ManualClock()
        #expect(ScriptedEngine(chunks: [], clock: manual).capabilities == .streaming)
    }

    @Test func anIdentityIsNotGuessed() {
        let identity = EngineIdentity(kind: .vllm, name: "a", isLocal: true)
        #expect(!identity.streamsTokens && identity.serverAddress == nil && identity.serverPort == nil)
        let model = EngineModel(id: "m")
        #expect(model.parameterCount == nil && model.sizeSource == nil && model.contextLength == nil)
        #expect(EngineModelSizeSource.allCases.map(\.rawValue) == ["engine", "catalog", "name"])
    }

    @Test func aMonitorIsItsOwnOnlyPart() {
        let monitor = FakeEnergyMonitor(channels: [], clock: ManualClock().clock)
        #expect(monitor.parts.count == 1 && monitor.parts.first is FakeEnergyMonitor)
    }

    /// An observation knows nothing but when it began.
    @Test func anObservationBeginsWithItsSend() {
        let seen = InferenceObservation(sentAt: MonotonicInstant(nanoseconds: 5))
        #expect(seen.firstPayloadAt == nil && seen.endedAt == nil && seen.payloadEvents == 0 && seen.usage == nil)
        #expect(!seen.isStreaming && !seen.reachedEnd && !seen.isMalformed && !seen.reportedError)
        #expect(CallStart(id: RecordID(high: 0, low: 1), sentAt: seen.sentAt).model == nil)
    }
}
