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
            rounds.withLock { $0 } < 3 ? nil : ProbeAnswer(path: path, status: 200, server: "llama.cpp")
        }
        var kinds: [[EngineKind]] = []
        try await finder.learnKinds(
            of: [try UpstreamConfiguration(url: "http://h:1")],
            pause: { round in rounds.withLock { $0 = round } },
            afterRound: { kinds.append($0.map(\.kind)) }
        )
        #expect(kinds == [[.unknown], [.unknown], [.unknown], [.llamaCpp]])
    }

    /// A llama.cpp that loads its model is asked again, until it says how many calls it works on at once.
    @Test func anEngineThatLoadsIsAskedAgain() async throws {
        let rounds = Mutex(0)
        let finder = finder { _, path in
            let isReady = rounds.withLock { $0 } == 2
            let text = isReady ? #"{"default_generation_settings":{},"total_slots":4}"# : "{}"
            return ProbeAnswer(path: path, status: isReady ? 200 : 503, server: "llama.cpp", body: Array(text.utf8))
        }
        var slots: [[Int?]] = []
        try await finder.learnKinds(
            of: [try UpstreamConfiguration(url: "http://h:1")],
            pause: { round in rounds.withLock { $0 = round } },
            afterRound: { slots.append($0.map(\.slots)) }
        )
        #expect(slots == [[nil], [nil], [4]])
    }

    @Test func enginesThatDoNotTellAreLeftInPeace() async throws {
        let finder = finder { _, path in ProbeAnswer(path: path, status: 404) }
        var rounds = 0
        try await finder.learnKinds(
            of: [try UpstreamConfiguration(url: "http://h:1")],
            pause: { _ in throw CancellationError() },
            afterRound: { _ in rounds += 1 }
        )
        #expect(rounds == 1)
    }

    @Test func servicesThatAreKnownAreNotAsked() async throws {
        let finder = finder { _, _ in
            Issue.record("a hosted service was asked")
            return nil
        }
        let upstream = finder.configuration(try UpstreamArgument("https://api.openai.com"))
        try await finder.learnKinds(of: [upstream], pause: { _ in throw CancellationError() }, afterRound: { _ in })
    }

    @Test func theFirstEngineFoundTakesTheCalls() async throws {
        let finder = finder { url, path in
            guard path == "/v1/models", url.hasSuffix(":8000") || url.hasSuffix(":11434") else { return nil }
            let owner = url.hasSuffix(":8000") ? "vllm" : "library"
            let body = #"{"data":[{"id":"m","owned_by":"\#(owner)"}]}"#
            return ProbeAnswer(path: path, status: 200, body: Array(body.utf8))
        }
        var found: [UpstreamConfiguration] = []
        try await finder.findEngines(pause: { _ in throw CancellationError() }, afterRound: { found = $0 })
        #expect(found.map(\.kind) == [.ollama, .vllm])
        #expect(found.map(\.name) == [nil, "vllm"])
        #expect(found.map(\.isLocal) == [true, true])
    }

    @Test func whereNoneIsFoundItLooksAgain() async throws {
        let rounds = Mutex(0)
        let finder = finder { url, path in
            guard rounds.withLock({ $0 }) == 2, url.hasSuffix(":8080"), path == "/v1/models" else { return nil }
            return ProbeAnswer(path: path, status: 200, server: "llama.cpp")
        }
        var found: [[EngineKind]] = []
        try await finder.findEngines(
            pause: { round in
                if round > 9 { throw CancellationError() }
                rounds.withLock { $0 = round }
            },
            afterRound: { found.append($0.map(\.kind)) }
        )
        #expect(found == [[], [], [.llamaCpp]])
    }

    private func finder(_ ask: @escaping EngineDiscovery.Ask) -> UpstreamFinder {
        UpstreamFinder(
            discovery: EngineDiscovery(asking: ask),
            localAddresses: LocalAddresses(["192.0.2.7"]),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }
}
