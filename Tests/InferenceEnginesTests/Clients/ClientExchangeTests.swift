// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOPosix
import TelemetryCore
import TelemetryProxy
import TelemetryTesting
import Testing

@testable import InferenceEngines

/// Our clients before the engine that is simulated for a first look, and before bytes of real ones.
@Suite struct ClientExchangeTests {
    private func withSimulated(_ body: (_ url: String) async throws -> Void) async throws {
        let engine = try await SimulatedEngine.start(on: MultiThreadedEventLoopGroup.singleton)
        do {
            try await body("http://127.0.0.1:\(engine.port)")
        } catch {
            await engine.stop()
            throw error
        }
        await engine.stop()
    }

    @Test(.timeLimit(.minutes(1)))
    func bothClientsConformBeforeTheSimulatedEngine() async throws {
        try await withSimulated { url in
            let identity = EngineIdentity(kind: .simulated, name: "simulated", isLocal: true)
            let openAI = OpenAICompatibleEngine(baseURL: url, identity: identity)
            let model = try #require(try await openAI.models().first?.id)
            var request = InferenceRequest(model: model, messages: [InferenceMessage(.user, "hello")])
            request.maximumTokens = 12
            #expect(await InferenceEngineConformance.check(openAI, request: request) == [])
            let ollama = OllamaEngine(baseURL: url, identity: identity)
            let response = try await ollama.generate(request)
            #expect(!response.text.isEmpty && (response.usage?.completion ?? 0) > 0)
            var texts: [String] = []
            for try await chunk in try await ollama.stream(request) where chunk.isPayload { texts.append(chunk.text) }
            #expect(texts.count > 1)
            #expect(await EngineDiscovery(client: .engines).fingerprint(of: url)?.kind == .simulated)
        }
    }

    private static let streams = EngineCaptures.all.filter { exchange in
        exchange.request.path == "/v1/chat/completions" && exchange.status == 200 && exchange.isWhole
            && exchange.header("Content-Type")?.hasPrefix("text/event-stream") == true
            && exchange.header("Content-Encoding") == nil && !exchange.name.contains("_n2")
            && !exchange.name.contains("reason_then_content")
    }

    /// Bytes of real engines through the whole client: the text and the counts that another reader finds in them.
    @Test(.timeLimit(.minutes(1)), arguments: streams)
    func capturedStreamsAreReadWhole(_ exchange: CapturedExchange) async throws {
        let server = try OneAnswerServer(sending: exchange.raw)
        let engine = OpenAICompatibleEngine(
            baseURL: "http://" + server.address,
            identity: EngineIdentity(kind: .unknown, name: "x", isLocal: true)
        )
        let expected = try PlainStream(exchange.body)
        var (text, reasoning, finish, completion) = ("", "", String?.none, Int?.none)
        for try await chunk in try await engine.stream(InferenceRequest(model: "m", messages: [])) {
            text += chunk.text
            reasoning += chunk.reasoning
            finish = chunk.finishReason ?? finish
            completion = chunk.usage?.completion ?? completion
        }
        #expect(text == expected.text && reasoning == expected.reasoning)
        #expect(finish == expected.finish && completion == expected.completion)
    }

    @Test func thereAreCapturedStreams() {
        #expect(Self.streams.count > 10)
    }

    /// However the bytes are cut into reads, the same texts come out.
    @Test(arguments: [EngineChunks.Framing.events, .lines])
    func cutsBetweenReadsDoNotMatter(_ framing: EngineChunks.Framing) {
        let text =
            framing == .events
            ? "event: x\r\ndata: {\"a\":\"é\"}\r\n\r\n: ping\n\ndata:{\"b\":2}\n\ndata: [DONE]\n\nid: 7\nretry: 5\ndata:  {\"c\":3}\r\r"
            : "{\"a\":\"é\"}\r\n\n{\"b\":2}\n{\"c\":3}\n"
        let bytes = Array(text.utf8)
        let whole = texts([bytes], framing)
        #expect(whole == ["{\"a\":\"é\"}", "{\"b\":2}", "{\"c\":3}"])
        for first in 0...bytes.count {
            for second in first...bytes.count {
                let parts = [bytes[..<first], bytes[first..<second], bytes[second...]].map { Array($0) }
                #expect(texts(parts, framing) == whole, "cut at \(first) and \(second)")
            }
        }
        #expect(texts(bytes.map { [$0] }, framing) == whole)
    }

