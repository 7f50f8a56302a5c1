// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryTesting
import Testing

/// Where energy went, from a fake card through the proxy and the store to the commands.
@Suite(.serialized) struct EnergyAccountTests {
    private static let card = "GPU-5e1f0000-1111-2222-3333-444455556666"

    /// A card whose counter another process can follow too: both count from the same moment on.
    private static func fake() throws -> FakeNVML {
        let origin = Int64(try bootSeconds() * 1e9)
        return try FakeNVML(
            script: """
                clock real origin_ns=\(origin)
                driver version="550.54.15"
                device name="Fake H100" uuid=\(card) architecture=9 period_ms=20 utilization=70 temperature=55 \
                used_bytes=8000000000 memory_bytes=80000000000
                power 0:250 100000:250
                """
        )
    }

    private static func bootSeconds() throws -> Double {
        let text = try String(contentsOfFile: "/proc/uptime", encoding: .utf8)
        return try #require(text.split(separator: " ").first.flatMap { Double($0) })
    }

    @Test func eachNanojouleIsSomebodys() async throws {
        let fake = try Self.fake()
        try await Program.withHome { program in
            let database = program.path("x.db")
            try Self.whileNobodyMeters {
                let server = try Server(program, "--simulate", "--database", database, environment: fake.environment)
                try Self.untilMetered(server, program, database)
                let first = try server.post("/v1/chat/completions", Self.chat(tokens: 20))
                #expect(first.status == 200)
                try server.postTogether("/v1/chat/completions", (1...4).map { Self.chat(tokens: 10 * $0) })
                #expect(server.stop() == 0)
            }
            let used = Double(fake.counter(at: try Self.bootSeconds() + 1)) / 1e3
            let statistics = try program.run("stats", "--json", "--database", database).object()
            let account = try #require((statistics["energy_accounts"] as? [[String: Any]])?.first)
            #expect(account["device"] as? String == Self.card && account["domain"] as? String == "card")
            let parts = ["attributed", "idle", "foreign", "residual"].map { nanojoules(account["\($0)_joules"]) ?? 0 }
            let measured = try #require(nanojoules(account["measured_joules"]))
            #expect(parts.reduce(0, +) == measured)
            #expect(measured > 0 && Double(measured) / 1e9 <= used)
            for key in ["idle", "residual"] {
                #expect(nanojoules(statistics["\(key)_energy_joules"]) == nanojoules(account["\(key)_joules"]))
            }
            let records = try program.run("list", "--json", "--database", database).array()
            let billed = records.compactMap { nanojoules($0["energy_joules"]) }
            #expect(billed.count >= 5)
            #expect(nanojoules(statistics["total_energy_joules"]) == billed.reduce(0, +))
            // A call that ran before the sensors did is given a part that its record cannot tell as a whole.
            let isPartial = records.contains { ($0["energy_reason"] as? String)?.hasPrefix("not measured") ?? false }
            #expect(isPartial ? billed.reduce(0, +) < parts[0] : billed.reduce(0, +) == parts[0])
            try check(records)
            let table = try program.run("stats", "--database", database, environment: ["COLUMNS": "80"]).output
            #expect(table.contains("energy went") && table.contains("RESIDUAL"))
            #expect(table.split(separator: "\n").allSatisfy { $0.count <= 80 })
            // A window without a whole minute has no account, and a killed process leaves what was written.
            let empty = try program.run("stats", "--json", "--until", "1000", "--database", database).object()
            #expect((empty["energy_accounts"] as? [Any])?.isEmpty == true && empty["idle_energy_joules"] is NSNull)
        }
    }

