// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// One value of a record as scripts see it.
public enum RecordValue: Sendable, Hashable {
    /// Not measured.
    case null
    /// A truth value.
    case bool(Bool)
    /// A whole number.
    case integer(Int)
    /// A number.
    case number(Double)
    /// A text.
    case string(String)
    /// A list of texts.
    case strings([String])
    /// The text of a JSON object.
    case json(String)
}

/// One key of a record as scripts see it, with the way to its value.
///
/// This table is the only place that spells the keys: JSON, CSV and the command line all read it.
public struct RecordField: Sendable {
    /// The key.
    public let key: String
    /// Reads the value from a record.
    public let value: @Sendable (TelemetryRecord) -> RecordValue

    /// Every key, in the order of output: identity first, then the seed's columns and ours beside them.
    public static let all: [RecordField] = identity + tokens + timing + money + energy + ratios + rest

    private static let identity = [
        RecordField(key: "record_id") { .string($0.id.description) },
        RecordField(key: "timestamp") { .number($0.timestamp.secondsSinceEpoch) },
        text("operation") { $0.identity.operation?.rawValue },
        text("outcome") { $0.result.outcome?.rawValue },
        integer("http_status") { $0.result.httpStatus },
        text("error_kind") { $0.result.errorKind?.rawValue },
        text("engine") { $0.identity.engine?.rawValue },
        text("upstream") { $0.identity.upstream },
        text("requested_model") { $0.identity.requestedModel },
        text("model_id") { $0.identity.model },
        text("agent") { $0.identity.agent },
        text("session") { $0.identity.session },
        text("batch_id") { $0.identity.batch },
        RecordField(key: "is_warmup") { .bool($0.identity.isWarmup) },
        RecordField(key: "is_streaming") { .bool($0.identity.isStreaming) },
        text("finish_reason") { $0.result.finishReason },
    ]

    private static let tokens = [
        integer("prompt_tokens") { $0.tokens.prompt },
        integer("cached_tokens") { $0.tokens.cached },
        integer("prompt_tokens_evaluated") { $0.tokens.promptEvaluated },
        integer("completion_tokens") { $0.tokens.completion },
        integer("reasoning_tokens") { $0.tokens.reasoning },
        integer("total_tokens") { $0.totalTokens },
        text("token_source") { $0.tokens.source?.rawValue },
    ]

    private static let timing = [
        seconds("latency_seconds") { $0.timing.latency },
        seconds("ttft") { $0.timing.timeToFirstToken },
        seconds("time_to_first_answer") { $0.timing.timeToFirstAnswer },
        milliseconds("tpot_ms") { $0.timing.timePerOutputToken },
        seconds("prefill_latency_seconds") { $0.prefillLatency },
        seconds("decode_latency_seconds") { $0.decodeLatency },
        milliseconds("mean_itl_ms") { $0.timing.interTokenLatency?.mean },
        milliseconds("median_itl_ms") { $0.timing.interTokenLatency?.median },
        milliseconds("p90_itl_ms") { $0.timing.interTokenLatency?.p90 },
        milliseconds("p95_itl_ms") { $0.timing.interTokenLatency?.p95 },
        milliseconds("p99_itl_ms") { $0.timing.interTokenLatency?.p99 },
        milliseconds("std_itl_ms") { $0.timing.interTokenLatency?.standardDeviation },
        milliseconds("icl_mean_ms") { $0.timing.interChunkLatency?.mean },
        milliseconds("icl_p50_ms") { $0.timing.interChunkLatency?.median },
        milliseconds("icl_p95_ms") { $0.timing.interChunkLatency?.p95 },
        milliseconds("icl_p99_ms") { $0.timing.interChunkLatency?.p99 },
        integer("chunk_count") { $0.timing.chunkCount },
        seconds("queue_seconds") { $0.timing.engineQueue },
        seconds("load_seconds") { $0.timing.engineLoad },
        seconds("engine_prefill_seconds") { $0.timing.enginePrefill },
        seconds("engine_decode_seconds") { $0.timing.engineDecode },
    ]

    private static let money = [
        number("cost_usd") { $0.price.costUSD },
        text("price_source") { $0.price.source },
        number("electricity_cost") { $0.price.electricityCost },
        number("carbon_grams") { $0.price.carbonGrams },
    ]

    private static let energy = [
        joules("energy_joules") { $0.energy.total },
        joules("energy_dynamic_joules") { $0.energy.dynamic },
        joules("energy_idle_joules") { $0.energy.idle },
        joules("energy_bound_joules") { $0.energy.bound },
        text("energy_method") { $0.energy.method },
        text("energy_vendor") { $0.energy.vendor },
        text("energy_sharing") { $0.energy.sharing },
        text("energy_reason") { $0.energy.reason },
        RecordField(key: "devices") { $0.energy.devices.isEmpty ? .null : .strings($0.energy.devices) },
        joules("cpu_energy_joules") { $0.energy.cpu },
        joules("gpu_energy_joules") { $0.energy.gpu },
        joules("dram_energy_joules") { $0.energy.dram },
        joules("ane_energy_joules") { $0.energy.ane },
        joules("prefill_energy_joules") { $0.energy.prefill },
        joules("decode_energy_joules") { $0.energy.decode },
        number("power_watts") { $0.meanPower?.watts },
        number("peak_power_watts") { $0.energy.peakPower?.watts },
        number("gpu_utilization_pct") { $0.device.utilizationPercent },
        number("gpu_memory_used_gb") { $0.device.memoryUsedGigabytes },
        number("gpu_temperature_c") { $0.device.temperatureCelsius },
    ]

    private static let ratios = [
        number("throughput_tok_per_sec") { $0.tokensPerSecond },
        number("tokens_per_joule") { $0.tokensPerJoule },
        number("energy_per_output_token_joules") { $0.joulesPerOutputToken },
        number("throughput_per_watt") { $0.tokensPerSecondPerWatt },
    ]

    private static let rest = [
        integer("token_counting_version") { record in
            record.tokenCountingVersion
                ?? record.methodologyVersion.map { _ in TelemetryRecord.currentTokenCountingVersion }
        },
        integer("methodology_version") { $0.methodologyVersion },
        RecordField(key: "metadata") { .json($0.identity.metadata.json) },
    ]

    private static func text(_ key: String, _ read: @escaping @Sendable (TelemetryRecord) -> String?) -> RecordField {
        RecordField(key: key) { record in read(record).map(RecordValue.string) ?? .null }
    }

    private static func integer(_ key: String, _ read: @escaping @Sendable (TelemetryRecord) -> Int?) -> RecordField {
        RecordField(key: key) { record in read(record).map(RecordValue.integer) ?? .null }
    }

    private static func number(_ key: String, _ read: @escaping @Sendable (TelemetryRecord) -> Double?) -> RecordField {
        RecordField(key: key) { record in read(record).map(RecordValue.number) ?? .null }
    }

    private static func seconds(
        _ key: String,
        _ read: @escaping @Sendable (TelemetryRecord) -> Duration?
    ) -> RecordField {
        number(key) { read($0)?.seconds }
    }

    private static func milliseconds(
        _ key: String,
        _ read: @escaping @Sendable (TelemetryRecord) -> Duration?
    ) -> RecordField {
        number(key) { read($0)?.milliseconds }
    }

    private static func joules(_ key: String, _ read: @escaping @Sendable (TelemetryRecord) -> Energy?) -> RecordField {
        number(key) { read($0)?.joules }
    }
}
