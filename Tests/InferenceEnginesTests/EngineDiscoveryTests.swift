// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TelemetryCore
import Testing

@testable import InferenceEngines

@Suite struct EngineDiscoveryTests {
    @Test func enginesAreFoundOnWhateverPort() async {
        let discovery = EngineDiscovery(
            asking: answering([
                "http://127.0.0.1:1/v1/models": models(owner: "vllm"),
                "http://127.0.0.1:2/v1/models": models(owner: "somebody"),
                "http://127.0.0.1:3/api/version": #"{"version":"0.12"}"#,
                "http://127.0.0.1:5/health": "ok",
            ])
        )
        let found = await discovery.localEngines(ports: [2, 1, 3, 4, 5])
        #expect(found.map(\.url) == ["http://127.0.0.1:1", "http://127.0.0.1:3", "http://127.0.0.1:2"])
        #expect(found.map(\.kind) == [.vllm, .ollama, .unknown])
    }

    @Test func aProxyOfOursIsNoEngine() async {
        let discovery = EngineDiscovery(
            asking: answering([
                "http://127.0.0.1:1/v1/models": models(owner: "vllm"),
                "http://127.0.0.1:1/_inferometer/health": #"{"status":"ok","calls":0,"calls_in_flight":0}"#,
            ])
        )
        #expect(await discovery.localEngines(ports: [1]).isEmpty)
        #expect(await discovery.fingerprint(of: "http://127.0.0.1:1")?.kind == .vllm)
    }

    @Test func oneQuestionIsEnoughWhereTheAnswerTells() async {
        let asked = Mutex<[String]>([])
        let answer = answering(["u/v1/models": models(owner: "vllm")])
        let discovery = EngineDiscovery { url, path in
            asked.withLock { $0.append(path) }
            return await answer(url, path)
        }
        _ = await discovery.fingerprint(of: "u")
        #expect(asked.withLock { $0 } == ["/v1/models"])
    }

    /// The header tells the kind at once; the slots are asked for all the same.
    @Test func llamaCppIsAskedForItsSlots() async {
        let discovery = EngineDiscovery { _, path in
            let text = path == "/props" ? #"{"default_generation_settings":{},"total_slots":6}"# : "{}"
            return ProbeAnswer(path: path, status: 200, server: "llama.cpp", body: Array(text.utf8))
        }
        #expect(await discovery.fingerprint(of: "u")?.slots == 6)
    }

    @Test func nobodyIsAskedTwice() async {
        let asked = Mutex(0)
        let discovery = EngineDiscovery { _, _ in
            asked.withLock { $0 += 1 }
            return nil
        }
        #expect(await discovery.fingerprint(of: "u") == nil)
        #expect(asked.withLock { $0 } == 1)
    }

    private func models(owner: String) -> String {
        #"{"object":"list","data":[{"id":"m","owned_by":"\#(owner)"}]}"#
    }

    /// A network of servers that know some paths; those at other addresses do not answer at all.
    private func answering(_ bodies: [String: String]) -> EngineDiscovery.Ask {
        { url, path in
            guard bodies.keys.contains(where: { $0.hasPrefix(url + "/") }) else { return nil }
            guard let body = bodies[url + path] else { return ProbeAnswer(path: path, status: 404) }
            return ProbeAnswer(path: path, status: 200, body: Array(body.utf8))
        }
    }
}
