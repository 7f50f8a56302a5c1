// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import InferenceWire

@Suite struct OpenAITests {
    private func delta(_ json: String, index: Int = 0, finish: String = "null") -> String {
        #"{"model":"m","choices":[{"index":\#(index),"delta":\#(json),"finish_reason":\#(finish)}]}"#
    }

    @Test(arguments: [
        #"{"content":"a"}"#, #"{"content":" "}"#, #"{"content":"\n"}"#, #"{"role":"assistant","content":"a"}"#,
        #"{"refusal":"no"}"#,
        #"{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":""}}]}"#,
        #"{"tool_calls":[{"index":0,"function":{"arguments":"{"}}]}"#, #"{"function_call":{"name":"f"}}"#,
        #"{"audio":{"data":"AA"}}"#,
        #"{"content":[{"type":"text","text":"a"}]}"#,
    ])
    func payloadIsWhatTheModelMade(_ json: String) {
        let seen = decode(events: [delta(json)])
        #expect(seen.payloadEvents == 1)
        #expect(seen.firstPayloadAt == .at(1))
        #expect(seen.firstAnswerAt == .at(1))
    }

    @Test(arguments: [
        #"{"reasoning_content":"a"}"#, #"{"reasoning":"a","content":""}"#, #"{"thinking":"a","content":null}"#,
    ])
    func reasoningIsPayloadButNoAnswer(_ json: String) {
        let seen = decode(events: [delta(json), delta(#"{"content":"b"}"#)])
        #expect(seen.payloadEvents == 2)
        #expect(seen.firstPayloadAt == .at(1))
        #expect(seen.firstAnswerAt == .at(2))
    }

    @Test(arguments: [
        #"{"role":"assistant"}"#, #"{"role":"assistant","content":""}"#, #"{"role":"assistant","content":null}"#,
        #"{"content":""}"#, "{}",
        "null", #"{"tool_calls":[]}"#, #"{"tool_calls":null}"#, #"{"reasoning":null,"refusal":null}"#,
        #"{"content":[]}"#,
        #"{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"arguments":""}}]}"#,
        #"{"unknown":"text"}"#,
    ])
    func othersAreNot(_ json: String) {
        let seen = decode(events: [delta(json)])
        #expect(seen.payloadEvents == 0)
        #expect(seen.firstPayloadAt == nil)
        #expect(seen.lastPayloadAt == nil)
        #expect(!seen.isMalformed)
    }

    @Test func gapsAreThoseOfPayload() {
        let events = [
            delta(#"{"content":"a"}"#), delta(#"{"content":""}"#), delta(#"{"content":"b"}"#),
            delta(#"{"content":"c"}"#),
        ]
        let seen = decode(events: events)
        #expect(seen.gaps == [.milliseconds(2), .milliseconds(1)])
        #expect(seen.lastPayloadAt == .at(4))
        #expect(seen.endedAt == .at(100))
        let atOnce = decode([events.map { "data: \($0)\n\n" }.joined()])
        #expect(atOnce.gaps == [.zero, .zero])
        #expect(atOnce.firstPayloadAt == atOnce.lastPayloadAt)
    }

    @Test func gapsAreBounded() {
        let event = "data: \(delta(#"{"content":"a"}"#))\n\n"
        let seen = decode(Array(repeating: String(repeating: event, count: 1_000), count: 70))
        #expect(seen.payloadEvents == 70_000)
        #expect(seen.gaps.count == 65_536)
    }

    @Test(
        arguments: [
            ([], false), ([#"{"content":"a"}"#], false),
        ] as [([String], Bool)]
    )
    func withoutAnEndItIsCutOff(_ deltas: [String], _ reachedEnd: Bool) {
        #expect(decode(events: deltas.map { delta($0) }).reachedEnd == reachedEnd)
    }

    @Test func endsAreKnown() {
        #expect(decode(events: [delta("{}", finish: #""stop""#)]).reachedEnd)
        #expect(decode(events: [delta("{}", finish: #""stop""#)], cleanly: false).reachedEnd)
        #expect(decode(events: ["[DONE]"]).reachedEnd)
        #expect(decode(["data: [DONE]"]).reachedEnd)
        #expect(!decode(events: [delta("{}", finish: #""""#)]).reachedEnd)
        // Of two choices one went on.
        #expect(!decode(events: [delta(#"{"content":"a"}"#, index: 1), delta("{}", finish: #""stop""#)]).reachedEnd)
    }

    @Test(arguments: [
        #"{"error":{"message":"x","code":500}}"#, #"{"error":"x"}"#, #"{"object":"error","message":"x","code":400}"#,
        #"{"choices":[],"error":{"code":502}}"#,
    ])
    func errorsInAStream(_ event: String) {
        let seen = decode(events: [delta(#"{"content":"a"}"#), event])
        #expect(seen.reportedError)
        #expect(!seen.reachedEnd)
        #expect(seen.payloadEvents == 1)
    }

    @Test func errorsOutsideOfData() {
        #expect(decode(["error: {\"code\":500}\n\n"]).reportedError)
        #expect(decode(["event: error\ndata: {}\n\n"]).reportedError)
        #expect(!decode(["event: errors\ndata: {}\n\n", "errors: x\n\n"]).reportedError)
        #expect(!decode(events: [#"{"error":null}"#, #"{"error":""}"#, #"{"error":false}"#]).reportedError)
    }

    @Test func anErrorStatusIsNotRead() {
        let body = #"{"model":"m","usage":{"prompt_tokens":1},"error":{"message":"x"}}"#
        for status in [199, 300, 400, 500] {
            let seen = decode([body], type: "application/json", status: status)
            #expect(seen.usage == nil)
            #expect(seen.model == nil)
            #expect(!seen.reportedError)
            #expect(seen.reachedEnd)
            #expect(!decode([body], type: "application/json", status: status, cleanly: false).reachedEnd)
        }
    }

    @Test func embeddings() {
        let seen = decode(
            body:
                #"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1,0.2]}],"model":"e","usage":{"prompt_tokens":8,"total_tokens":8}}"#,
            as: .embeddings
        )
        #expect(seen.usage?.prompt == 8)
        #expect(seen.usage?.completion == nil)
        #expect(seen.model == "e")
        #expect(seen.reachedEnd)
        #expect(seen.finishReason == nil)
    }

    @Test func longNamesAreCut() {
        let seen = decode(events: [#"{"model":"\#(String(repeating: "m", count: 5_000))"}"#])
        #expect(seen.model?.utf8.count == 256)
    }
}
