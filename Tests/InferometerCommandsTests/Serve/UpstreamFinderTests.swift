// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceEngines
import Logging
import Synchronization
import TelemetryCore
import TelemetryProxy
import Testing

@testable import InferometerCommands

@Suite struct UpstreamFinderTests {
    @Test(arguments: [
        ("https://api.openai.com", EngineKind.openAI, false), ("https://api.anthropic.com", .anthropic, false),
        ("http://127.0.0.1:8000", .unknown, true), ("http://localhost:8000", .unknown, true),
        ("http://192.0.2.7:8000", .unknown, true), ("http://192.0.2.8:8000", .unknown, false),
        ("http://gpu1:8000", .unknown, false),
    ])
    func theAddressTellsWhatItCan(_ url: String, _ kind: EngineKind, _ isLocal: Bool) throws {
        let configuration = finder { _, _ in nil }.configuration(try UpstreamArgument(url))
        #expect(configuration.kind == kind)
        #expect(configuration.isLocal == isLocal)
    }

    @Test func silentEnginesAreAskedAgainUntilTheyAnswer() async throws {
        let rounds = Mutex(0)
        let finder = finder { _, path in
            let round = rounds.withLock { $0 }
            return round < 3 ? nil : ProbeAnswer(path: path, status: 200, server: "llama.cpp")
        }
        let upstream = try UpstreamConfiguration(url: "http://h:1")
        var updates: [[UpstreamConfiguration]] = []
        try await finder.learnKinds(of: [upstream], pause: { round in rounds.withLock { $0 = round } }) {
            updates.append($0)
        }
        #expect(updates.map { $0.map(\.kind) } == [[.llamaCpp]])
        #expect(rounds.withLock { $0 } == 3)
    }

    @Test func enginesThatDoNotTellAreLeftInPeace() async throws {
        let finder = finder { _, path in ProbeAnswer(path: path, status: 404) }
        try await finder.learnKinds(
            of: [try UpstreamConfiguration(url: "http://h:1")],
            pause: { _ in throw CancellationError() }
        ) { _ in
            Issue.record("nothing was learnt")
        }
    }

    @Test func theFirstEngineFoundTakesTheCalls() async throws {
        let finder = finder { url, path in
            guard path == "/v1/models", url.hasSuffix(":8000") || url.hasSuffix(":11434") else { return nil }
            let owner = url.hasSuffix(":8000") ? "vllm" : "library"
            return ProbeAnswer(
                path: path,
                status: 200,
                body: Array(#"{"data":[{"id":"m","owned_by":"\#(owner)"}]}"#.utf8)
            )
        }
        let found = try await finder.findEngines(pause: { _ in throw CancellationError() })
        #expect(found.map(\.kind) == [.ollama, .vllm])
        #expect(found.map(\.name) == [nil, "vllm"])
        let isLocal = found.allSatisfy { $0.isLocal }
        #expect(isLocal)
    }

    @Test func whereNoneIsFoundItLooksAgain() async throws {
        let rounds = Mutex(0)
        let finder = finder { url, path in
            guard rounds.withLock({ $0 }) == 2, url.hasSuffix(":8080"), path == "/v1/models" else { return nil }
            return ProbeAnswer(path: path, status: 200, server: "llama.cpp")
        }
        let found = try await finder.findEngines(pause: { round in
            if round > 9 { throw CancellationError() }
            rounds.withLock { $0 = round }
        })
        #expect(found.map(\.kind) == [.llamaCpp])
        #expect(rounds.withLock { $0 } == 2)
    }

    private func finder(_ ask: @escaping EngineDiscovery.Ask) -> UpstreamFinder {
        UpstreamFinder(
            discovery: EngineDiscovery(asking: ask),
            localAddresses: LocalAddresses(["192.0.2.7"]),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }
}
