// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryTesting
import Testing

@testable import InferenceWire

/// Passes text through a filter, cut at positions.
private func filter(_ bytes: [UInt8], cutAt positions: [Int] = []) -> [UInt8] {
    var filter = UsageEventFilter()
    var output: [UInt8] = []
    var start = 0
    for end in positions + [bytes.count] {
        output += Array(bytes[start..<end]).withUnsafeBytes { filter.pass($0) }
        start = end
    }
    return output + filter.finish()
}

@Suite struct UsageEventFilterTests {
    private static let usage = #"data: {"choices":[],"id":"x","usage":{"prompt_tokens":1}}"#
    private static let payload = #"data: {"choices":[{"delta":{"content":"usage \"choices\":[]"}}]}"#

    // What goes in, and what is to come out.
    @Test(arguments: [
        ("\(payload)\n\n\(usage)\n\ndata: [DONE]\n\n", "\(payload)\n\ndata: [DONE]\n\n"),
        ("\(usage)\n\n\(usage)\n\n", ""), ("\(usage)\r\n\r\n\(payload)\r\n\r\n", "\(payload)\r\n\r\n"),
        (": c\n\n:\n\n\(usage)\n\n: d\n\n", ": c\n\n:\n\n: d\n\n"),
        (": c\n\(usage)\n\n\(payload)\n\n", ": c\n\(payload)\n\n"),
        ("\(usage)\n: c\n\n\(payload)\n\n", ": c\n\(payload)\n\n"),
        ("event: x\n\(usage)\n\n\(payload)\n\n", "\(payload)\n\n"),
        ("id: 1\nretry: 5\n\(payload)\n\n", "id: 1\nretry: 5\n\(payload)\n\n"),
        ("\(payload)\n\n\(usage)", "\(payload)\n\n"),
        ("\(payload)\n\n\(usage)\n", "\(payload)\n\n"), ("data:{\"choices\":[],\ndata:\"usage\":{}}\n\nx", "x"),
        ("", ""), ("\n\n\r\n", "\n\n\r\n"),
        ("\(usage)\n\n\n\n", "\n\n"), ("  \n\(payload)\n\n", "  \n\(payload)\n\n"),
        ("data: { \"usage\" : {} , \"choices\" : [ ] }\n\n", ""),
        ("data: {\"object\":\"chat.completion\",\"choices\":[],\"usage\":{}}\n\n", ""),
    ])
    func theHiddenEventIsTakenOut(_ input: String, _ expected: String) {
        let bytes = Array(input.utf8)
        #expect(String(decoding: filter(bytes), as: UTF8.self) == expected)
        for position in 0...bytes.count { #expect(filter(bytes, cutAt: [position]) == Array(expected.utf8)) }
        #expect(filter(bytes, cutAt: Array(0..<bytes.count)) == Array(expected.utf8))
    }

    @Test(arguments: [
        payload, #"data: {"choices":[{"delta":{}}],"usage":{"prompt_tokens":1}}"#,
        #"data: {"choices":[],"usage":null}"#,
        #"data: {"choices":[]}"#, #"data: {"usage":{}}"#, #"data: {"choices":[],"usage":{},"error":{"code":1}}"#,
        "data: [DONE]", "data:",
        "data: x", #"data: {"choices":[],"usage":{}"#, #"data: {"a":{"choices":[],"usage":{}}}"#, "event: ping",
        "datum: 1", "x",
        #"{"choices":[],"usage":{}}"#, #"data: {"choices":{},"usage":{}}"#,
        "data: {\"choices\":[],\"usage\":{}}\rdata: x",
    ])
    func othersPass(_ event: String) {
        for end in ["\n\n", "\r\n\r\n", "\n", ""] {
            let bytes = Array((event + end).utf8)
            #expect(filter(bytes) == bytes)
            #expect(filter(bytes, cutAt: Array(0..<bytes.count)) == bytes)
        }
    }

    @Test func wholeEventsAndCommentsAreNotHeld() {
        var filter = UsageEventFilter()
        for text in [
            "\(Self.payload)\n\n", ": keep", "alive\n\n", "\(Self.payload)\r\n\r\n", "id: 1\n", "data: [DONE]\n\n",
        ] {
            let bytes = Array(text.utf8)
            #expect(bytes.withUnsafeBytes { filter.pass($0) } == bytes)
        }
    }

    @Test func theBeginningOfALongEventPasses() {
        var filter = UsageEventFilter()
        let beginning = Array((#"data: {"choices":[{"delta":{"content":""# + String(repeating: "x", count: 200)).utf8)
        #expect(beginning.withUnsafeBytes { filter.pass($0) } == beginning)
        // The rest of it passes as it comes, and the next event is looked at anew.
        let rest = Array(("y\"}}]}\n\n\(Self.usage)\n\n").utf8)
        #expect(rest.withUnsafeBytes { filter.pass($0) } == Array("y\"}}]}\n\n".utf8))
        #expect(filter.finish().isEmpty)
    }

    @Test func memoryIsBounded() {
        var filter = UsageEventFilter()
        var passed = 0
        let part = [UInt8](repeating: UInt8(ascii: "x"), count: 10_000)
        passed += Array("data: {\"a\":\"".utf8).withUnsafeBytes { filter.pass($0).count }
        for index in 1...100 {
            passed += part.withUnsafeBytes { filter.pass($0).count }
            #expect(index * part.count - passed < 140_000)
        }
    }
}

@Suite struct UsageEventFilterCapturesTests {
    @Test(arguments: Captures.all.filter { $0.route != nil && $0.body.count > 0 })
    func capturesPassButForTheirUsage(_ exchange: CapturedExchange) throws {
        let isChat = exchange.route == .chat || exchange.route == .completions
        let isStream = exchange.header("content-type")?.hasPrefix("text/event-stream") == true
        guard isStream, isChat else {
            #expect(filter(exchange.body) == exchange.body)
            return
        }
        let expected = try withoutUsage(exchange.body)
        #expect(filter(exchange.body) == expected)
        #expect(filter(exchange.body, cutAt: Array(0..<exchange.body.count)) == expected)
        var random = SeededGenerator(seed: UInt64(exchange.body.count))
        for _ in 0..<20 {
            let cuts = (0..<8).map { _ in Int.random(in: 0...exchange.body.count, using: &random) }.sorted()
            #expect(filter(exchange.body, cutAt: cuts) == expected)
        }
    }

    // By Foundation's parser, event by event.
    private func withoutUsage(_ body: [UInt8]) throws -> [UInt8] {
        var kept: [UInt8] = []
        var block: [UInt8] = []
        for byte in body {
            block.append(byte)
            guard block.suffix(2) == [10, 10] else { continue }
            let object = (try? JSONSerialization.jsonObject(with: Data(block.dropFirst(6)))) as? [String: Any]
            let isEmpty = (object?["choices"] as? [Any])?.isEmpty == true
            if !(isEmpty && object?["usage"] is [String: Any]) { kept += block }
            block = []
        }
        return kept + block
    }
}
