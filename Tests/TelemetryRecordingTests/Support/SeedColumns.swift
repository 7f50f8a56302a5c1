// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ParitySupport
import TelemetryCore

/// A record in the terms of the original: the columns that it knows, and what else a case of calls answers.
enum SeedColumns {
    private static let names: Set = [
        "timestamp", "model_id", "prompt_tokens", "prompt_tokens_evaluated", "completion_tokens", "total_tokens",
        "latency_seconds", "ttft", "cost_usd", "energy_joules", "power_watts", "gpu_utilization_pct",
        "gpu_memory_used_gb", "gpu_temperature_c", "throughput_tok_per_sec", "energy_per_output_token_joules",
        "throughput_per_watt", "prefill_latency_seconds", "decode_latency_seconds", "prefill_energy_joules",
        "decode_energy_joules", "mean_itl_ms", "median_itl_ms", "p90_itl_ms", "p95_itl_ms", "p99_itl_ms",
        "std_itl_ms", "is_streaming", "engine", "agent", "energy_method", "energy_vendor", "batch_id", "is_warmup",
        "cpu_energy_joules", "gpu_energy_joules", "dram_energy_joules", "tokens_per_joule",
        "token_counting_version", "metadata",
    ]

    static func value(of record: TelemetryRecord) -> ParityValue {
        var members: [String: ParityValue] = [:]
        for field in RecordField.all where names.contains(field.key) {
            members[field.key] = value(field.value(record))
        }
        members["mining_session_id"] = ParityValue(record.miningSessionID)
        return .object(members)
    }

    private static func value(_ value: RecordValue) -> ParityValue {
        switch value {
        case .null: .null
        case .bool(let truth): .bool(truth)
        case .integer(let number): .integer(number)
        case .number(let number): .number(number)
        case .string(let text), .json(let text): .string(text)
        case .strings(let texts): .array(texts.map(ParityValue.string))
        }
    }
}
