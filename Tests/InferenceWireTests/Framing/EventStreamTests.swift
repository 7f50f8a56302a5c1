// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import InferenceWire

@Suite struct EventStreamTests {
    private static let a = #"{"choices":[{"delta":{"content":"a"}}]}"#

    // Each stream holds two payload events and an end, however it is written.
    @Test(arguments: [
        "data: \(a)\n\ndata: \(a)\n\ndata: [DONE]\n\n", "data:\(a)\n\ndata:\(a)\n\ndata:[DONE]\n\n",
        "data: \(a)\r\n\r\ndata: \(a)\r\n\r\ndata: [DONE]\r\n\r\n", "data: \(a)\r\rdata: \(a)\r\rdata: [DONE]\r\r",
        "data: \(a)\n\r\ndata: \(a)\r\n\ndata: [DONE]\n\n", "\u{FEFF}data: \(a)\n\ndata: \(a)\n\ndata: [DONE]",
        ":\n\n: keepalive 0/1\n\ndata: \(a)\n\n:\ndata: \(a)\n:x\n\ndata: [DONE]\n",
        "\n\n \ndata: \(a)\n\n\n\ndata: \(a)\n\ndata: [DONE]\n\n",
        "event: message\nid: 7\nretry: 10\ndata: \(a)\n\nevent\nfoo: bar\ndata: \(a)\n\ndata: [DONE]",
        "data: {\"choices\":\ndata: [{\"delta\":{\"content\":\ndata: \"a\"}}]}\n\ndata:  \(a) \n\ndata: [DONE]\n\n",
        "data\n\ndata:\n\ndata: \n\ndata: \(a)\n\ndata: \(a)\n\ndata: [DONE]\n\n",
        "data: \(a)\n\nevent: x\n\ndata: \(a)\n\ndata: [DONE]\n\n",
    ])
    func framingIsThatOfTheStandard(_ text: String) {
        let whole = decode([text])
        #expect(whole.payloadEvents == 2)
        #expect(whole.reachedEnd)
        #expect(!whole.isMalformed)
        #expect(whole.isStreaming)
        let bytes = Array(text.utf8)
        for position in 0...bytes.count {
            var decoder = AnswerDecoder(.chat, request: RequestFacts("{}", .chat), type: "text/event-stream")
            decoder.consume(bytes[..<position], at: .at(1))
            decoder.consume(bytes[position...], at: .at(1))
            decoder.finish(at: .at(100), cleanly: true)
            #expect(decoder.observation == whole)
        }
    }

