// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct CommandTests {
    @Test(arguments: [
        ["list", "--limit", "-1"], ["list", "--since", "yesterday"], ["list", "--since", "1h", "--until", "2h"],
        ["stats", "--since", "200", "--until", "100"], ["stats", "--by", "colour"], ["stats", "--every", "minute"],
        ["export"], ["export", "--format", "xml"], ["prune"], ["prune", "--older-than", "-5d"],
        ["prune", "--max-size", "x"],
        ["show"], ["show", "not-an-id"], ["clear"], ["frobnicate"], ["list", "--frobnicate"],
        ["serve", "--upstream", "ftp://x"], ["serve", "--listen", "nowhere"], ["serve", "--grace", "-1"],
        ["serve", "--config", "/nowhere.json"], ["serve", "--prices", "/nowhere.json"],
    ])
    func misuseIsTold(_ arguments: [String]) async throws {
        try await Program.withHome { program in
            let outcome = try program.run(arguments)
            #expect(outcome.status == 64)
            #expect(outcome.output.isEmpty && !outcome.error.isEmpty)
        }
    }

    @Test func aMissingDatabaseReadsAsEmptyAndStaysMissing() async throws {
        try await Program.withHome { program in
            let database = program.path("folder/none.db")
            #expect(try program.run("list", "--json", "--database", database).array().isEmpty)
            #expect(try program.run("stats", "--json", "--database", database).object()["total_calls"] as? Int == 0)
            #expect(try program.run("export", "--format", "jsonl", "--database", database).output.isEmpty)
            #expect(try program.run("export", "--format", "json", "--database", database).array().isEmpty)
            #expect(try program.run("export", "--format", "csv", "--database", database).output.hasPrefix("record_id,"))
            #expect(try program.run("clear", "--yes", "--database", database).status == 0)
            #expect(try program.run("prune", "--older-than", "1d", "--yes", "--database", database).status == 0)
            #expect(try program.run("show", "0197a3b2", "--database", database).status == 1)
            for arguments in [["list"], ["stats"], ["doctor"]] {
                let outcome = try program.run(arguments + ["--database", database])
                #expect(outcome.status == 0 && !outcome.output.isEmpty)
            }
            #expect(!FileManager.default.fileExists(atPath: program.path("folder")))
        }
    }

    @Test func whatIsExportedImportsAsItWas() async throws {
        try await withCalls { program, database in
            let exported = program.path("calls.jsonl")
            #expect(
                try program.run("export", "--format", "jsonl", "--output", exported, "--database", database).status == 0
            )
            let mode = try FileManager.default.attributesOfItem(atPath: exported)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let other = program.path("other.db")
            let first = try program.run("import", exported, "--database", other)
            #expect(first.status == 0 && first.output == "added 6, skipped 0, refused 0\n")
            #expect(
                try program.run("import", exported, "--database", other).output == "added 0, skipped 6, refused 0\n"
            )
            let again = try program.run("export", "--format", "jsonl", "--database", other).output
            let written = try String(contentsOfFile: exported, encoding: .utf8)
            #expect(again == written)
            for arguments in [
                ["stats", "--json"], ["stats", "--json", "--by", "agent", "--every", "hour"], ["list", "--json"],
            ] {
                let pair = try [database, other].map { try program.run(arguments + ["--database", $0]).output }
                #expect(pair[0] == pair[1])
            }
        }
    }

    @Test func refusedLinesAreNamedAndTheOthersKept() async throws {
        try await Program.withHome { program in
            let file = program.path("rows.jsonl")
            try Data("{\"timestamp\":1748000000,\"model_id\":\"m\"}\nnonsense\n\n{\"timestamp\":1}\n".utf8).write(
                to: URL(filePath: file)
            )
            let outcome = try program.run("import", file, "--database", program.path("x.db"))
            #expect(outcome.status == 1)
            #expect(outcome.output == "added 1, skipped 0, refused 2\n")
            let lines = outcome.error.split(separator: "\n").filter { $0.hasPrefix(file) }
            #expect(lines.count == 2 && lines[0].hasPrefix("\(file):2: ") && lines[1].hasPrefix("\(file):4: "))
            #expect(try program.run("import", program.path("none.jsonl")).status == 1)
        }
    }

    @Test func listAndShowAgree() async throws {
        try await withCalls { program, database in
            let records = try program.run("list", "--json", "--limit", "4", "--database", database).array()
            #expect(records.count == 4)
            let times = records.compactMap { $0["timestamp"] as? Double }
            #expect(times == times.sorted(by: >))
            for record in records {
                let id = try #require(record["record_id"] as? String)
                let shown = try program.run("show", id, "--json", "--database", database).object()
                #expect(NSDictionary(dictionary: shown) == NSDictionary(dictionary: record))
                #expect(try program.run("show", id, "--database", database).output.contains(id))
            }
            let table = try program.run("list", "--database", database).output.split(separator: "\n")
            let prefix = try #require(
                table[1].split(separator: " ", omittingEmptySubsequences: true).first { $0.hasPrefix("01") }
            )
            #expect(try program.run("show", String(prefix), "--json", "--database", database).status == 0)
            let ambiguous = try program.run("show", "0", "--database", database)
            #expect(ambiguous.status == 1 && ambiguous.error.contains("Several"))
        }
    }

    @Test func filtersChooseCalls() async throws {
        try await withCalls { program, database in
            func count(_ arguments: String...) throws -> Int {
                try program.run(["list", "--json", "--database", database] + arguments).array().count
            }
            let ofAgent = try count("--agent", "a")
            #expect(ofAgent == 3)
            #expect(try count("--agent", "nobody") == 0)
            #expect(try count("--model", "simulated/m", "--engine", "simulated", "--upstream", "simulated") == 6)
            #expect(try count("--outcome", "failed") == 0)
            #expect(try count("--since", "1h") == 6)
            #expect(try count("--until", "1h") == 0)
            #expect(try count("--limit", "0") == 0)
        }
    }

    @Test func statsGroupAndCountWarmUpApart() async throws {
        try await withCalls { program, database in
            let stats = try program.run("stats", "--json", "--by", "agent", "--every", "day", "--database", database)
                .object()
            #expect(stats["total_calls"] as? Int == 6 && stats["warmup_calls"] as? Int == 1)
            #expect(stats["avg_latency_count"] as? Int == 5)
            #expect((stats["per_model"] as? [Any])?.count == 1 && (stats["per_engine"] as? [Any])?.count == 1)
            let agents = try #require(stats["per_agent"] as? [[String: Any]])
            #expect(agents.map { $0["agent"] as? String } == ["a", nil])
            let series = try #require(stats["series"] as? [[String: Any]])
            #expect(series.compactMap { $0["total_calls"] as? Int }.reduce(0, +) == 6)
            #expect((stats["energy_accounts"] as? [Any])?.isEmpty == true && stats["idle_energy_joules"] is NSNull)
            let all = try program.run("stats", "--json", "--include-warmup", "--database", database).object()
            #expect(all["avg_latency_count"] as? Int == 6)
        }
    }

    @Test func removingAsksFirst() async throws {
        try await withCalls { program, database in
            let unasked = try program.run("clear", "--database", database, input: "y\n")
            #expect(unasked.status == 64)
            #expect(
                try program.run("prune", "--older-than", "1d", "--yes", "--database", database).output.hasPrefix(
                    "removed 0 calls"
                )
            )
            #expect(try program.run("clear", "--yes", "--database", database).output == "removed 6 calls\n")
            #expect(try program.run("list", "--json", "--database", database).array().isEmpty)
            #expect(try program.run("stats", "--json", "--database", database).object()["total_calls"] as? Int == 0)
        }
    }

    @Test func doctorSaysWhatThereIs() async throws {
        try await Program.withHome { program in
            let report = try program.run("doctor", "--json").object()
            let sensors = try #require(report["sensors"] as? [[String: Any]])
            let vendors = Set(sensors.compactMap { $0["vendor"] as? String })
            #expect(vendors.isSuperset(of: ["nvidia", "amd", "cpu_rapl"]))
            let areExplained = sensors.allSatisfy { $0["works"] as? Bool == true || $0["reason"] is String }
            #expect(areExplained)
            #expect(report["engines"] is [Any])
            let store = try #require(report["store"] as? [String: Any])
            #expect(store["works"] as? Bool == true && store["exists"] as? Bool == false)
        }
    }

    @Test(arguments: [("exit 3", 3), ("kill -TERM $$", 143), ("exit 0", 0)] as [(String, Int32)])
    func measureReturnsItsCommandsCode(_ script: String, _ code: Int32) async throws {
        try await Program.withHome { program in
            let result = try program.run("measure", "--json", "--", "/bin/sh", "-c", "echo its own; " + script)
            #expect(result.status == code)
            let report = try result.object()
            #expect((report["exit_code"] as? Int).map(Int32.init) == code)
            #expect(report["duration_seconds"] is Double)
            #expect(report["components"] is [Any])
        }
    }

    @Test func measureSaysThatACommandIsNotThere() async throws {
        try await Program.withHome { program in
            let missing = try program.run("measure", "--", "no-such-command-anywhere")
            #expect(missing.status == 127)
            #expect(missing.error.contains("no-such-command-anywhere"))
            let misused = try program.run("measure")
            #expect(misused.status == 64)
        }
    }

    @Test func tryShowsTheTablesAndEnds() async throws {
        try await Program.withHome { program in
            let outcome = try program.run("try", "--listen", "127.0.0.1:0")
            #expect(outcome.status == 0)
            for part in [
                "OPENAI_BASE_URL=http://127.0.0.1:", "ANTHROPIC_BASE_URL=", "OLLAMA_HOST=", "MODEL", "LATENCY",
            ] {
                #expect(outcome.output.contains(part))
            }
        }
    }

    @Test(arguments: [["--help"], ["serve", "--help"], ["help", "prune"], ["--version"]])
    func helpIsThere(_ arguments: [String]) async throws {
        try await Program.withHome { program in
            let outcome = try program.run(arguments)
            #expect(outcome.status == 0 && !outcome.output.isEmpty)
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func completionsAreThere(_ shell: String) async throws {
        try await Program.withHome { program in
            let script = try program.run("--generate-completion-script", shell).output
            #expect(script.contains("inferometer"))
        }
    }

    /// Records six simulated calls, one of them a warm-up and three of an agent.
    private func withCalls(_ body: (Program, String) async throws -> Void) async throws {
        try await Program.withHome { program in
            let database = program.path("x.db")
            let server = try Server(program, "--simulate", "--database", database)
            for number in 0..<6 {
                var headers: [String: String] = [:]
                if number < 3 { headers["X-Inferometer-Agent"] = "a" }
                if number == 5 { headers["X-Inferometer-Warmup"] = "true" }
                let body = #"{"model":"m","max_tokens":4,"stream":\#(number % 2 == 0),"messages":[]}"#
                _ = try server.post("/v1/chat/completions", body, headers: headers)
            }
            #expect(server.stop() == 0)
            try await body(program, database)
        }
    }
}
