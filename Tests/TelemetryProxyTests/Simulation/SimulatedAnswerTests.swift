// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import InferenceWire
import TelemetryCore
import Testing

@testable import TelemetryProxy

@Suite struct SimulatedAnswerTests {
    static let calls: [(path: String, body: String)] = [
        ("/v1/chat/completions", #"{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[]}"#),
        ("/v1/chat/completions", #"{"model":"m","messages":[{"role":"user","content":"hello there"}]}"#),
        ("/v1/completions", #"{"model":"m","stream":true,"stream_options":{"include_usage":true},"prompt":"hello"}"#),
        ("/v1/completions", #"{"model":"m","prompt":"hello"}"#),
        ("/v1/responses", #"{"model":"m","stream":true,"input":"hello"}"#),
        ("/v1/responses", #"{"model":"m","input":"hello"}"#),
        ("/v1/messages", #"{"model":"m","stream":true,"max_tokens":100,"messages":[]}"#),
        ("/v1/messages", #"{"model":"m","max_tokens":100,"messages":[]}"#),
        ("/api/chat", #"{"model":"m","messages":[]}"#),
        ("/api/chat", #"{"model":"m","stream":false,"messages":[]}"#),
        ("/api/generate", #"{"model":"m","prompt":"hello"}"#),
        ("/api/generate", #"{"model":"m","stream":false,"prompt":"hello"}"#),
    ]

    @Test(arguments: calls)
    func ourOwnDecoderReadsEveryAnswer(_ call: (path: String, body: String)) throws {
        let route = try #require(MeteredRoute(method: "POST", path: call.path))
        let body = Array(call.body.utf8)
        let facts = body.withUnsafeBytes { RequestFacts(body: $0, route: route) }
        let answer = SimulatedAnswer.answer(method: "POST", path: call.path, body: body)
        var instant = MonotonicInstant(nanoseconds: 0)
        var decoder = AnswerDecoder(
            route: route,
            request: facts,
            status: answer.status,
            contentType: answer.contentType,
            sentAt: instant
        )
        for step in answer.steps {
            instant = instant.advanced(by: step.delay)
            step.bytes.withUnsafeBytes { decoder.consume($0, at: instant) }
        }
        decoder.finish(at: instant, cleanly: true)
        let observation = decoder.observation
        #expect(observation.reachedEnd && !observation.isMalformed && !observation.reportedError)
        #expect(observation.model == "simulated/m")
        #expect(observation.isStreaming == facts.isStreaming)
        let usage = try #require(observation.usage)
        #expect(try #require(usage.completion) >= 24)
        if facts.isStreaming { #expect(observation.payloadEvents == usage.completion) }
    }

    @Test(arguments: ["/v1/embeddings", "/api/embed"])
    func embeddingsCountTheirInput(_ path: String) throws {
        let answer = SimulatedAnswer.answer(
            method: "POST",
            path: path,
            body: Array(#"{"model":"m","input":"hello"}"#.utf8)
        )
        let object = try JSONSerialization.jsonObject(with: Data(try #require(answer.steps.first).bytes))
        #expect((object as? [String: Any])?["model"] as? String == "simulated/m")
    }

    @Test func theSameRequestGetsTheSameAnswer() {
        let body = Array(#"{"model":"m","messages":[]}"#.utf8)
        let answers = (0..<2).map { _ in
            SimulatedAnswer.answer(method: "POST", path: "/v1/chat/completions", body: body).steps.map(\.bytes)
        }
        #expect(answers[0] == answers[1])
    }

    @Test func theLimitCutsTheAnswer() throws {
        let body = Array(#"{"model":"m","max_tokens": 5,"messages":[]}"#.utf8)
        let answer = SimulatedAnswer.answer(method: "POST", path: "/v1/chat/completions", body: body)
        let text = String(decoding: try #require(answer.steps.first).bytes, as: UTF8.self)
        #expect(text.contains(#""completion_tokens":5"#) && text.contains(#""finish_reason":"length""#))
    }

    @Test func otherPathsAndBodiesAreRefused() {
        #expect(SimulatedAnswer.answer(method: "GET", path: "/nothing", body: []).status == 404)
        #expect(
            SimulatedAnswer.answer(method: "POST", path: "/v1/chat/completions", body: Array("{".utf8)).status == 400
        )
        #expect(SimulatedAnswer.answer(method: "GET", path: "/v1/models", body: []).status == 200)
    }
}