    /// What a metered call must tell.
    private func check(_ records: [[String: Any]]) throws {
        let metered = records.filter { $0["energy_joules"] is Double }
        let shared = metered.compactMap { $0["energy_sharing"] as? String }
        #expect(shared.count == metered.count && shared.contains { $0.hasPrefix("shared(") })
        for record in metered {
            #expect(record["energy_reason"] is NSNull)
            #expect(
                record["energy_method"] as? String == "hw_counter" && record["energy_vendor"] as? String == "nvidia"
            )
            #expect(record["devices"] as? [String] == ["host"])
            #expect(record["gpu_utilization_pct"] as? Double == 70)
            #expect(record["gpu_memory_used_gb"] as? Double == 8)
            #expect(record["gpu_temperature_c"] as? Double == 55)
            #expect(record["energy_bound_joules"] is Double)
            let energy = try #require(record["energy_joules"] as? Double)
            let latency = try #require(record["latency_seconds"] as? Double)
            let power = try #require(record["power_watts"] as? Double)
            #expect(abs(power - energy / latency) < 1e-6 * power)
            let phases = ["prefill", "decode"].compactMap { nanojoules(record["\($0)_energy_joules"]) }
            #expect(phases.count == 2 && phases.reduce(0, +) == nanojoules(record["energy_joules"]))
        }
    }

    @Test func aCallThatWaitsWhenItsProcessIsKilledBecomesFinal() async throws {
        let fake = try Self.fake()
        try await Program.withHome { program in
            let database = program.path("x.db")
            try Self.whileNobodyMeters {
                let server = try Server(program, "--simulate", "--database", database, environment: fake.environment)
                try Self.untilMetered(server, program, database)
                kill(server.process.processIdentifier, SIGKILL)
                server.process.waitUntilExit()
                let second = try Server(program, "--simulate", "--database", database, environment: fake.environment)
                try Self.untilMetered(second, program, database)
                #expect(second.stop() == 0)
            }
            let records = try program.run("list", "--json", "--limit", "1000", "--database", database).array()
            #expect(!records.contains { $0["energy_reason"] as? String == "pending" })
            #expect(records.contains { $0["energy_joules"] is Double })
        }
    }

    /// One process meters a machine at a time: others that run tests here too must have ended.
    private static func whileNobodyMeters(_ body: () throws -> Void) throws {
        let wait = Process()
        wait.executableURL = URL(filePath: "/usr/bin/env")
        wait.arguments = ["flock", "--wait", "120", "/tmp/inferometer-meter.lock", "true"]
        try wait.run()
        wait.waitUntilExit()
        try #require(wait.terminationStatus == 0, "another process meters this machine")
        try body()
    }

    /// Makes calls until one is metered: sensors start beside the proxy.
    private static func untilMetered(_ server: Server, _ program: Program, _ database: String) throws {
        for _ in 0..<200 {
            #expect(try server.post("/v1/chat/completions", chat(tokens: 3)).status == 200)
            let latest = try program.run("list", "--json", "--limit", "5", "--database", database).array()
            if latest.contains(where: { $0["energy_joules"] is Double }) { return }
        }
        Issue.record("no call was metered")
    }

    private static func chat(tokens: Int) -> String {
        #"{"model":"m","stream":true,"max_tokens":\#(tokens),"messages":[{"role":"user","content":"Hello"}]}"#
    }
}

extension Server {
    /// Posts bodies all at once and waits for every answer.
    fileprivate func postTogether(_ path: String, _ bodies: [String]) throws {
        let calls = try bodies.map { body in
            let curl = Process()
            curl.executableURL = URL(filePath: "/usr/bin/env")
            curl.arguments = ["curl", "-sSf", "--max-time", "30", "-d", body, url + path]
            curl.standardOutput = FileHandle.nullDevice
            try curl.run()
            return curl
        }
        for call in calls {
            call.waitUntilExit()
            #expect(call.terminationStatus == 0)
        }
    }
}

/// A number of joules in JSON as whole nanojoules; nothing if it is null.
private func nanojoules(_ value: Any?) -> Int64? {
    (value as? Double).map { Int64(($0 * 1e9).rounded()) }
}
