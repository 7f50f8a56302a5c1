// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ParitySupport
import TelemetryCore
import Testing

@testable import TelemetryStorage

/// The `telemetry` view shows what the seed's own table would have held, and NULL for what is unknown.
@Suite struct TelemetryViewTests {
    private func row(_ change: (inout TelemetryRecord) -> Void) async throws -> ParityValue {
        let fixture = try await FilledStore([.call(at: 1_000.5, change)])
        return try TelemetryView.firstRow(of: fixture.path, in: .all)
    }

    /// The columns of the newest seed table, in its order, written down by hand.
    private static let columns: Set<String> = [
        "id", "timestamp", "model_id", "engine", "agent", "prompt_tokens", "prompt_tokens_evaluated",
        "completion_tokens", "total_tokens", "latency_seconds", "ttft", "cost_usd", "energy_joules", "power_watts",
        "gpu_utilization_pct", "gpu_memory_used_gb", "gpu_temperature_c", "throughput_tok_per_sec",
        "prefill_latency_seconds", "decode_latency_seconds", "energy_method", "energy_vendor", "batch_id", "is_warmup",
        "cpu_energy_joules", "gpu_energy_joules", "dram_energy_joules", "tokens_per_joule",
        "energy_per_output_token_joules", "throughput_per_watt", "prefill_energy_joules", "decode_energy_joules",
        "mean_itl_ms", "median_itl_ms", "p90_itl_ms", "p95_itl_ms", "p99_itl_ms", "std_itl_ms", "is_streaming",
        "token_counting_version", "mining_session_id", "metadata",
    ]

    @Test func theColumnsAreThoseOfTheSeed() async throws {
        #expect(Set(try await row { _ in }.members.keys) == Self.columns)
    }

    @Test func whatIsUnknownIsNull() async throws {
        let row = try await row { $0.tokenCountingVersion = 2 }
        let known: Set<String> = [
            "id", "timestamp", "model_id", "engine", "is_warmup", "is_streaming", "metadata", "token_counting_version",
        ]
        for (column, value) in row.members where !known.contains(column) {
            #expect(value == .null, "\(column)")
        }
        #expect(row["timestamp"] == 1_000.5)
        #expect(row["metadata"] == "{}")
    }

    @Test func valuesAreInTheUnitsOfTheirColumns() async throws {
        let row = try await row { record in
            record.tokens.prompt = 30
            record.tokens.completion = 20
            record.timing.latency = .milliseconds(2_000)
            record.timing.timeToFirstToken = .milliseconds(500)
            record.energy.total = .joules(40) ?? .zero
            record.energy.gpu = .joules(30)
            record.price.costUSD = 0.002
            record.identity.isWarmup = true
            record.identity.isStreaming = true
            var gaps = GapStatistics()
            gaps.mean = .microseconds(12_500)
            gaps.p95 = .milliseconds(20)
            record.timing.interTokenLatency = gaps
            record.miningSessionID = "abc123"
        }
        let wanted: [String: Double] = [
            "total_tokens": 50, "latency_seconds": 2, "ttft": 0.5, "energy_joules": 40, "gpu_energy_joules": 30,
            "power_watts": 20, "throughput_tok_per_sec": 10, "prefill_latency_seconds": 0.5,
            "decode_latency_seconds": 1.5, "tokens_per_joule": 0.5, "energy_per_output_token_joules": 2,
            "throughput_per_watt": 0.5, "mean_itl_ms": 12.5, "p95_itl_ms": 20, "cost_usd": 0.002, "is_warmup": 1,
            "is_streaming": 1,
        ]
        for (column, value) in wanted {
            #expect(
                row[column].double.map { ParityComparison.areEqual($0, value) } == true,
                "\(column): \(row[column])"
            )
        }
        #expect(row["mining_session_id"] == "abc123")
    }

    /// The view and the record must not tell two stories of one call of our own.
    @Test func theViewAgreesWithTheRecord() async throws {
        let record = TelemetryRecord.call {
            $0.tokens.prompt = 7
            $0.tokens.completion = 11
            $0.timing.latency = .microseconds(1_234_567)
            $0.timing.timeToFirstToken = .microseconds(234_567)
            $0.energy.total = .nanojoules(9_876_543_210)
        }
        let fixture = try await FilledStore([record])
        let row = try TelemetryView.firstRow(of: fixture.path, in: .all)
        for field in RecordField.all where Self.columns.contains(field.key) {
            guard case .number(let number) = field.value(record) else { continue }
            #expect(row[field.key].double.map { ParityComparison.areEqual($0, number) } == true, "\(field.key)")
        }
    }

    @Test func gapsBetweenChunksAreNoLatenciesOfTokens() async throws {
        let row = try await row { record in
            var gaps = GapStatistics()
            gaps.mean = .milliseconds(9)
            record.timing.interChunkLatency = gaps
        }
        #expect(row["mean_itl_ms"] == .null)
    }
}
