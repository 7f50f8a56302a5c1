// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceEngines
import TelemetryCore
import TelemetryRecording
import Testing

/// Tool calls in the forms that the APIs document.
@Suite struct ToolCallTests {
    private let request = InferenceRequest(model: "m", messages: [InferenceMessage(.user, "x")])

    private func answer(_ body: String, type: String) -> [UInt8] {
        Array(
            "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8
        )
    }

    private func openAI(_ server: OneAnswerServer) -> OpenAICompatibleEngine {
        OpenAICompatibleEngine(
            baseURL: "http://" + server.address,
            identity: EngineIdentity(kind: .vllm, name: "x", isLocal: true)
        )
    }

    @Test func aStreamBringsItsArgumentsInPieces() async throws {
        let pieces = [#"{\"city\":"#, #"\"Paris\"}"#].map { piece in
            #"data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\#(piece)"}}]}}]}"#
        }
        let first =
            #"data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","#
            + #""function":{"name":"weather","arguments":""}}]}}]}"#
        let last = #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#
        let body = ([first] + pieces + [last, "data: [DONE]"]).map { $0 + "\n\n" }.joined()
        let server = try OneAnswerServer(sending: answer(body, type: "text/event-stream"))
        let instrumented = Instrumented(openAI(server))
        var calls: [InferenceToolCall] = []
        for try await chunk in try await instrumented.engine.stream(request) { calls += chunk.toolCalls }
        #expect(calls.first?.id == "call_1")
        #expect(calls.first?.name == "weather")
        #expect(calls.map(\.argumentsJSON).joined() == #"{"city":"Paris"}"#)
        let record = try instrumented.record()
        #expect(record.result.outcome == .completed)
        #expect(record.result.finishReason == "tool_calls")
        #expect(record.tokens.completion == 3)
        #expect(record.timing.timeToFirstToken != nil)
    }

    @Test func aWholeAnswerBringsThemWhole() async throws {
        let body = #"""
            {"model":"m","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,
            "tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]}}]}
            """#
        let server = try OneAnswerServer(sending: answer(body, type: "application/json"))
        let response = try await openAI(server).generate(request)
        #expect(response.toolCalls == [InferenceToolCall(id: "1", name: "f", argumentsJSON: #"{"a":1}"#)])
        #expect(response.text.isEmpty)
    }

    @Test(arguments: [
        "", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{]",
        "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
    ])
    func brokenAnswersAreTheCallersErrorAndOneRecord(bytes: String) async throws {
        let server = try OneAnswerServer(sending: Array(bytes.utf8))
        let instrumented = Instrumented(openAI(server))
        await #expect(throws: InferenceEngineError.self) { try await instrumented.engine.generate(request) }
        let record = try instrumented.record()
        #expect(record.result.outcome == .failed)
        #expect(record.result.errorKind != nil)
    }

    @Test(.timeLimit(.minutes(1)))
    func nobodyThereIsToldOfAtOnce() async throws {
        let address = try OneAnswerServer.unusedAddress()
        let engine = OpenAICompatibleEngine(
            baseURL: "http://" + address,
            identity: EngineIdentity(kind: .vllm, name: "x", isLocal: true)
        )
        #expect(await !engine.isHealthy())
        let instrumented = Instrumented(engine)
        await #expect(throws: InferenceEngineError.self) { try await instrumented.engine.generate(request) }
        #expect(try instrumented.record().result.errorKind == .unreachable)
    }
}
