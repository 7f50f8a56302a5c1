// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCatalog
import TelemetryCore
import Testing

@Suite struct ModelCatalogTests {
    private func billions(_ name: String) -> Double? {
        ModelCatalog.specification(forModelNamed: name).map { $0.size.parameters / 1e9 }
    }

    @Test(arguments: [
        ("qwen3:8b", 8), ("qwen2.5-0.5b-instruct", 0.5), ("Llama-3.2-3B-Instruct-Q4_K_M.gguf", 3),
        ("gemma3:270m", 0.27),
        ("llama-2-7b.Q4_K_M.gguf", 7), ("hf.co/bartowski/Qwen2.5-14B-Instruct-GGUF:Q4_K_M", 14), ("smollm:135m", 0.135),
        ("DeepSeek-R1-Distill-Qwen-7B", 7), ("mlx-community/Mistral-7B-Instruct-v0.3-4bit", 7), ("kimi-k2:1t", 1000),
    ])
    func sizesAreReadOffNames(name: String, size: Double) {
        #expect(billions(name) == size)
        #expect(ModelCatalog.specification(forModelNamed: name)?.isEstimated == true)
    }

    @Test(arguments: [
        "", "gpt-4o", "claude-sonnet-4", "phi-4", "llama3", "qwen3-8x3b", "merge-7b-13b", "128k-context", "v100b2",
    ])
    func namesWithoutOneSizeAreUnknown(name: String) {
        #expect(billions(name) == nil)
    }

    @Test(arguments: [
        ("qwen3:235b-a22b", 235, 22), ("Qwen/Qwen3-30B-A3B-Instruct", 30, 3), ("mixtral:8x7b", 47, 13),
        ("mixtral-8x7b-instruct-v0.1.Q5_K_M.gguf", 47, 13), ("mixtral:8x22b", 141, 39),
        ("openai/gpt-oss-20b", 20.9, 3.6),
        ("gpt-oss:120b", 116.8, 5.1), ("deepseek-v3:671b", 671, 37), ("meta-llama/Llama-4-Scout-17B-16E", 109, 17),
    ])
    func mixturesHaveActiveParameters(name: String, all: Double, active: Double) throws {
        let size = try #require(ModelCatalog.specification(forModelNamed: name)).size
        #expect(abs(size.parameters / 1e9 - all) < 1e-9)
        #expect(abs((size.activeParameters ?? 0) / 1e9 - active) < 1e-9)
    }

    @Test func aFamilyOfTheTableHasASource() throws {
        let mixtral = try #require(ModelCatalog.specification(forModelNamed: "mixtral:8x7b"))
        #expect(!mixtral.isEstimated)
        #expect(ModelCatalog.all.count >= 8)
        for family in ModelCatalog.all {
            guard case .catalog(let source) = family.source else {
                Issue.record("\(family.name) has no source")
                continue
            }
            #expect(source.contains("B active"))
        }
    }

    @Test(arguments: [
        ("qwen3:8b-q4_K_M", 0.5), ("llama-3.1-8b-fp16", 2), ("llama-3.1-8b-instruct-fp8", 1), ("m-7b-int8", 1),
        ("m-7b-4bit", 0.5), ("m-7b-iq3_xs", 0.375), ("m-7b", 2),
    ])
    func quantisationTellsBytesPerParameter(name: String, bytes: Double) {
        #expect(ModelCatalog.specification(forModelNamed: name)?.size.bytesPerParameter == bytes)
    }

    @Test(arguments: [
        ("qwen3:32b", 32), ("qwen3:1.7b", 1.7), ("qwen3.5:9b", 9), ("qwen3-coder:30b", 30), ("qwen3:0.6b-q4_K_M", 0.6),
        ("llama3.1:8b", 8), ("QWEN3:8B", 8), ("meta-llama/Llama-3.1-8B-Instruct", 8), ("Qwen/Qwen3-8B", 8),
    ])
    func defect55TheSizeIsTheOneThatTheNameSays(name: String, size: Double) {
        #expect(billions(name) == size)
    }
}
