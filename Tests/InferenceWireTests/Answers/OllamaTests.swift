// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import InferenceWire

/// From documentation: see the fixtures' README.
@Suite struct OllamaTests {
    // Each line arrives in a read of its own.
    private func stream(_ name: String, as route: MeteredRoute) throws -> InferenceObservation {
        let lines = try Documented.text(name).split(separator: "\n").map { $0 + "\n" }
        return decode(lines.map(String.init), as: route, type: "application/x-ndjson", request: "{}")
    }

    private func body(_ name: String, as route: MeteredRoute) throws -> InferenceObservation {
        decode(body: try Documented.text(name), as: route)
    }

    @Test func aStreamedChat() throws {
        let seen = try stream("ollama-chat-stream.ndjson", as: .ollamaChat)
        #expect(seen.isStreaming)
        #expect(seen.model == "qwen3:8b")
        #expect(seen.finishReason == "stop")
        #expect(seen.reachedEnd)
        #expect(seen.payloadEvents == 4)
        #expect(seen.firstPayloadAt == .at(1))
        #expect(seen.firstAnswerAt == .at(3))
        #expect(seen.lastPayloadAt == .at(4))
        #expect(seen.usage?.prompt == 26)
        #expect(seen.usage?.completion == 5)
        #expect(seen.usage?.source == .usage)
        #expect(seen.usage?.cached == nil)
        #expect(seen.usage?.promptEvaluated == nil)
        #expect(seen.engineTimings.load == .nanoseconds(1_334_875))
        #expect(seen.engineTimings.prefill == .nanoseconds(342_546_000))
        #expect(seen.engineTimings.decode == .nanoseconds(4_535_599_000))
        #expect(seen.engineTimings.timeToFirstToken == nil)
        #expect(seen.tokensInFirstPayload == nil)
    }

    @Test func aCallOfATool() throws {
        let seen = try stream("ollama-chat-tools.ndjson", as: .ollamaChat)
        #expect(seen.payloadEvents == 1)
        #expect(seen.firstAnswerAt == .at(1))
        #expect(seen.usage?.completion == 33)
    }

    @Test func aChatInOneBody() throws {
        let seen = try body("ollama-chat.json", as: .ollamaChat)
        #expect(!seen.isStreaming)
        #expect(seen.reachedEnd)
        #expect(seen.payloadEvents == 0)
        #expect(seen.firstPayloadAt == nil)
        #expect(seen.usage?.completion == 298)
        #expect(seen.finishReason == "stop")
    }

    @Test func aStreamedGenerate() throws {
        let seen = try stream("ollama-generate-stream.ndjson", as: .ollamaGenerate)
        #expect(seen.payloadEvents == 2)
        #expect(seen.tokensInFirstPayload == 1)
        #expect(seen.usage?.cached == 20)
        #expect(seen.usage?.promptEvaluated == 6)
        #expect(seen.finishReason == "length")
    }

    @Test func anErrorInMidStream() throws {
        let seen = try stream("ollama-generate-error.ndjson", as: .ollamaGenerate)
        #expect(seen.reportedError)
        #expect(!seen.reachedEnd)
        #expect(seen.payloadEvents == 1)
        #expect(seen.usage == nil)
        #expect(!seen.isMalformed)
    }

    @Test func countsThatAreLeftOut() throws {
        let loaded = try body("ollama-generate-load.json", as: .ollamaGenerate)
        #expect(loaded.reachedEnd)
        #expect(loaded.finishReason == "load")
        #expect(loaded.usage == nil)
        #expect(loaded.engineTimings == EngineTimings())
        // Only where nothing was generated is a missing count zero.
        let line = #"{"response":"","done":true,"prompt_eval_count":5}"#
        let silent = decode([line], as: .ollamaGenerate, type: "application/x-ndjson", request: "{}")
        #expect(silent.usage?.completion == 0)
        let spoken = decode(
            [#"{"response":"a","done":false}"# + "\n" + line],
            as: .ollamaGenerate,
            type: nil,
            request: "{}"
        )
        #expect(spoken.usage?.completion == nil)
        #expect(spoken.usage?.prompt == 5)
    }

    @Test func embeddings() throws {
        let seen = try body("ollama-embed.json", as: .ollamaEmbed)
        #expect(seen.reachedEnd)
        #expect(seen.model == "all-minilm")
        #expect(seen.usage?.prompt == 8)
        #expect(seen.usage?.completion == nil)
        #expect(!seen.isStreaming)
    }

    @Test func linesWithoutALastEndAndBrokenOnes() {
        let whole = #"{"message":{"content":"a"},"done":false}"#
        let last = #"{"message":{"content":""},"done":true}"#
        let seen = decode([whole + "\r\n\r\n" + last], as: .ollamaChat, type: nil, request: "{}")
        #expect(seen.reachedEnd)
        #expect(!seen.isMalformed)
        let cut = decode([whole + "\n" + last.dropLast(3)], as: .ollamaChat, type: nil, request: "{}")
        #expect(!cut.reachedEnd)
        #expect(!cut.isMalformed)
        let broken = decode(["{x}\n" + last + "\n"], as: .ollamaChat, type: nil, request: "{}")
        #expect(broken.reachedEnd)
        #expect(broken.isMalformed)
    }
}