    @Test(
        arguments: [
            nil, "", "text/plain", "application/octet-stream", "TEXT/EVENT-STREAM; charset=utf-8", "application/json",
        ] as [String?]
    )
    func theTypeMayBeWrong(_ type: String?) {
        let seen = decode(["data: \(Self.a)\n\ndata: [DONE]\n\n"], type: type)
        #expect(seen.payloadEvents == 1)
        #expect(seen.isStreaming)
        #expect(!seen.isMalformed)
        let body = decode([#"{"model":"m","choices":[{"finish_reason":"stop"}]}"#], type: type)
        #expect(!body.isStreaming)
        #expect(body.model == "m")
        #expect(body.reachedEnd)
    }

    @Test(arguments: [
        "data: {\n\n", "data: x\n\n", "data: {\"a\":1}}\n\n", "data: {\"a\":1} {\"b\":2}\n\n", "data: {\"a\":\n\n",
    ])
    func whatIsNoJSONIsMalformed(_ event: String) {
        let seen = decode(["\(event)data: \(Self.a)\n\ndata: [DONE]\n\n"])
        #expect(seen.isMalformed)
        #expect(seen.payloadEvents == 1)
        #expect(seen.reachedEnd)
    }

    @Test(arguments: [
        "data: 1\n\n", "data: \"ping\"\n\n", "data: null\n\n", "data: []\n\n", "ping\n\n", "data: {}\n\n",
    ])
    func whatSaysNothingIsNot(_ event: String) {
        let seen = decode(["\(event)data: \(Self.a)\n\n"])
        #expect(!seen.isMalformed)
        #expect(seen.payloadEvents == 1)
    }

    @Test func theCutEndOfAStreamIsNotMalformed() {
        let text = "data: \(Self.a)\n\ndata: \(Self.a)\n\n"
        for count in 0..<text.utf8.count {
            let seen = decode([String(text.prefix(count))], cleanly: false)
            #expect(!seen.isMalformed)
            #expect(!seen.reachedEnd)
        }
    }

    @Test func brokenUTF8DoesNoHarm() {
        var bytes = Array("data: {\"model\":\"m".utf8) + [0xFF, 0xC3, 0x28, 0xED, 0xA0, 0x80]
        bytes += Array("\",\"choices\":[{\"delta\":{\"content\":\"".utf8) + [0x80] + Array("\"}}]}\n\n".utf8)
        var decoder = AnswerDecoder(.chat, request: RequestFacts("{}", .chat), type: "text/event-stream")
        decoder.consume(bytes, at: .at(1))
        #expect(decoder.observation.payloadEvents == 1)
        #expect(decoder.observation.model?.hasPrefix("m\u{FFFD}") == true)
        #expect(!decoder.observation.isMalformed)
    }

    @Test func nothingAtAll() {
        let seen = decode([])
        #expect(!seen.reachedEnd)
        #expect(!seen.isMalformed)
        #expect(seen.endedAt == .at(100))
        #expect(seen.usage == nil)
    }

    @Test func bytesAfterTheEndAreIgnored() {
        var decoder = AnswerDecoder(.chat, request: RequestFacts("{}", .chat), type: "text/event-stream")
        decoder.finish(at: .at(1), cleanly: true)
        decoder.consume(Array("data: \(Self.a)\n\n".utf8), at: .at(2))
        decoder.finish(at: .at(3), cleanly: true)
        #expect(decoder.observation.payloadEvents == 0)
        #expect(decoder.observation.endedAt == .at(1))
    }

    @Test func anEventAtTheEndHasTheTimeOfItsBytes() {
        let seen = decode(["data: \(Self.a)"])
        #expect(seen.firstPayloadAt == .at(1))
        #expect(seen.endedAt == .at(100))
    }
}

@Suite struct BodyTests {
    private let body =
        #"{"model":"m","choices":[{"finish_reason":"stop","message":{"content":"a"}}],"usage":{"prompt_tokens":3}}"#

    @Test func aBodyMayComeInPieces() {
        let whole = decode(body: "\u{FEFF} \n\(body)\r\n")
        #expect(whole.reachedEnd)
        #expect(whole.usage?.prompt == 3)
        #expect(whole.payloadEvents == 0)
        for position in 0...body.utf8.count {
            let parts = [String(body.prefix(position)), String(body.dropFirst(position))]
            let split = decode(parts, type: "application/json", request: "{}")
            #expect(split.usage == whole.usage)
            #expect(split.reachedEnd)
            #expect(!split.isMalformed)
        }
    }

    @Test(arguments: [
        "<html></html>", "[]", "{", #"{"a":1"#, #"{"a":1}}"#, "{} {}", #"{"a" 1}"#, "Internal Server Error", "error: x",
    ])
    func whatIsNoObjectIsMalformed(_ text: String) {
        let seen = decode(body: text)
        #expect(seen.isMalformed)
        #expect(!seen.reachedEnd)
        #expect(seen.usage == nil)
        for position in 0...text.utf8.count {
            let parts = [String(text.prefix(position)), String(text.dropFirst(position))]
            #expect(decode(parts, type: "application/json", request: "{}").isMalformed)
        }
    }

    @Test func aCutBodyIsCutOff() {
        let seen = decode(body: String(body.dropLast(5)), cleanly: false)
        #expect(!seen.isMalformed)
        #expect(!seen.reachedEnd)
    }

    @Test func anErrorInABody() {
        let seen = decode(body: #"{"error":"model not found"}"#)
        #expect(seen.reportedError)
        #expect(seen.reachedEnd)
    }
}
