// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import TelemetryTesting
import Testing

@testable import InferenceWire

@Suite struct RequestSpliceTests {
    private func splice(_ body: [UInt8], _ route: MeteredRoute) -> RequestSplice? {
        body.withUnsafeBytes { RequestSplice.askingForUsage(body: $0, route: route) }
    }

    private func spliced(_ body: String, _ route: MeteredRoute = .chat) -> String? {
        var bytes = Array(body.utf8)
        guard let splice = splice(bytes, route) else { return nil }
        bytes.replaceSubrange(splice.range, with: splice.replacement)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [
        (#"{"stream":true}"#, #"{"stream_options":{"include_usage":true},"stream":true}"#),
        ("\u{FEFF}{\"stream\":true}", "\u{FEFF}{\"stream_options\":{\"include_usage\":true},\"stream\":true}"),
        (" {\n \"stream\" : true }\n", " {\"stream_options\":{\"include_usage\":true},\n \"stream\" : true }\n"),
        (#"{"stream":true,"stream_options":{}}"#, #"{"stream":true,"stream_options":{"include_usage":true}}"#),
        (
            #"{"stream":true,"stream_options":{ "a":{} }}"#,
            #"{"stream":true,"stream_options":{"include_usage":true, "a":{} }}"#
        ),
        (#"{"stream":true,"stream_options":null}"#, #"{"stream":true,"stream_options":{"include_usage":true}}"#),
        (
            #"{"stream_options": {"include_usage": false,"b":1},"stream":true}"#,
            #"{"stream_options": {"include_usage": true,"b":1},"stream":true}"#
        ),
        (
            #"{"stream_options":{"include_usage":null},"stream":true}"#,
            #"{"stream_options":{"include_usage":true},"stream":true}"#
        ),
        (
            #"{"stream":false,"stream":true}"#,
            #"{"stream_options":{"include_usage":true},"stream":false,"stream":true}"#
        ),
        (
            #"{"stream_options":null,"stream":true,"stream_options":{}}"#,
            #"{"stream_options":null,"stream":true,"stream_options":{"include_usage":true}}"#
        ),
        (
            #"{"messages":[{"stream_options":{"include_usage":true}}],"stream":true}"#,
            #"{"stream_options":{"include_usage":true},"messages":[{"stream_options":{"include_usage":true}}],"stream":true}"#
        ),
    ])
    func usageIsAskedFor(_ body: String, _ expected: String) {
        #expect(spliced(body) == expected)
        #expect(spliced(body, .completions) == expected)
    }

    @Test(arguments: [
        #"{"stream":true,"stream_options":{"include_usage":true}}"#, #"{"stream":false}"#, "{}", #"{"stream":null}"#,
        #"{"stream":true,"stream":false}"#, #"{"stream":true"#, #"{"stream":true}x"#, "", "[]", #"{"stream":true,}"#,
        #"{"stream":true,"stream_options":5}"#, #"{"stream":true,"stream_options":"x"}"#,
        #"{"stream":true,"stream_options":[]}"#,
        #"{"a":{"stream":true}}"#, #"{"stream":true,"stream_options":{"include_usage":false,"include_usage":true}}"#,
    ])
    func othersAreLeftAlone(_ body: String) {
        #expect(spliced(body) == nil)
    }

    @Test(arguments: [MeteredRoute.responses, .embeddings, .messages, .ollamaChat, .ollamaGenerate, .ollamaEmbed])
    func otherDialectsAreLeftAlone(_ route: MeteredRoute) {
        #expect(spliced(#"{"stream":true}"#, route) == nil)
    }

    // Whatever the request holds, what comes of it is the same JSON, save for the one key.
    @Test func theRestIsUntouched() throws {
        var random = SeededGenerator(seed: 42)
        for _ in 0..<500 {
            let body = randomRequest(&random)
            let object = try #require(parse(body))
            guard let text = spliced(body) else {
                let options = object["stream_options"]
                #expect((options as? [String: Any])?["include_usage"] as? Bool == true)
                continue
            }
            var result = try #require(parse(text), "\(text)")
            let options = try #require(result["stream_options"] as? [String: Any])
            #expect(options["include_usage"] as? Bool == true)
            result["stream_options"] = object["stream_options"]
            #expect(try sorted(result) == sorted(object), "\(body) -> \(text)")
            #expect(spliced(text) == nil)
        }
    }

    private func sorted(_ object: [String: Any]) throws -> Data {
        try JSONSerialization.data(withJSONObject: object, options: .sortedKeys)
    }

    private func parse(_ text: String) -> [String: Any]? {
        (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any]
    }

    private func randomRequest(_ random: inout SeededGenerator) -> String {
        let optional = [
            #""model":"a\"}{""#, #""messages":[{"role":"user","content":"{\"stream\":false}"}]"#, #""n":2"#,
            #""x":{"stream_options":{}}"#,
            #""temperature":1.5e-3"#, #""stop":["\n","]"]"#, #""é😀":"\ud83d\ude00""#,
        ]
        let options = [
            "null", "{}", #"{"include_usage":true}"#, #"{"include_usage":false}"#, #"{"include_usage":null,"a":[1]}"#,
            #"{"a":{"include_usage":true}}"#, #"{"include_obfuscation":false}"#,
        ]
        var members = [#""stream":true"#] + optional.filter { _ in Bool.random(using: &random) }
        if let value = options.randomElement(using: &random), Int.random(in: 0..<4, using: &random) > 0 {
            members.append(#""stream_options":"# + value)
        }
        members.shuffle(using: &random)
        let space = ["", " ", "\n\t", "\r\n"].randomElement(using: &random) ?? ""
        return space + "{" + space + members.joined(separator: space + "," + space) + space + "}" + space
    }
}

@Suite struct RefusalTests {
    private func isRefused(_ status: Int, _ body: String) -> Bool {
        Array(body.utf8).withUnsafeBytes { RequestSplice.isRefused(status: status, body: $0) }
    }

    @Test(arguments: [
        #"{"detail":"Unexpected fields in the request: {'stream_options'}"}"#,
        #"{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"no","input":{"include_usage":true}}]}"#,
        #"{"error":{"message":"Unrecognized request argument supplied: stream_options","type":"invalid_request_error"}}"#,
        #"{"error":{"message":"unknown field \"include_usage\""}}"#, "stream_options is not supported",
        #"{"stream_options":["unknown"]}"#,
    ])
    func aRefusalByNameIsKnown(_ body: String) {
        #expect(isRefused(400, body))
        #expect(isRefused(422, body))
        for status in [200, 401, 404, 413, 429, 500, 503] { #expect(!isRefused(status, body)) }
    }

    @Test(arguments: [
        "", "{}", #"{"detail":"Unexpected fields in the request: {'ignore_eos'}"}"#,
        #"{"error":{"message":"context too long"}}"#,
        #"{"detail":[{"type":"missing","loc":["body","messages"],"input":{"stream":true,"stream_options":{"include_usage":true}}}]}"#,
    ])
    func otherRefusalsAreNot(_ body: String) {
        #expect(!isRefused(400, body))
        #expect(!isRefused(422, body))
    }
}

@Suite struct ErrorBodyTests {
    private func body(_ dialect: APIDialect, status: Int = 502) throws -> NSDictionary {
        let bytes = ErrorBody.json(
            dialect: dialect,
            code: "unreachable",
            message: "No \"engine\"\n\u{1}é",
            status: status
        )
        return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? NSDictionary)
    }

    @Test func eachDialectHasItsShape() throws {
        let message = "No \"engine\"\n\u{1}é"
        let openAI: NSDictionary = ["error": ["message": message, "type": "api_error", "code": "unreachable"]]
        #expect(try body(.openAI) == openAI)
        let anthropic: NSDictionary = ["type": "error", "error": ["type": "api_error", "message": message]]
        #expect(try body(.anthropic) == anthropic)
        #expect(try body(.ollama) == ["error": message])
    }

    @Test(arguments: [
        (403, "permission_error"), (404, "not_found_error"), (413, "request_too_large"), (400, "invalid_request_error"),
        (504, "api_error"),
    ])
    func theTypeFollowsTheStatus(_ status: Int, _ type: String) throws {
        #expect((try body(.anthropic, status: status)["error"] as? NSDictionary)?["type"] as? String == type)
    }
}
