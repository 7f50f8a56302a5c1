// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(.serialized) struct ServeTests {
    private static let chat =
        #"{"model":"m","stream":true,"max_tokens":5,"messages":[{"role":"user","content":"Hello"}]}"#

    @Test(arguments: [SIGTERM, SIGINT])
    func aSignalEndsItWithEveryRecordOnDisk(_ signal: Int32) async throws {
        try await Program.withHome { program in
            let server = try Server(program, "--simulate", "--database", program.path("x.db"))
            let answer = try server.post("/v1/chat/completions", Self.chat, headers: ["X-Inferometer-Agent": "tester"])
            #expect(answer.status == 200)
            #expect(server.stop(signal) == 0)
            let records = try program.run("list", "--json", "--database", program.path("x.db")).array()
            let record = try #require(records.first)
            #expect(records.count == 1)
            #expect(record["record_id"] as? String == answer.record)
            #expect(record["engine"] as? String == "simulated" && record["upstream"] as? String == "simulated")
            #expect(record["model_id"] as? String == "simulated/m" && record["requested_model"] as? String == "m")
            #expect(record["agent"] as? String == "tester" && record["outcome"] as? String == "completed")
            #expect(record["completion_tokens"] as? Int == 5 && record["token_source"] as? String == "usage")
            #expect(record["cost_usd"] as? Double == 0 && record["price_source"] as? String == "local")
            let ttft = try #require(record["ttft"] as? Double)
            let latency = try #require(record["latency_seconds"] as? Double)
            #expect(ttft < latency)
            #expect(record["energy_joules"] is NSNull && record["energy_reason"] as? String != nil)
        }
    }

    @Test func everyAPIOfTheSimulatedEngineIsRecorded() async throws {
        try await Program.withHome { program in
            let server = try Server(program, "--simulate", "--database", program.path("x.db"))
            let calls = [
                ("/v1/chat/completions", "chat"), ("/v1/completions", "completion"), ("/v1/embeddings", "embedding"),
                ("/v1/responses", "response"), ("/v1/messages", "message"), ("/api/chat", "chat"),
                ("/api/generate", "generate"), ("/api/embed", "embedding"),
            ]
            for (path, _) in calls {
                #expect(
                    try server.post(path, #"{"model":"m","max_tokens":3,"prompt":"x","input":"x","messages":[]}"#)
                        .status == 200
                )
            }
            #expect(server.stop() == 0)
            let records = try program.run("list", "--json", "--database", program.path("x.db")).array()
            #expect(records.reversed().map { $0["operation"] as? String } == calls.map(\.1))
            #expect(records.allSatisfy { $0["outcome"] as? String == "completed" && $0["prompt_tokens"] as? Int == 1 })
        }
    }

    @Test func simulatedCallsStandApartAndSaySo() async throws {
        try await Program.withHome { program in
            let server = try Server(program, "--simulate")
            _ = try server.post("/v1/chat/completions", Self.chat)
            #expect(server.stop() == 0)
            #expect(!FileManager.default.fileExists(atPath: program.path("data/inferometer/telemetry.db")))
            let database = program.path("data/inferometer/simulated.db")
            #expect(try program.run("list", "--database", database).output.contains("SIMULATED"))
            for by in ["model", "engine", "upstream", "agent", "outcome"] {
                let table = try program.run("stats", "--by", by, "--database", database)
                #expect(table.output.contains("SIMULATED"))
            }
        }
    }

    @Test func withoutAnEngineCallsGet502AndAreRecorded() async throws {
        try await Program.withHome { program in
            // Port 1 is privileged and unused: nothing listens there.
            let server = try Server(program, "--upstream", "http://127.0.0.1:1", "--database", program.path("x.db"))
            let answer = try server.post("/v1/chat/completions", Self.chat)
            #expect(answer.status == 502 && answer.body.contains("error"))
            #expect(server.stop() == 0)
            let record = try #require(
                try program.run("list", "--json", "--database", program.path("x.db")).array().first
            )
            #expect(record["outcome"] as? String == "failed" && record["error_kind"] as? String == "unreachable")
            #expect(record["upstream"] as? String == "127.0.0.1:1" && record["completion_tokens"] is NSNull)
        }
    }

    @Test func aDatabaseThatCannotBeOpenedStopsNoCall() async throws {
        try await Program.withHome { program in
            let database = program.path("x.db")
            try Data(repeating: 0x41, count: 5_000).write(to: URL(filePath: database))
            let before = try Data(contentsOf: URL(filePath: database))
            let server = try Server(program, "--simulate", "--database", database)
            #expect(try server.post("/v1/chat/completions", Self.chat).status == 200)
            #expect(try server.get("/_inferometer/health").contains(#""record_failures":1"#))
            #expect(server.stop() == 0)
            #expect(try Data(contentsOf: URL(filePath: database)) == before)
            let store = try #require(
                try program.run("doctor", "--json", "--database", database).object()["store"] as? [String: Any]
            )
            #expect(store["works"] as? Bool == false && store["reason"] as? String != nil)
            #expect(try program.run("list", "--database", database).status == 1)
        }
    }

    @Test func anAddressInUseIsAFailure() async throws {
        try await Program.withHome { program in
            let server = try Server(program, "--simulate")
            let address = server.url.replacing("http://", with: "")
            let second = try program.run("serve", "--simulate", "--listen", address)
            #expect(second.status == 1 && second.error.contains(address) && second.output.isEmpty)
            #expect(server.stop() == 0)
        }
    }

    @Test func settingsComeFromFileAndEnvironment() async throws {
        try await Program.withHome { program in
            let config = program.path("config.json")
            try Data(#"{"simulate":true,"database":"\#(program.path("file.db"))"}"#.utf8).write(
                to: URL(filePath: config)
            )
            let server = try Server(program, "--config", config)
            _ = try server.post("/v1/chat/completions", Self.chat)
            #expect(server.stop() == 0)
            #expect(try program.run("list", "--json", "--config", config).array().count == 1)
            let elsewhere = ["INFEROMETER_DATABASE": program.path("none.db")]
            #expect(try program.run("list", "--json", "--config", config, environment: elsewhere).array().isEmpty)
            let option = try program.run(
                "list",
                "--json",
                "--database",
                program.path("file.db"),
                environment: elsewhere
            )
            #expect(try option.array().count == 1)
        }
    }
}
