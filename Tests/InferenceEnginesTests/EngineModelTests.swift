// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import TelemetryTesting
import Testing

@testable import InferenceEngines

/// What is known of the models that an engine offers, and from whom.
@Suite struct EngineModelTests {
    private func answer(_ json: String) -> [UInt8] {
        Array("HTTP/1.1 200 OK\r\nContent-Length: \(json.utf8.count)\r\nConnection: close\r\n\r\n\(json)".utf8)
    }

    private func models(_ json: String) async throws -> [EngineModel] {
        let server = try OneAnswerServer(sending: answer(json))
        let engine = OpenAICompatibleEngine(
            baseURL: "http://" + server.address,
            identity: EngineIdentity(kind: .unknown, name: "x", isLocal: true)
        )
        return try await engine.models()
    }

    @Test func theEnginesOwnWordGoesFirst() async throws {
        let found = try await models(
            #"{"data":[{"id":"qwen3-8b","meta":{"n_params":8190735360,"n_ctx_train":40960,"ftype":"Q4_K - Medium"}}]}"#
        )
        let model = try #require(found.first)
        #expect(model.parameterCount == 8_190_735_360)
        #expect(model.sizeSource == .engine)
        #expect(model.quantization == "Q4_K - Medium")
        #expect(model.contextLength == 40_960)
    }

    @Test func theNameIsTheLastResortAndSaysSo() async throws {
        let found = try await models(
            #"{"data":[{"id":"acme-7b-instruct","max_model_len":8192},{"id":"acme"},{"id":"qwen3:30b-a3b"}]}"#
        )
        try #require(found.count == 3)
        #expect(found[0].parameterCount == 7_000_000_000)
        #expect(found[0].sizeSource == .name)
        #expect(found[0].contextLength == 8_192)
        #expect(found[1].parameterCount == nil && found[1].sizeSource == nil)
        #expect(found[2].activeParameterCount ?? 0 > 2_000_000_000)
        #expect(found[2].sizeSource != .engine)
    }

    @Test func ollamaShowsTheExactCount() async throws {
        // One answer for the list and for the model: each reads its own members of it.
        let json = #"""
            {"models":[{"name":"llama3.2:3b","details":{"parameter_size":"3.2B","quantization_level":"Q4_K_M"}}],
            "details":{"parameter_size":"3.2B","quantization_level":"Q4_K_M"},
            "model_info":{"general.architecture":"llama","general.parameter_count":3212749888,
            "llama.context_length":131072}}
            """#
        let server = try OneAnswerServer(sending: answer(json))
        let model = try #require(try await OllamaEngine(baseURL: "http://" + server.address).models().first)
        #expect(model.id == "llama3.2:3b")
        #expect(model.parameterCount == 3_212_749_888)
        #expect(model.sizeSource == .engine)
        #expect(model.quantization == "Q4_K_M")
        #expect(model.contextLength == 131_072)
    }

    @Test func ollamasArgumentsAreKept() throws {
        let json = #"""
            {"model":"m","done":true,"message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f",
            "arguments":{"city":"Paris","days":2,"exact":true,"at":[1.5,null],"more":{"a":"\"q\""}}}}]}}
            """#
        let call = try #require(try OllamaLine(json: Array(json.utf8)).response.toolCalls.first)
        #expect(call.name == "f")
        #expect(
            call.argumentsJSON
                == #"{"at":[1.5,null],"city":"Paris","days":2,"exact":true,"more":{"a":"\"q\""}}"#
        )
    }

    @Test func aFilesHeaderTells() throws {
        let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("InferenceWireTests/Fixtures")
        let found =
            FileManager.default.enumerator(at: fixtures, includingPropertiesForKeys: nil)?
            .compactMap { $0 as? URL } ?? []
        let gguf = try #require(found.first { $0.lastPathComponent == "tiny-llama-head.gguf" })
        let model = try ModelFile.model(at: gguf.path)
        #expect(model.id == "tiny-llama-head")
        #expect(model.parameterCount == 138_688)
        #expect(model.sizeSource == .engine)
        let tensors = try #require(found.first { $0.lastPathComponent == "tiny.safetensors" })
        #expect(try ModelFile.model(at: tensors.path).parameterCount == 22)
        #expect(throws: InferenceEngineError.self) { try ModelFile.model(at: #filePath) }
        #expect(throws: InferenceEngineError.self) { try ModelFile.model(at: "/no/such/file") }
    }

    @Test(arguments: [
        ("http://127.0.0.1:8080", "127.0.0.1", 8_080), ("https://api.openai.com", "api.openai.com", 443),
        ("http://h/base", "h", 80), ("http://[::1]:9", "::1", 9), ("http://[::1]", "::1", 80),
    ])
    func anIdentityKnowsItsAddress(address: String, host: String, port: Int) {
        let identity = EngineIdentity(kind: .unknown, name: "x", isLocal: false).answering(at: address)
        #expect(identity.serverAddress == host)
        #expect(identity.serverPort == port)
    }
}