    private func texts(_ parts: [[UInt8]], _ framing: EngineChunks.Framing) -> [String] {
        var lines = JSONLines(framing: framing)
        return parts.flatMap { lines.take(ByteBuffer(bytes: $0)) }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// What is asked for is what is sent, to the last digit and scalar.
    @Test(.timeLimit(.minutes(1)))
    func aRequestIsSentAsItWasMade() async throws {
        let server = try StepServer([.send(HTTPText.whole(#"{"choices":[{"message":{"content":"x"}}]}"#))])
        var request = InferenceRequest(
            model: "a/\"b\"",
            messages: [
                InferenceMessage(.system, "line\nbreak\u{1}"),
                InferenceMessage(
                    .assistant,
                    "",
                    toolCalls: [InferenceToolCall(id: "1", name: "f", argumentsJSON: "{\"x\":1}")]
                ),
                InferenceMessage(.tool, "42", toolCallID: "1"),
            ],
            temperature: 0.1,
            maximumTokens: 9_007_199_254_740_993
        )
        request.seed = 1_234_567_890_123_456_789
        request.stopSequences = ["\n\n", "END"]
        request.tools = [InferenceTool(name: "f", summary: "does", parametersJSON: #"{"type":"object"}"#)]
        request.extraJSON = ["top_k": "5", "nested": #"{"a":[true,null]}"#]
        let engine = OpenAICompatibleEngine(
            baseURL: "http://" + server.address + "/",
            identity: EngineIdentity(kind: .vllm, name: "x", isLocal: true),
            apiKey: "key"
        )
        _ = try await engine.generate(request)
        let body = try server.lastBody()
        #expect(body["model"] as? String == "a/\"b\"")
        #expect(body["temperature"] as? Double == 0.1)
        #expect(server.requests.first?.contains("\"seed\":1234567890123456789,") == true)
        #expect(server.requests.first?.contains("\"max_tokens\":9007199254740993,") == true)
        #expect(body["stop"] as? [String] == ["\n\n", "END"] && body["stream"] == nil)
        #expect(body["top_k"] as? Int == 5 && (body["nested"] as? [String: Any]) != nil)
        let messages = try #require(body["messages"] as? [[String: Any]])
        #expect(messages.map { $0["role"] as? String } == ["system", "assistant", "tool"])
        #expect(messages[0]["content"] as? String == "line\nbreak\u{1}")
        #expect(messages[2]["tool_call_id"] as? String == "1" && messages[1]["tool_calls"] != nil)
        #expect(server.requests.first?.hasPrefix("POST /v1/chat/completions HTTP/1.1\r\n") == true)
        #expect(server.requests.first?.lowercased().contains("authorization: bearer key\r\n") == true)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [Int.min, -1, 0, 42, Int.max])
    func ollamasSeedIsAWholeNumber(_ seed: Int) async throws {
        let server = try StepServer([.send(HTTPText.whole(#"{"message":{"content":"x"},"done":true}"#))])
        var request = InferenceRequest(model: "m", messages: [])
        request.seed = seed
        _ = try await OllamaEngine(baseURL: "http://" + server.address).generate(request)
        #expect(server.requests.first?.contains("\"seed\":\(seed)}") == true)
        #expect(try server.lastBody()["stream"] as? Bool == false)
    }

    @Test(arguments: ["null", "true", "-7", "0.5", "\"é\\n\"", "[1,[],{}]", #"{"a":{"b":[1,2.5,"x",null,false]}}"#])
    func anyJSONValueIsWrittenAsItWasRead(_ json: String) throws {
        let tree = try JSONDecoder().decode(JSONTree.self, from: Data(json.utf8))
        let again = try JSONDecoder().decode(JSONTree.self, from: Data(tree.text.utf8))
        #expect(tree.text == again.text)
        let (left, right) = try (json, tree.text) == (json, json) ? (json, json) : (normal(json), normal(tree.text))
        #expect(left == right)
    }

    private func normal(_ json: String) throws -> String {
        let object = try JSONSerialization.jsonObject(with: Data("[\(json)]".utf8))
        let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
        return String(decoding: data, as: UTF8.self)
    }

    @Test func errorsSayTheirKindInTermsOfARecord() {
        let kinds: [(InferenceEngineError.Code, Int?, CallErrorKind)] = [
            (.unreachable, nil, .unreachable), (.invalidRequest, nil, .unreachable), (.timeout, nil, .timeout),
            (.status, 404, .clientStatus), (.status, 499, .clientStatus), (.status, 500, .serverStatus),
            (.status, nil, .serverStatus), (.inStream, 200, .engineError), (.malformed, nil, .malformed),
            (.broken, 200, .reset), (.init(description: "later"), nil, .reset),
        ]
        for (code, status, kind) in kinds {
            let error = InferenceEngineError(code, "what failed", httpStatus: status)
            #expect(error.errorKind == kind && error.description == "what failed (\(code))")
        }
    }
}

/// A stream as another reader of JSON sees it.
private struct PlainStream {
    var (text, reasoning) = ("", "")
    var finish: String?
    var completion: Int?

    init(_ body: [UInt8]) throws {
        for line in String(decoding: body, as: UTF8.self).split(whereSeparator: \.isNewline)
        where line.hasPrefix("data:") {
            let json = line.dropFirst(5).drop { $0 == " " }
            guard json != "[DONE]" else { continue }
            guard let event = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] else {
                continue
            }
            let choice = (event["choices"] as? [[String: Any]])?.first
            let delta = choice?["delta"] as? [String: Any]
            text += delta?["content"] as? String ?? ""
            reasoning += delta?["reasoning_content"] as? String ?? delta?["reasoning"] as? String ?? ""
            finish = choice?["finish_reason"] as? String ?? finish
            completion = (event["usage"] as? [String: Any])?["completion_tokens"] as? Int ?? completion
        }
    }
}
