// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import TelemetryTesting
import Testing

@testable import InferometerCommands

@Suite struct ListCommandTests {
    /// Twelve calls, a millisecond apart, each of its own kind.
    private func filled() async throws -> CommandWorld {
        let world = try CommandWorld()
        var records = (0..<12).map(ExampleRecords.full)
        for index in records.indices {
            records[index].identity.model = index < 4 ? "small" : "large"
            records[index].identity.engine = index < 6 ? .vllm : .ollama
            records[index].identity.upstream = index < 2 ? "gpu1" : "gpu2"
            records[index].identity.session = index == 3 ? "s" : nil
            records[index].identity.batch = index == 5 ? "b" : nil
            records[index].result.outcome = index == 7 ? .failed : .completed
        }
        try await world.fill(records)
        return world
    }

    private func numbers(_ world: CommandWorld, _ arguments: String...) async throws -> [Int] {
        let outcome = await world.run(["list", "--json"] + arguments)
        #expect(outcome.code == 0, "\(outcome.message)")
        return try outcome.array().map { record in
            let time = try #require(record["timestamp"] as? Double)
            return Int(((time - 1_764_000_000) * 1_000).rounded())
        }
    }

    @Test func theNewestComeFirstAndNoMoreThanAskedFor() async throws {
        let world = try await filled()
        #expect(try await numbers(world) == (0..<12).reversed())
        #expect(try await numbers(world, "--limit", "3") == [11, 10, 9])
        #expect(try await numbers(world, "--limit", "0").isEmpty)
        #expect(try await numbers(world, "--limit", "\(Int.max)").count == 12)
    }

    @Test func eachFilterChooses() async throws {
        let world = try await filled()
        #expect(try await numbers(world, "--model", "small") == [3, 2, 1, 0])
        #expect(try await numbers(world, "--engine", "ollama") == [11, 10, 9, 8, 7, 6])
        #expect(try await numbers(world, "--upstream", "gpu1") == [1, 0])
        #expect(try await numbers(world, "--agent", "agent 1") == [10, 7, 4, 1])
        #expect(try await numbers(world, "--session", "s") == [3])
        #expect(try await numbers(world, "--batch", "b") == [5])
        #expect(try await numbers(world, "--outcome", "failed") == [7])
        #expect(try await numbers(world, "--outcome", "cancelled").isEmpty)
    }

    @Test func filtersAreAllMeantAtOnce() async throws {
        let world = try await filled()
        #expect(try await numbers(world, "--engine", "vllm", "--model", "large") == [5, 4])
        #expect(try await numbers(world, "--engine", "vllm", "--model", "large", "--limit", "1") == [5])
        #expect(try await numbers(world, "--engine", "ollama", "--upstream", "gpu1").isEmpty)
        // A name is a text and never a pattern.
        #expect(try await numbers(world, "--model", "sm%").isEmpty)
        #expect(try await numbers(world, "--model", "' OR 1=1 --").isEmpty)
    }

    @Test func bothBoundsOfTimeAreInclusive() async throws {
        let world = try await filled()
        #expect(try await numbers(world, "--since", "1764000000.010") == [11, 10])
        #expect(try await numbers(world, "--until", "1764000000.001") == [1, 0])
        #expect(try await numbers(world, "--since", "1764000000.005", "--until", "1764000000.005") == [5])
        #expect(try await numbers(world, "--since", "2025-11-24T16:00:00.009Z") == [11, 10, 9])
        #expect(try await numbers(world, "--until", "2025-11-24T17:00:00.002+01:00") == [2, 1, 0])
        // The clock of this world stands 100 s after the first call.
        #expect(try await numbers(world, "--since", "99.9885s").isEmpty)
        #expect(try await numbers(world, "--since", "99.9895s") == [11])
        #expect(try await numbers(world, "--until", "1m").count == 12)
        #expect(try await numbers(world, "--until", "2m").isEmpty)
    }

    @Test func eachRecordHasEveryKeyOfTheSurface() async throws {
        let world = try CommandWorld()
        try await world.fill([ExampleRecords.sparse(1), ExampleRecords.full(2), ExampleRecords.awkward(3)])
        let records = try await world.run("list", "--json").array()
        #expect(records.count == 3)
        for record in records {
            #expect(Set(record.keys) == RecordKeys.all)
            #expect(record["is_warmup"] is Bool && record["is_streaming"] is Bool && record["timestamp"] is Double)
        }
        let (awkward, full, sparse) = (records[0], records[1], records[2])
        let known = sparse.filter { !($0.value is NSNull) }.keys
        #expect(Set(known) == ["record_id", "timestamp", "is_warmup", "is_streaming", "metadata"])
        #expect(awkward["energy_joules"] is NSNull && awkward["energy_reason"] as? String == "remote")
        #expect(awkward["completion_tokens"] as? Int == 0 && awkward["latency_seconds"] as? Double == 0)
        #expect(awkward["metadata"] as? [String: String] == ["a\"b": "c\u{1}\u{7F}\u{2028}"])
        #expect(full["total_tokens"] as? Int == 122 && full["reasoning_tokens"] as? Int == 0)
        #expect(full["tpot_ms"] as? Double == 61 && full["ttft"] as? Double == 0.045678)
        #expect(full["energy_joules"] as? Double == 12.345678901 && full["devices"] as? [String] == ["GPU-0"])
        #expect(full["energy_sharing"] as? String == "shared(2)" && full["cost_usd"] as? Double == 0)
    }

