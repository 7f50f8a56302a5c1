// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import TelemetryCore

/// Reads a line that has a `record_id`: one of our own, taken as it stands.
struct OwnRow {
    private let row: SourceRow

    init(_ values: [String: SourceValue]) {
        row = SourceRow(values, zero: .itself)
    }

    /// The line as a record.
    func record() throws(SourceRow.Refusal) -> TelemetryRecord {
        guard let text = try row.text("record_id"), let id = RecordID(text) else {
            throw SourceRow.Refusal(reason: "record_id is no UUID")
        }
        var record = TelemetryRecord(
            id: id,
            timestamp: try row.time("timestamp"),
            identity: try identity(),
            result: CallResult(
                outcome: try row.word("outcome", CallOutcome.self),
                httpStatus: try row.count("http_status"),
                errorKind: try row.word("error_kind", CallErrorKind.self),
                finishReason: try row.text("finish_reason")
            ),
            tokens: try tokens(),
            timing: try timing(),
            energy: try energy(),
            device: try device(),
            price: try price()
        )
        record.methodologyVersion = try row.count("methodology_version")
        record.tokenCountingVersion = try row.count("token_counting_version")
        record.given = try given(record)
        return record
    }

    private func identity() throws(SourceRow.Refusal) -> CallIdentity {
        var identity = CallIdentity()
        identity.operation = try row.word("operation", InferenceOperation.self)
        identity.engine = try row.text("engine").map(EngineKind.init)
        identity.upstream = try row.text("upstream")
        identity.requestedModel = try row.text("requested_model")
        identity.model = try row.text("model_id")
        identity.agent = try row.text("agent")
        identity.session = try row.text("session")
        identity.batch = try row.text("batch_id")
        identity.isWarmup = try row.flag("is_warmup")
        identity.isStreaming = try row.flag("is_streaming")
        identity.metadata = try row.metadata("metadata")
        return identity
    }

    private func tokens() throws(SourceRow.Refusal) -> TokenCounts {
        var tokens = TokenCounts()
        tokens.prompt = try row.count("prompt_tokens")
        tokens.cached = try row.count("cached_tokens")
        tokens.promptEvaluated = try row.count("prompt_tokens_evaluated")
        tokens.completion = try row.count("completion_tokens")
        tokens.reasoning = try row.count("reasoning_tokens")
        tokens.source = try row.word("token_source", TokenSource.self)
        return tokens
    }

    private func timing() throws(SourceRow.Refusal) -> CallTiming {
        var timing = CallTiming()
        timing.latency = try row.seconds("latency_seconds")
        timing.timeToFirstToken = try row.seconds("ttft")
        timing.timeToFirstAnswer = try row.seconds("time_to_first_answer")
        timing.timePerOutputToken = try row.milliseconds("tpot_ms")
        timing.chunkCount = try row.count("chunk_count")
        timing.engineQueue = try row.seconds("queue_seconds")
        timing.engineLoad = try row.seconds("load_seconds")
        timing.enginePrefill = try row.seconds("engine_prefill_seconds")
        timing.engineDecode = try row.seconds("engine_decode_seconds")
        timing.interTokenLatency = try gaps(
            "mean_itl_ms",
            "median_itl_ms",
            "p90_itl_ms",
            "p95_itl_ms",
            "p99_itl_ms",
            "std_itl_ms"
        )
        timing.interChunkLatency = try gaps("icl_mean_ms", "icl_p50_ms", nil, "icl_p95_ms", "icl_p99_ms", nil)
        // The number of gaps has no key of its own; it follows from the chunks.
        let count = timing.chunkCount.flatMap { $0 > 1 ? $0 - 1 : nil }
        timing.interTokenLatency?.count = count
        timing.interChunkLatency?.count = count
        if let tokens = timing.interTokenLatency, let chunks = timing.interChunkLatency, tokens.covers(chunks) {
            timing.interChunkLatency = tokens
        }
        return timing
    }

