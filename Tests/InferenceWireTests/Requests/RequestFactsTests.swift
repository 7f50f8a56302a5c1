// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import InferenceWire

@Suite struct RequestFactsTests {
    @Test func aChatIsRead() {
        let facts = RequestFacts(
            #"""
            {"messages":[{"role":"user","content":"write about energy"}],"model":"tiny","n":2,"stream":true,
             "stream_options":{"include_usage":true},"max_tokens":16}
            """#,
            .chat
        )
        #expect(facts.model == "tiny")
        #expect(facts.isStreaming)
        #expect(facts.asksForUsage)
        #expect(facts.choices == 2)
        #expect(facts.promptBytes == "user".utf8.count + "write about energy".utf8.count)
        #expect(!facts.isMalformed)
    }

    @Test func aByteOrderMarkIsPassedOver() {
        let facts = RequestFacts("\u{FEFF}" + #"{"model":"tiny","stream":true}"#, .chat)
        #expect(facts.model == "tiny")
        #expect(facts.isStreaming)
        #expect(!facts.isMalformed)
    }

    @Test func nestedKeysAreNotTaken() {
        let facts = RequestFacts(
            #"{"tools":[{"model":"a","stream":true,"n":9}],"metadata":{"model":"b","stream_options":{"include_usage":true}},"model":"c"}"#,
            .chat
        )
        #expect(facts.model == "c")
        #expect(!facts.isStreaming)
        #expect(!facts.asksForUsage)
        #expect(facts.choices == 1)
    }

    @Test func theLastOfTwoKeysCounts() {
        let facts = RequestFacts(#"{"model":"a","stream":true,"model":"b","stream":false,"n":3,"n":1}"#, .chat)
        #expect(facts.model == "b")
        #expect(!facts.isStreaming)
        #expect(facts.choices == 1)
    }

    @Test func escapedKeysAndValuesAreRead() {
        let facts = RequestFacts(#"{"mod\u0065l":"a\/b\u00e9","\u0073tream":true}"#, .chat)
        #expect(facts.model == "a/b\u{e9}")
        #expect(facts.isStreaming)
    }

    @Test(arguments: [
        (MeteredRoute.chat, false), (.completions, false), (.responses, false), (.messages, false),
        (.embeddings, false),
        (.ollamaChat, true), (.ollamaGenerate, true), (.ollamaEmbed, false),
    ])
    func eachDialectHasItsDefault(_ route: MeteredRoute, _ streams: Bool) {
        #expect(RequestFacts(#"{"model":"m"}"#, route).isStreaming == streams)
        #expect(RequestFacts(#"{"model":"m","stream":null}"#, route).isStreaming == streams)
        #expect(RequestFacts(#"{"model":"m","stream":true}"#, route).isStreaming)
        #expect(!RequestFacts(#"{"model":"m","stream":false}"#, route).isStreaming)
    }

    @Test(arguments: ["", "[]", "null", "x", "{", #"{"model": "#, #"{"model":"a"}}"#, #"{"model":"a",}"#, "\u{0}"])
    func whatIsNoObjectIsMalformed(_ body: String) {
        #expect(RequestFacts(body, .chat).isMalformed)
    }

    @Test(arguments: [
        #"{"model":5}"#, #"{"model":null}"#, #"{"model":["a"]}"#, #"{"n":-1}"#, #"{"n":"2"}"#, #"{"n":1e99}"#,
        #"{"stream":"yes"}"#, #"{"stream_options":[true]}"#, #"{"stream_options":{"include_usage":1}}"#,
    ])
    func valuesOfAnotherTypeSayNothing(_ body: String) {
        let facts = RequestFacts(body, .chat)
        #expect(facts.model == nil)
        #expect(facts.choices == 1)
        #expect(!facts.isStreaming)
        #expect(!facts.asksForUsage)
        #expect(!facts.isMalformed)
    }

    @Test(arguments: [
        (#"{"prompt":"0123456789"}"#, 10), (#"{"prompt":["01234","56789"]}"#, 10), (#"{"input":[1,2,3]}"#, 12),
        (#"{"system":"ab","messages":[{"content":[{"text":"cd"}]}]}"#, 4), (#"{"user":"0123456789"}"#, 0),
        (#"{"messages":[{"content":[{"image_url":{"url":"data:image/png;base64,AAAAAAAAAAAAAAAA"}}]}]}"#, 0),
        (#"{"messages":[{"content":"ab","images":["AAAAAAAAAAAAAAAA"]}]}"#, 2),
        (#"{"messages":[{"content":[{"source":{"data":"AAAAAAAAAAAAAAAA"}}]}]}"#, 0),
        (#"{"instructions":"abc","input":"d"}"#, 4),
    ])
    func promptsAreMeasuredInText(_ body: String, _ bytes: Int) {
        #expect(RequestFacts(body, .chat).promptBytes == bytes)
    }

    @Test func depthAndBadUTF8DoNoHarm() {
        let deep = #"{"model":"a","messages":"# + String(repeating: "[", count: 100_000)
        #expect(RequestFacts(deep, .chat).model == "a")
        #expect(RequestFacts(deep, .chat).isMalformed)
        let bytes = Array(#"{"model":""#.utf8) + [0xFF, 0xC0] + Array(#"","stream":true}"#.utf8)
        let facts = RequestFacts(bytes, .chat)
        #expect(facts.model == "\u{FFFD}\u{FFFD}")
        #expect(facts.isStreaming)
    }
}