    @Test func withJSONNothingElseIsWritten() async throws {
        var world = try await filled()
        world.terminal = Terminal(width: 40, hasColour: true, isInteractive: true)
        let outcome = await world.run("list", "--json")
        #expect(outcome.output.hasPrefix("[\n{") && outcome.output.hasSuffix("}\n]\n"))
        #expect(outcome.lines.count == 15 && !outcome.output.contains("\u{1B}"))
        #expect(await world.run("list", "--json", "--model", "none").output == "[]\n")
    }

    @Test(arguments: [20, 30, 40, 60, 80, 100, 132, 200])
    func theTableFitsAsFarAsItCan(_ width: Int) async throws {
        var world = try await filled()
        world.terminal = Terminal(width: width, hasColour: false, isInteractive: false)
        let lines = await world.run("list").lines.dropLast()
        #expect(lines.count == 13)
        // When, model, outcome and latency are never left out, so that some 55 columns are needed.
        #expect(lines.allSatisfy { DisplayText.width(of: $0) <= max(width, 60) })
        for title in ["WHEN", "MODEL", "OUTCOME", "LATENCY"] { #expect(lines[0].contains(title)) }
        #expect(lines.allSatisfy { !$0.hasSuffix(" ") })
    }

    @Test func agesOrTimes() async throws {
        let world = try await filled()
        #expect(await world.run("list", "--limit", "1").lines[1].hasPrefix("99s ago  "))
        #expect(await world.run("list", "--limit", "1", "--iso").lines[1].hasPrefix("2025-11-24T16:00:00Z  "))
    }

    @Test func titlesAreBoldAndSimulationIsSaid() async throws {
        var world = try CommandWorld()
        var record = ExampleRecords.full(1)
        record.identity.engine = .simulated
        try await world.fill([record])
        world.terminal = Terminal(width: 120, hasColour: true, isInteractive: true)
        let lines = await world.run("list").lines
        #expect(lines[0].hasPrefix("\u{1B}[1mWHEN") && lines[0].hasSuffix("\u{1B}[0m"))
        #expect(!lines[1].contains("\u{1B}"))
        #expect(lines[2].hasPrefix("\u{1B}[33m") && lines[2].contains("SIMULATED"))
    }

    @Test func nothingIsSaidInWords() async throws {
        let world = try CommandWorld()
        let outcome = await world.run("list")
        #expect(outcome.code == 0 && outcome.output == "No calls recorded that match.\n")
        #expect(!world.exists(world.database))
    }
}

/// The keys of a record as scripts rely on them, spelled here on purpose: a key that goes must be missed.
enum RecordKeys {
    static let all: Set<String> = Set(
        """
        record_id operation outcome http_status error_kind engine upstream requested_model model_id finish_reason
        prompt_tokens cached_tokens prompt_tokens_evaluated completion_tokens reasoning_tokens total_tokens token_source
        ttft time_to_first_answer tpot_ms icl_mean_ms icl_p50_ms icl_p95_ms icl_p99_ms chunk_count
        queue_seconds load_seconds engine_prefill_seconds engine_decode_seconds
        cost_usd price_source electricity_cost carbon_grams
        energy_joules energy_dynamic_joules energy_idle_joules energy_bound_joules energy_sharing energy_reason devices
        energy_method energy_vendor cpu_energy_joules gpu_energy_joules dram_energy_joules ane_energy_joules
        prefill_energy_joules decode_energy_joules power_watts peak_power_watts
        gpu_utilization_pct gpu_memory_used_gb gpu_temperature_c
        throughput_tok_per_sec tokens_per_joule energy_per_output_token_joules throughput_per_watt
        latency_seconds prefill_latency_seconds decode_latency_seconds
        mean_itl_ms median_itl_ms p90_itl_ms p95_itl_ms p99_itl_ms std_itl_ms
        timestamp agent session batch_id is_warmup is_streaming metadata methodology_version token_counting_version
        """
        .split { $0.isWhitespace }.map(String.init)
    )
}
