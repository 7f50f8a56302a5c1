// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import InferenceWire

@Suite struct ResponsesTests {
    /// From documentation: see the fixtures' README.
    @Test func aStreamWithATool() throws {
        let events = try Documented.text("openai-responses-tools.sse").split(separator: "\n\n").map { $0 + "\n\n" }
        let seen = decode(events.map(String.init), as: .responses)
        #expect(seen.model == "gpt-x")
        #expect(seen.finishReason == "completed")
        #expect(seen.reachedEnd)
        // A summary of thoughts, the function's name, its arguments; not their repetition.
        #expect(seen.payloadEvents == 3)
        #expect(seen.firstPayloadAt == .at(3))
        #expect(seen.firstAnswerAt == .at(4))
        #expect(seen.lastPayloadAt == .at(5))
        #expect(seen.usage?.prompt == 75)
        #expect(seen.usage?.cached == 64)
        #expect(seen.usage?.promptEvaluated == 11)
        #expect(seen.usage?.completion == 123)
        #expect(seen.usage?.reasoning == 100)
        #expect(!seen.reportedError)
    }

    @Test(arguments: [
        (
            #"{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}}"#,
            "max_output_tokens", false
        ),
        (
            #"{"type":"response.completed","response":{"status":"incomplete","incomplete_details":{"reason":"content_filter"}}}"#,
            "content_filter", false
        ),
        (
            #"{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":null}}"#,
            "incomplete", false
        ),
        (
            #"{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"x"}}}"#,
            "failed", true
        ),
    ])
    func otherEnds(_ event: String, _ reason: String, _ isError: Bool) {
        let seen = decode(events: [event], as: .responses)
        #expect(seen.finishReason == reason)
        #expect(seen.reachedEnd)
        #expect(seen.reportedError == isError)
    }

    @Test func anErrorEventIsNoEnd() {
        let seen = decode(
            events: [#"{"type":"error","code":"ERR","message":"Something","param":null}"#],
            as: .responses
        )
        #expect(seen.reportedError)
        #expect(!seen.reachedEnd)
    }

    @Test func theTypeMayComeLast() {
        let seen = decode(
            events: [
                #"{"delta":"a","type":"response.output_text.delta"}"#,
                #"{"delta":"","type":"response.output_text.delta"}"#,
            ],
            as: .responses
        )
        #expect(seen.payloadEvents == 1)
        #expect(!seen.reachedEnd)
    }

    @Test(arguments: [("completed", "completed"), ("queued", nil), ("in_progress", nil)] as [(String, String?)])
    func aBody(_ status: String, _ reason: String?) {
        let seen = decode(
            body:
                #"{"id":"resp_1","object":"response","status":"\#(status)","error":null,"model":"gpt-x","output":[{"type":"message"}],"usage":{"input_tokens":36,"input_tokens_details":{"cached_tokens":0},"output_tokens":87}}"#,
            as: .responses
        )
        #expect(seen.finishReason == reason)
        #expect(seen.reachedEnd)
        #expect(seen.usage?.completion == 87)
        #expect(seen.usage?.cached == 0)
        #expect(!seen.reportedError)
    }
}