    private func gaps(
        _ mean: String,
        _ median: String,
        _ p90: String?,
        _ p95: String,
        _ p99: String,
        _ deviation: String?
    ) throws(SourceRow.Refusal) -> GapStatistics? {
        var gaps = GapStatistics()
        gaps.mean = try row.milliseconds(mean)
        gaps.median = try row.milliseconds(median)
        gaps.p95 = try row.milliseconds(p95)
        gaps.p99 = try row.milliseconds(p99)
        if let p90 { gaps.p90 = try row.milliseconds(p90) }
        if let deviation { gaps.standardDeviation = try row.milliseconds(deviation) }
        return gaps == GapStatistics() ? nil : gaps
    }

    private func energy() throws(SourceRow.Refusal) -> CallEnergy {
        var energy = CallEnergy()
        energy.total = try row.joules("energy_joules")
        energy.dynamic = try row.joules("energy_dynamic_joules")
        energy.idle = try row.joules("energy_idle_joules")
        energy.bound = try row.joules("energy_bound_joules")
        energy.prefill = try row.joules("prefill_energy_joules")
        energy.decode = try row.joules("decode_energy_joules")
        energy.cpu = try row.joules("cpu_energy_joules")
        energy.gpu = try row.joules("gpu_energy_joules")
        energy.dram = try row.joules("dram_energy_joules")
        energy.ane = try row.joules("ane_energy_joules")
        energy.peakPower = try row.watts("peak_power_watts")
        energy.method = try row.text("energy_method")
        energy.vendor = try row.text("energy_vendor")
        energy.sharing = try row.text("energy_sharing")
        energy.reason = try row.text("energy_reason")
        energy.devices = try row.texts("devices")
        return energy
    }

    private func device() throws(SourceRow.Refusal) -> DeviceUse {
        var device = DeviceUse()
        device.utilizationPercent = try row.number("gpu_utilization_pct")
        device.memoryUsedGigabytes = try row.number("gpu_memory_used_gb")
        device.temperatureCelsius = try row.number("gpu_temperature_c")
        return device
    }

    private func price() throws(SourceRow.Refusal) -> CallPrice {
        var price = CallPrice()
        price.costUSD = try row.number("cost_usd")
        price.source = try row.text("price_source")
        price.electricityCost = try row.number("electricity_cost")
        price.carbonGrams = try row.number("carbon_grams")
        return price
    }

    /// What does not follow from the other keys.
    private func given(_ record: TelemetryRecord) throws(SourceRow.Refusal) -> GivenRatios {
        var given = GivenRatios()
        let total = try row.count("total_tokens")
        let power = try row.watts("power_watts")
        if total != record.totalTokens { given.totalTokens = total }
        if let power, !power.isNear(record.meanPower) { given.power = power }
        given.tokensPerSecond = try missing(record.tokensPerSecond, "throughput_tok_per_sec")
        given.tokensPerJoule = try missing(record.tokensPerJoule, "tokens_per_joule")
        given.joulesPerOutputToken = try missing(record.joulesPerOutputToken, "energy_per_output_token_joules")
        given.tokensPerSecondPerWatt = try missing(record.tokensPerSecondPerWatt, "throughput_per_watt")
        let prefill = try row.seconds("prefill_latency_seconds")
        let decode = try row.seconds("decode_latency_seconds")
        if record.prefillLatency == nil { given.prefillLatency = prefill }
        if record.decodeLatency == nil { given.decodeLatency = decode }
        return given
    }

    private func missing(_ derived: Double?, _ key: String) throws(SourceRow.Refusal) -> Double? {
        let value = try row.number(key)
        return derived == nil ? value : nil
    }
}

extension GapStatistics {
    /// Whether other gaps are the same as far as they are told.
    fileprivate func covers(_ other: GapStatistics) -> Bool {
        mean == other.mean && median == other.median && p95 == other.p95 && p99 == other.p99
    }
}
