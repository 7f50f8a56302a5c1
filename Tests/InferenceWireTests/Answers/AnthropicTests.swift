// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import InferenceWire

@Suite struct AnthropicTests {
    /// From documentation: see the fixtures' README.
    @Test func aStreamWithATool() throws {
        let events = try Documented.text("anthropic-tools.sse").split(separator: "\n\n").map { $0 + "\n\n" }
        let seen = decode(events.map(String.init), as: .messages)
        #expect(seen.model == "claude-x")
        #expect(seen.finishReason == "tool_use")
        #expect(seen.reachedEnd)
        // Text, the tool's name, and arguments that are not empty.
        #expect(seen.payloadEvents == 3)
        #expect(seen.firstPayloadAt == .at(4))
        #expect(seen.lastPayloadAt == .at(8))
        #expect(seen.usage?.prompt == 1_125)
        #expect(seen.usage?.cached == 1_000)
        #expect(seen.usage?.cacheWritten == 100)
        #expect(seen.usage?.promptEvaluated == 125)
        #expect(seen.usage?.completion == 89)
    }

    private let start =
        #"{"type":"message_start","message":{"model":"m","usage":{"input_tokens":7,"cache_read_input_tokens":3,"output_tokens":1}}}"#

    @Test func whatWasCutOffHasNoCount() {
        let seen = decode(events: [start, #"{"type":"content_block_delta","delta":{"text":"a"}}"#], as: .messages)
        #expect(!seen.reachedEnd)
        #expect(seen.usage?.prompt == 10)
        #expect(seen.usage?.completion == nil)
    }

    @Test func laterCountsHold() {
        let delta =
            #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":8,"output_tokens":5}}"#
        let seen = decode(events: [start, delta], as: .messages)
        #expect(seen.usage?.prompt == 11)
        #expect(seen.usage?.cached == 3)
        #expect(seen.usage?.completion == 5)
        #expect(seen.reachedEnd)
    }

    @Test func thinkingIsNoAnswer() {
        let seen = decode(
            events: [
                start, #"{"type":"content_block_start","content_block":{"type":"thinking","thinking":""}}"#,
                #"{"type":"content_block_delta","delta":{"type":"thinking_delta","thinking":"hm"}}"#,
                #"{"type":"content_block_delta","delta":{"type":"signature_delta","signature":"AAAA"}}"#,
                #"{"type":"content_block_start","content_block":{"type":"web_search_tool_result","content":[{"title":"x"}]}}"#,
                #"{"type":"content_block_delta","delta":{"type":"text_delta","text":"yes"}}"#,
            ],
            as: .messages
        )
        #expect(seen.payloadEvents == 2)
        #expect(seen.firstPayloadAt == .at(3))
        #expect(seen.firstAnswerAt == .at(6))
    }

    @Test func errors() {
        let event = #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#
        let seen = decode(["event: error\ndata: \(event)\n\n"], as: .messages)
        #expect(seen.reportedError)
        #expect(!seen.reachedEnd)
        let body = decode(body: event, as: .messages)
        #expect(body.reportedError)
        #expect(body.reachedEnd)
    }

    @Test func aBody() {
        let seen = decode(
            body: #"""
                {"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[{"type":"text","text":"Hi"}],
                 "stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":2095,"output_tokens":503,
                 "cache_creation_input_tokens":null,"cache_read_input_tokens":0}}
                """#,
            as: .messages
        )
        #expect(seen.finishReason == "end_turn")
        #expect(seen.usage?.prompt == 2_095)
        #expect(seen.usage?.completion == 503)
        #expect(seen.usage?.cached == 0)
        #expect(seen.usage?.cacheWritten == nil)
        #expect(seen.payloadEvents == 0)
        #expect(!seen.isStreaming)
    }
}
