// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import InferenceEngines
import TelemetryCore
import TelemetryProxy
import TelemetryTesting
import Testing

@testable import InferometerCommands

@Suite struct TryEngineTests {
    private func discovery(_ answers: [String: String]) -> EngineDiscovery {
        EngineDiscovery { url, path in
            guard let body = answers[url], path == "/v1/models" else { return nil }
            return ProbeAnswer(path: path, status: 200, body: Array(body.utf8))
        }
    }

    private static let model = #"{"data":[{"id":"m \"1\"","owned_by":"vllm"}]}"#

    @Test func whereThereIsNoneOneIsSimulatedAndSaysSo() async throws {
        let engine = try await TryEngine.choose(nil, discovery([:]))
        #expect(engine.address == nil && engine.announcement.contains("SIMULATING"))
        #expect(engine.calls == SampleCall.everyKind)
    }

    @Test func theOneThatIsFoundGetsAFewCallsToItsOwnModel() async throws {
        let engine = try await TryEngine.choose(nil, discovery(["http://127.0.0.1:8000": Self.model]))
        #expect(engine.address?.url == "http://127.0.0.1:8000")
        #expect(engine.announcement == "Engine: vllm at http://127.0.0.1:8000, model m \"1\"")
        #expect(engine.calls.count == 3)
        for call in engine.calls {
            let body = try JSONSerialization.jsonObject(with: Data(call.body.utf8)) as? [String: Any]
            #expect(body?["model"] as? String == "m \"1\"")
        }
        #expect(engine.calls.map(\.isWarmup) == [true, false, false])
    }

    @Test func anEngineWithoutAModelIsSentNothing() async throws {
        let engine = try await TryEngine.choose(nil, discovery(["http://127.0.0.1:8000": #"{"data":[]}"#]))
        #expect(engine.calls.isEmpty && engine.announcement.hasSuffix("which lists no model"))
    }

    @Test func theOneThatIsNamedIsTaken() async throws {
        let found = discovery(["http://127.0.0.1:8000": Self.model, "http://127.0.0.1:9": #"{"data":[{"id":"x"}]}"#])
        let engine = try await TryEngine.choose(try UpstreamArgument("http://127.0.0.1:9"), found)
        #expect(engine.address?.port == 9 && engine.calls.count == 3)
        let silent = try await TryEngine.choose(try UpstreamArgument("http://localhost:10"), found)
        #expect(silent.address?.port == 10 && silent.calls.isEmpty && silent.announcement.contains("of unknown kind"))
    }

    /// A call to a service may cost money.
    @Test(arguments: ["https://api.openai.com", "http://gpu1:8000", "http://127.example.com"])
    func whatIsElsewhereIsNeitherAskedNorCalled(_ url: String) async throws {
        let asking = EngineDiscovery { _, _ in
            Issue.record("a service was asked")
            return nil
        }
        let engine = try await TryEngine.choose(try UpstreamArgument(url), asking)
        #expect(engine.calls.isEmpty && engine.announcement == "Engine: \(url)")
    }

    @Test func everySampleIsJSONAndEveryAPIIsAmongThem() throws {
        for call in SampleCall.everyKind {
            #expect(try JSONSerialization.jsonObject(with: Data(call.body.utf8)) is [String: Any])
        }
        let paths = Set(SampleCall.everyKind.map(\.path))
        #expect(paths == ["/v1/chat/completions", "/v1/messages", "/api/chat", "/v1/embeddings"])
        #expect(SampleCall.everyKind.filter(\.isWarmup).count == 1)
    }
}

/// The main job in this process: proxy, simulated engine, calls, store and tables.
@Suite(.serialized) struct TryCommandTests {
    @Test func itServesCallsShowsAndEnds() async throws {
        var world = try CommandWorld()
        world.now = TelemetryClock.system.wall()
        // A service that the environment names is sent nothing, even where no engine is found on this machine.
        world.environment["INFEROMETER_UPSTREAM"] = "http://192.0.2.1:9"
        world.environment["INFEROMETER_NO_ENERGY"] = "true"
        let outcome = await world.run("try", "--listen", "127.0.0.1:0")
        #expect(outcome.code == 0, "\(outcome.message)")
        #expect(outcome.lines[0].hasPrefix("Listening on http://127.0.0.1:"))
        #expect(outcome.lines[1] == "Engine: http://192.0.2.1:9")
        #expect(!outcome.output.contains("Sending"))
        #expect(outcome.output.contains("OPENAI_BASE_URL=http://127.0.0.1:"))
    }

    @Test func aSessionEndsWhenItsBodySaysSo() async throws {
        let world = try CommandWorld()
        let settings = try await Settings(environment: [:], file: nil)
        let arguments = ["--simulate", "--listen", "127.0.0.1:0", "--database", world.database, "--no-energy"]
        let plan = try ServePlan(options: try ServeOptions.parse(arguments), settings: settings, environment: [:])
        let page = Page()
        let show = TryShow(
            context: CommandContext(environment: [:], output: page.output(width: 100), clock: .system),
            plan: plan,
            engine: TryEngine(address: nil, announcement: "SIMULATING", calls: SampleCall.everyKind)
        )
        try await show.run()
        #expect(page.text.contains("Sending 8 sample calls through the proxy."))
        #expect(!page.text.contains("did not succeed"))
        #expect(page.text.contains("8 calls (1 warm-up)") && page.text.contains("SIMULATED"))
        #expect(page.lines.contains("Look back with: inferometer stats --database \(world.database)"))
        let records = try await world.run("list", "--json").array()
        #expect(records.count == 8)
        #expect(Set(records.compactMap { $0["operation"] as? String }) == ["chat", "message", "embedding"])
        #expect(
            records.allSatisfy { $0["engine"] as? String == "simulated" && $0["outcome"] as? String == "completed" }
        )
        #expect(records.allSatisfy { $0["agent"] as? String == "inferometer-try" && $0["cost_usd"] as? Double == 0 })
        #expect(records.filter { $0["is_warmup"] as? Bool == true }.count == 1)
    }

    @Test func aPortThatIsTakenIsNotFree() async throws {
        let any = ListenAddress(host: "127.0.0.1", port: 0)
        #expect(await LocalPort.isFree(any))
        #expect(await !LocalPort.isFree(ListenAddress(host: "192.0.2.1", port: 0)))
        var socketAddress = sockaddr_in()
        socketAddress.sin_family = sa_family_t(AF_INET)
        socketAddress.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &socketAddress) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, length) == 0 && listen(socket, 1) == 0
                    && getsockname(socket, address, &length) == 0
            } ? Int(UInt16(bigEndian: pointer.pointee.sin_port)) : 0
        }
        #expect(port > 0)
        #expect(await !LocalPort.isFree(ListenAddress(host: "127.0.0.1", port: port)))
    }
}

@Suite struct ClientHintsTests {
    @Test func eachClientHasItsVariable() {
        let lines = ClientHints.lines(url: "http://127.0.0.1:4242")
        #expect(lines.contains("  OPENAI_BASE_URL=http://127.0.0.1:4242/v1"))
        #expect(lines.contains("  ANTHROPIC_BASE_URL=http://127.0.0.1:4242"))
        #expect(lines.contains("  OLLAMA_HOST=http://127.0.0.1:4242"))
    }
}
