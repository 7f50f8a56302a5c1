// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import TelemetryCore

/// Reads a row of the seed: a 0 means unknown, save where a column may really be 0.
struct SeedRow {
    private let row: SourceRow

    init(_ values: [String: SourceValue]) {
        row = SourceRow(values, zero: .unknown)
    }

    /// The row as a record, without an identity of its own yet.
    func record() throws(SourceRow.Refusal) -> TelemetryRecord {
        let timestamp = try row.time("timestamp")
        guard row["model_id"] != .null else { throw SourceRow.Refusal(reason: "no model_id") }
        var record = TelemetryRecord(
            id: RecordID(high: 0, low: 0),
            timestamp: timestamp,
            identity: try callIdentity(),
            tokens: try tokens(),
            energy: try energy()
        )
        record.timing = try timing(record)
        record.device = try device()
        record.price.costUSD = try row.number("cost_usd", zero: .itself)
        record.tokenCountingVersion = try row.count("token_counting_version", zero: .itself)
        record.miningSessionID = try row.text("mining_session_id")
        record.given = try given(record)
        return record
    }

    private func callIdentity() throws(SourceRow.Refusal) -> CallIdentity {
        var identity = CallIdentity()
        identity.model = try row.text("model_id")
        identity.engine = try row.text("engine").map(EngineKind.init)
        identity.agent = try row.text("agent")
        identity.batch = try row.text("batch_id")
        identity.isWarmup = try row.flag("is_warmup")
        identity.isStreaming = try row.flag("is_streaming")
        identity.metadata = try row.metadata("metadata")
        return identity
    }

    private func tokens() throws(SourceRow.Refusal) -> TokenCounts {
        var tokens = TokenCounts()
        tokens.prompt = try row.count("prompt_tokens")
        tokens.promptEvaluated = try row.count("prompt_tokens_evaluated", zero: .itself)
        tokens.completion = try row.count("completion_tokens", zero: .itself)
        return tokens
    }

    private func energy() throws(SourceRow.Refusal) -> CallEnergy {
        var energy = CallEnergy()
        energy.total = try row.joules("energy_joules")
        energy.prefill = try row.joules("prefill_energy_joules")
        energy.decode = try row.joules("decode_energy_joules")
        energy.cpu = try row.joules("cpu_energy_joules")
        energy.gpu = try row.joules("gpu_energy_joules")
        energy.dram = try row.joules("dram_energy_joules")
        energy.method = try row.text("energy_method")
        energy.vendor = try row.text("energy_vendor")
        return energy
    }

    private func device() throws(SourceRow.Refusal) -> DeviceUse {
        var device = DeviceUse()
        device.utilizationPercent = try row.number("gpu_utilization_pct")
        device.memoryUsedGigabytes = try row.number("gpu_memory_used_gb")
        device.temperatureCelsius = try row.number("gpu_temperature_c")
        return device
    }

    private func timing(_ record: TelemetryRecord) throws(SourceRow.Refusal) -> CallTiming {
        var timing = CallTiming()
        timing.latency = try row.seconds("latency_seconds")
        timing.timeToFirstToken = try row.seconds("ttft")
        timing.interTokenLatency = try gaps()
        if record.identity.isStreaming, let tokens = record.tokens.completion, tokens > 1,
            let latency = timing.latency, let first = timing.timeToFirstToken, first <= latency
        {
            timing.timePerOutputToken = (latency - first) / (tokens - 1)
        }
        return timing
    }

    private func gaps() throws(SourceRow.Refusal) -> GapStatistics? {
        var gaps = GapStatistics()
        gaps.mean = try row.milliseconds("mean_itl_ms")
        gaps.median = try row.milliseconds("median_itl_ms")
        gaps.p90 = try row.milliseconds("p90_itl_ms")
        gaps.p95 = try row.milliseconds("p95_itl_ms")
        gaps.p99 = try row.milliseconds("p99_itl_ms")
        let deviation = try row.milliseconds("std_itl_ms", zero: .itself)
        if gaps == GapStatistics(), (deviation ?? .zero) == .zero { return nil }
        gaps.standardDeviation = deviation
        return gaps
    }

    /// Derived values that the row gives though parts of them are missing, or that it measured by itself.
    private func given(_ record: TelemetryRecord) throws(SourceRow.Refusal) -> GivenRatios {
        var given = GivenRatios()
        let total = try row.count("total_tokens")
        let power = try row.watts("power_watts")
        let throughput = try row.number("throughput_tok_per_sec")
        let tokensPerJoule = try row.number("tokens_per_joule")
        let joulesPerToken = try row.number("energy_per_output_token_joules")
        let perWatt = try row.number("throughput_per_watt")
        let prefill = try row.seconds("prefill_latency_seconds")
        let decode = try row.seconds("decode_latency_seconds")
        given.totalTokens = total
        if total == nil, record.tokens.total == nil {
            given.totalTokens = record.tokens.prompt ?? record.tokens.completion
        }
        if let power, !power.isNear(record.meanPower) { given.power = power }
        if record.tokensPerSecond == nil { given.tokensPerSecond = throughput }
        if record.tokensPerJoule == nil { given.tokensPerJoule = tokensPerJoule }
        if record.joulesPerOutputToken == nil { given.joulesPerOutputToken = joulesPerToken }
        if record.tokensPerSecondPerWatt == nil { given.tokensPerSecondPerWatt = perWatt }
        if record.prefillLatency == nil { given.prefillLatency = prefill }
        if record.decodeLatency == nil { given.decodeLatency = decode }
        return given
    }
}

extension Power {
    /// Whether another power is the same number, as far as decimals tell.
    func isNear(_ other: Power?) -> Bool {
        guard let other else { return false }
        return abs(watts - other.watts) <= 1e-12 * max(abs(watts), abs(other.watts))
    }
}
