// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import TelemetryTesting
import Testing

@testable import InferometerCommands

@Suite struct StatsCommandTests {
    /// Ten calls: even ones warm up, three agents, two models, two hours.
    private func filled() async throws -> CommandWorld {
        let world = try CommandWorld()
        var records = (0..<10).map(ExampleRecords.full)
        for index in records.indices {
            records[index].identity.model = index < 7 ? "a" : "b"
            records[index].identity.agent = index == 9 ? nil : "agent \(index % 2)"
            records[index].identity.isWarmup = index < 2
            records[index].timing.latency = .seconds(index + 1)
            if index >= 8 { records[index].timestamp = records[index].timestamp.advanced(by: .seconds(-3_600)) }
        }
        try await world.fill(records)
        return world
    }

    @Test func everyKeyOfTheSeedAndOursIsThere() async throws {
        let world = try await filled()
        let stats = try await world.run("stats", "--json").object()
        #expect(Set(stats.keys) == StatisticsKeys.summary)
        #expect(stats["total_calls"] as? Int == 10 && stats["warmup_calls"] as? Int == 2)
        #expect(stats["total_latency"] as? Double == 55)
        #expect(stats["avg_latency"] as? Double == 6.5 && stats["avg_latency_count"] as? Int == 8)
        #expect(stats["latency_p50"] as? Double == 6.5)
        #expect(stats["total_energy_joules"] as? Double == 123.45678901)
        #expect(stats["energy_accounts"] as? [Int] == [] && stats["idle_energy_joules"] is NSNull)
        let model = try #require((stats["per_model"] as? [[String: Any]])?.first)
        #expect(Set(model.keys) == StatisticsKeys.group("model_id"))
        #expect(model["model_id"] as? String == "a" && model["call_count"] as? Int == 7)
        let engine = try #require((stats["per_engine"] as? [[String: Any]])?.first)
        #expect(Set(engine.keys) == StatisticsKeys.group("engine"))
    }

    @Test func nothingIsNullAndNoCallIsZero() async throws {
        let world = try CommandWorld()
        let stats = try await world.run("stats", "--json", "--by", "session", "--every", "hour").object()
        #expect(Set(stats.keys) == StatisticsKeys.summary.union(["per_session", "series"]))
        #expect(stats["total_calls"] as? Int == 0 && stats["warmup_calls"] as? Int == 0)
        for (key, value) in stats {
            switch key {
            case "total_calls", "warmup_calls": break
            case _ where key.hasSuffix("_count"): #expect(value as? Int == 0, "\(key)")
            case _ where key.hasPrefix("per_") || key == "series" || key == "energy_accounts":
                #expect((value as? [Any])?.isEmpty == true, "\(key)")
            case "rows_pruned": #expect(value as? Bool == false)
            default: #expect(value is NSNull, "\(key)")
            }
        }
        #expect(!world.exists(world.database))
    }

