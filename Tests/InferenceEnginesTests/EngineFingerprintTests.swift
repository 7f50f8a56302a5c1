// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import Testing

@testable import InferenceEngines

@Suite struct EngineFingerprintTests {
    @Test(arguments: [("llamacpp", EngineKind.llamaCpp), ("vllm", .vllm)])
    func realEnginesAreToldByTheirModels(_ name: String, _ kind: EngineKind) throws {
        var fingerprint = EngineFingerprint()
        fingerprint.add(try capture(name, "models", path: "/v1/models"))
        #expect(fingerprint.kind == kind)
        #expect(fingerprint.models == ["tiny"])
        #expect(fingerprint.isSettled)
    }

    @Test func vllmGivesItsVersion() throws {
        var fingerprint = EngineFingerprint()
        fingerprint.add(try capture("vllm", "version", path: "/version"))
        #expect(fingerprint.kind == .vllm)
        #expect(fingerprint.version == "0.32.0")
    }

    @Test func llamaCppIsToldEvenByWhatItDoesNotKnow() throws {
        var fingerprint = EngineFingerprint()
        fingerprint.add(try capture("llamacpp", "version", path: "/version"))
        #expect(fingerprint.kind == .llamaCpp)
    }

    @Test func llamaCppSaysHowManyCallsItWorksOnAtOnce() throws {
        var fingerprint = EngineFingerprint()
        fingerprint.add(try capture("llamacpp", "props", path: "/props"))
        #expect(fingerprint.kind == .llamaCpp)
        #expect(fingerprint.slots == 4)
        #expect(!fingerprint.isLoading)
    }

    /// Captured while a model was loading.
    @Test func anEngineThatLoadsWillHaveMoreToTell() {
        var fingerprint = EngineFingerprint()
        let text = #"{"error":{"message":"Loading model","type":"unavailable_error","code":503}}"#
        fingerprint.add(ProbeAnswer(path: "/props", status: 503, server: "llama.cpp", body: Array(text.utf8)))
        #expect(fingerprint.kind == .llamaCpp)
        #expect(fingerprint.slots == nil && fingerprint.isLoading)
    }

    @Test(arguments: [#"{"default_generation_settings":{},"total_slots":0}"#, #"{"default_generation_settings":{}}"#])
    func slotsThatAreNotSaidAreUnknown(_ text: String) {
        var fingerprint = EngineFingerprint()
        fingerprint.add(ProbeAnswer(path: "/props", status: 200, server: "llama.cpp", body: Array(text.utf8)))
        #expect(fingerprint.slots == nil)
    }

    @Test func anEngineThatTellsNothingIsNotGuessed() throws {
        var fingerprint = EngineFingerprint()
        for (name, path) in [("models", "/v1/models"), ("version", "/version"), ("health", "/health")] {
            fingerprint.add(try capture("transformers", name, path: path))
        }
        #expect(fingerprint.kind == nil)
        #expect(!fingerprint.listsModels)
    }

    /// Made from the engines' documentation and source, not captured.
    @Test(arguments: [
        ("/api/version", nil, #"{"version":"0.12.3"}"#, EngineKind.ollama),
        (
            "/v1/models", nil, #"{"object":"list","data":[{"id":"llama3.2","object":"model","owned_by":"library"}]}"#,
            .ollama
        ),
        ("/v1/models", nil, #"{"object":"list","data":[{"id":"m","object":"model","owned_by":"sglang"}]}"#, .sglang),
        (
            "/v1/models", nil,
            #"{"data":[{"id":"m","object":"model","owned_by":"organization_owner"}],"object":"list"}"#, .lmStudio
        ),
        ("/api/v0/models", nil, #"{"data":[{"id":"m","compatibility_type":"gguf","state":"loaded"}]}"#, .lmStudio),
        (
            "/v1/models", "BaseHTTP/0.6 Python/3.11.7",
            #"{"object":"list","data":[{"id":"m","object":"model","created":1}]}"#, .mlx
        ),
        ("/props", nil, #"{"default_generation_settings":{},"total_slots":4}"#, .llamaCpp),
        ("/v1/models", nil, #"{"data":[{"id":"m","owned_by":"simulated"}]}"#, .simulated),
    ])
    func othersAreToldByWhatTheyAnswer(_ path: String, _ server: String?, _ body: String, _ kind: EngineKind) {
        var fingerprint = EngineFingerprint()
        fingerprint.add(ProbeAnswer(path: path, status: 200, server: server, body: Array(body.utf8)))
        #expect(fingerprint.kind == kind)
    }

    @Test(arguments: ["", "{}", "[]", "null", "<html>", #"{"data":{"id":1}}"#, #"{"data":[{"id":5}]}"#, "\u{FF}"])
    func oddAnswersTellNothing(_ body: String) {
        var fingerprint = EngineFingerprint()
        for path in EngineFingerprint.paths {
            fingerprint.add(ProbeAnswer(path: path, status: 200, body: Array(body.utf8)))
        }
        #expect(fingerprint.kind == nil)
    }

    @Test func theHeaderIsSurerThanAPathThatAnswers() {
        var fingerprint = EngineFingerprint()
        fingerprint.add(ProbeAnswer(path: "/api/version", status: 200, body: Array(#"{"version":"1"}"#.utf8)))
        fingerprint.add(ProbeAnswer(path: "/version", status: 404, server: "llama.cpp"))
        #expect(fingerprint.kind == .llamaCpp)
    }

    /// The captured bytes of an answer, as `NAME/get_WHAT.raw` holds them.
    private func capture(_ name: String, _ what: String, path: String) throws -> ProbeAnswer {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)")
        let bytes = try Data(contentsOf: folder.appending(path: "get_\(what).raw"))
        let end = try #require(bytes.firstRange(of: Data("\r\n\r\n".utf8)))
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let server = head.first { $0.lowercased().hasPrefix("server: ") }.map { String($0.dropFirst(8)) }
        return ProbeAnswer(
            path: path,
            status: try #require(Int(head[0].split(separator: " ")[1])),
            server: server,
            body: Array(bytes[end.upperBound...])
        )
    }
}
