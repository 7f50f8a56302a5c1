// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import InferenceWire

/// Whatever an engine sends, memory stays bounded and the rest is read.
@Suite struct BoundTests {
    private static let a = #"{"choices":[{"delta":{"content":"a"}}]}"#
    private static let limit = AnswerDecoder.eventLimit

    private func decoder(_ route: MeteredRoute = .chat, type: String = "text/event-stream") -> AnswerDecoder {
        AnswerDecoder(route, request: RequestFacts("{}", route), type: type)
    }

    // Fifty megabytes of a byte, looking at the memory held meanwhile.
    private func flood(_ decoder: inout AnswerDecoder, with byte: UInt8) {
        let part = [UInt8](repeating: byte, count: 1 << 20)
        for _ in 0..<50 {
            part.withUnsafeBytes { decoder.consume($0, at: .at(2)) }
            #expect(decoder.heldBytes <= Self.limit + 64)
        }
    }

    @Test(arguments: ["data: {\"choices\":[{\"delta\":{\"content\":\"", ": ", "event: ", "dat", "data: {}\ndata: "])
    func anEventOfFiftyMegabytesIsPassedOver(_ beginning: String) {
        var decoder = decoder()
        decoder.consume(Array("data: \(Self.a)\n\n\(beginning)".utf8), at: .at(1))
        flood(&decoder, with: UInt8(ascii: "x"))
        decoder.consume(Array("\"}}]}\n\ndata: \(Self.a)\n\ndata: [DONE]\n\n".utf8), at: .at(3))
        decoder.finish(at: .at(4), cleanly: true)
        #expect(decoder.observation.payloadEvents == 2)
        #expect(decoder.observation.isMalformed)
        #expect(decoder.observation.reachedEnd)
    }

    @Test func anEventOfManyLinesIsPassedOver() {
        var decoder = decoder()
        let line = Array("data: {}\n".utf8)
        let lines = Array(repeatElement(line, count: 50_000).joined())
        for _ in 0..<100 {
            lines.withUnsafeBytes { decoder.consume($0, at: .at(1)) }
            #expect(decoder.heldBytes <= Self.limit)
        }
        decoder.consume(Array("\ndata: \(Self.a)\n\n".utf8), at: .at(3))
        #expect(decoder.observation.isMalformed)
        #expect(decoder.observation.payloadEvents == 1)
    }

    @Test func theLimitIsTheSameInOneRead() {
        for excess in [-100, 100] {
            let content = String(repeating: "x", count: Self.limit + excess - 60)
            let text = "data: {\"choices\":[{\"delta\":{\"content\":\"\(content)\"}}]}\n\ndata: [DONE]\n\n"
            var whole = decoder()
            whole.consume(Array(text.utf8), at: .at(1))
            var split = decoder()
            split.consume(Array(text.utf8.prefix(5_000)), at: .at(1))
            split.consume(Array(text.utf8.dropFirst(5_000)), at: .at(1))
            #expect(whole.observation == split.observation)
            #expect(whole.observation.isMalformed == (excess > 0))
            #expect(whole.observation.payloadEvents == (excess > 0 ? 0 : 1))
        }
    }

    @Test func aLineOfFiftyMegabytesIsPassedOver() {
        var decoder = decoder(.ollamaChat, type: "application/x-ndjson")
        decoder.consume(Array(#"{"message":{"content":""#.utf8), at: .at(1))
        flood(&decoder, with: UInt8(ascii: "x"))
        decoder.consume(Array("\"}}\n{\"message\":{\"content\":\"a\"},\"done\":true}\n".utf8), at: .at(3))
        decoder.finish(at: .at(4), cleanly: true)
        #expect(decoder.observation.payloadEvents == 1)
        #expect(decoder.observation.reachedEnd)
        #expect(decoder.observation.isMalformed)
    }

    @Test(arguments: [#"{"choices":[{"message":{"content":""#, #"{"model":""#, #"{"data":[{"embedding":["#, #"{"x":["#])
    func aBodyOfFiftyMegabytesIsCondensed(_ beginning: String) {
        var decoder = decoder(type: "application/json")
        decoder.consume(Array(beginning.utf8), at: .at(1))
        let part = Array(
            repeatElement(Array((beginning.hasSuffix("\"") ? "xxxx" : "0.1,").utf8), count: 1 << 18).joined()
        )
        for _ in 0..<50 {
            part.withUnsafeBytes { decoder.consume($0, at: .at(2)) }
            #expect(decoder.heldBytes < 2_000)
        }
        let end = [
            #"{"choices":[{"message":{"content":""#: #""}}],"#, #"{"model":""#: #"","#,
            #"{"data":[{"embedding":["#: "0]}],",
            #"{"x":["#: "0],",
        ]
        decoder.consume(Array(((end[beginning] ?? "") + #""usage":{"prompt_tokens":3}}"#).utf8), at: .at(3))
        decoder.finish(at: .at(4), cleanly: true)
        #expect(decoder.observation.usage?.prompt == 3)
        #expect(decoder.observation.reachedEnd)
        #expect(!decoder.observation.isMalformed)
    }

    @Test func depthIsBounded() {
        let deep = String(repeating: "[", count: 1_000_000)
        #expect(decode(["data: {\"a\":\(deep)\n\ndata: [DONE]\n\n"]).isMalformed)
        #expect(decode(body: "{\"a\":\(deep)").isMalformed)
        let closed = String(repeating: "[", count: 1_000) + String(repeating: "]", count: 1_000)
        // Too deep to walk in one read, and so condensed like a body in pieces: what is below is left out unseen.
        #expect(decode(body: #"{"a":\#(closed),"usage":{"prompt_tokens":3}}"#).usage?.prompt == 3)
    }
}