    @Test(arguments: StatisticsGrouping.allCases)
    func eachGroupingAddsItsGroups(_ grouping: StatisticsGrouping) async throws {
        let world = try await filled()
        let stats = try await world.run("stats", "--json", "--by", grouping.rawValue).object()
        let groups = try #require(stats["per_\(grouping.rawValue)"] as? [[String: Any]])
        let name = ["model": "model_id", "batch": "batch_id"][grouping.rawValue] ?? grouping.rawValue
        var keys = StatisticsKeys.group(name)
        if grouping == .batch { keys.formUnion(["total_requests", "energy_per_token_joules"]) }
        for group in groups { #expect(Set(group.keys) == keys) }
        let counts = groups.compactMap { $0["call_count"] as? Int }
        #expect(counts == counts.sorted(by: >) && counts.reduce(0, +) == 10)
        #expect(Set(stats.keys) == StatisticsKeys.summary.union(["per_\(grouping.rawValue)"]))
        if grouping == .agent {
            #expect(groups.map { $0["agent"] as? String } == ["agent 0", "agent 1", nil])
            #expect(groups.last?["agent"] is NSNull)
        }
        if grouping == .batch { #expect(groups.first?["total_requests"] as? Int == 10) }
    }

    @Test func aSeriesHasItsStarts() async throws {
        let world = try await filled()
        let hours = try await world.run("stats", "--json", "--every", "hour").object()
        let series = try #require(hours["series"] as? [[String: Any]])
        #expect(series.map { $0["start"] as? Double } == [1_763_996_400, 1_764_000_000])
        #expect(series.map { $0["total_calls"] as? Int } == [2, 8])
        for period in series { #expect(Set(period.keys) == StatisticsKeys.period) }
        let days = try await world.run("stats", "--json", "--every", "day").object()
        #expect((days["series"] as? [[String: Any]])?.map { $0["start"] as? Double } == [1_763_942_400])
    }

    @Test func warmUpCountsInAveragesIfTold() async throws {
        let world = try await filled()
        let all = try await world.run("stats", "--json", "--include-warmup", "--by", "model", "--every", "day").object()
        #expect(all["avg_latency"] as? Double == 5.5 && all["avg_latency_count"] as? Int == 10)
        let models = try #require(all["per_model"] as? [[String: Any]])
        #expect(models.map { $0["avg_latency_count"] as? Int } == [7, 3])
        let series = try #require(all["series"] as? [[String: Any]])
        #expect(series[0]["avg_latency_count"] as? Int == 10)
    }

    @Test func filtersReachGroupsAndSeriesAlike() async throws {
        let world = try await filled()
        let arguments = ["stats", "--json", "--model", "a", "--by", "agent", "--every", "hour"]
        let stats = try await world.run(arguments).object()
        #expect(stats["total_calls"] as? Int == 7)
        let groups = try #require(stats["per_agent"] as? [[String: Any]])
        #expect(groups.compactMap { $0["call_count"] as? Int } == [4, 3])
        let series = try #require(stats["series"] as? [[String: Any]])
        #expect(series.compactMap { $0["total_calls"] as? Int } == [7])
        let late = try await world.run(arguments + ["--since", "1764000000.006"]).object()
        #expect(late["total_calls"] as? Int == 1)
    }

    @Test(arguments: [20, 40, 60, 80, 120, 200])
    func thePageFits(_ width: Int) async throws {
        var world = try await filled()
        world.terminal = Terminal(width: width, hasColour: false, isInteractive: false)
        for arguments in [["stats"], ["stats", "--by", "agent"], ["stats", "--every", "hour"]] {
            let lines = await world.run(arguments).lines
            // A name of 18 columns, the calls and their latency are never left out.
            #expect(lines.allSatisfy { DisplayText.width(of: $0) <= max(width, 48) }, "\(arguments)")
            #expect(lines.contains { $0.contains("CALLS") && $0.contains("LATENCY P50") })
        }
    }

    @Test func thePageNamesGroupsAndTheUnnamed() async throws {
        let world = try await filled()
        let agents = await world.run("stats", "--by", "agent").lines
        #expect(agents[0].hasPrefix("10 calls (2 warm-up), 1,045 tokens in, 200 out, $0, 123 J"))
        let table = agents.drop { !$0.hasPrefix("AGENT") }
        #expect(table.dropFirst().prefix(3).map { $0.prefix(7) } == ["agent 0", "agent 1", "-      "])
        let plain = await world.run("stats").output
        #expect(plain.contains("\nMODEL ") && plain.contains("\nENGINE ") && !plain.contains("\nAGENT "))
        let both = await world.run("stats", "--by", "agent", "--every", "hour").output
        #expect(both.contains("\nAGENT ") && both.contains("\nSTART ") && !both.contains("\nMODEL "))
        #expect(both.contains("2025-11-24T15:00:00Z"))
    }
}

/// The keys of `stats --json` as scripts rely on them, spelled here on purpose.
private enum StatisticsKeys {
    private static let sums: Set<String> = [
        "warmup_calls", "total_tokens", "prompt_tokens", "cached_tokens", "prompt_tokens_evaluated",
        "completion_tokens", "reasoning_tokens", "total_latency", "total_cost", "total_electricity_cost",
        "total_carbon_grams", "total_energy_joules", "total_prefill_energy_joules", "total_decode_energy_joules",
    ]
    private static let averages = [
        "latency", "ttft", "gpu_utilization_pct", "throughput_tok_per_sec", "tokens_per_joule",
        "energy_per_output_token_joules", "throughput_per_watt", "mean_itl_ms", "median_itl_ms", "p95_itl_ms",
    ].flatMap { ["avg_\($0)", "avg_\($0)_count"] }
    private static let percentiles = ["ttft", "latency", "tpot", "throughput"].flatMap { name in
        ["p50", "p95", "p99"].map { "\(name)_\($0)" }
    }
    private static let common = sums.union(averages).union(percentiles)

    static let period = common.union(["start", "total_calls"])
    static let summary = common.union([
        "total_calls", "per_model", "per_engine", "rows_pruned", "energy_accounts", "measured_energy_joules",
        "attributed_energy_joules", "idle_energy_joules", "foreign_energy_joules", "residual_energy_joules",
    ])

    static func group(_ name: String) -> Set<String> {
        common.union(["call_count", name])
    }
}
