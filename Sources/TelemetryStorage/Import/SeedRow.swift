// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import TelemetryCore

/// Reads a row of the seed: a 0 means unknown, save where a column may really be 0.
struct SeedRow {
    private let row: SourceRow

    init(_ values: SourceValues) {
        row = SourceRow(values, zero: .unknown)
    }

    /// The row as a record, without an identity of its own yet.
    func record() throws(SourceRow.Refusal) -> TelemetryRecord {
        let timestamp = try row.time(.timestamp)
        guard row[.modelId] != .null else { throw SourceRow.Refusal(reason: "no model_id") }
        var record = TelemetryRecord(
            id: RecordID(high: 0, low: 0),
            timestamp: timestamp,
            identity: try callIdentity(),
            tokens: try tokens(),
            energy: try energy()
        )
        record.timing = try timing(record)
        record.device = try device()
        record.price.costUSD = try row.number(.costUsd, zero: .itself)
        record.tokenCountingVersion = try row.count(.tokenCountingVersion, zero: .itself)
        record.miningSessionID = try row.text(.miningSessionId)
        record.given = try given(record)
        return record
    }

    private func callIdentity() throws(SourceRow.Refusal) -> CallIdentity {
        var identity = CallIdentity()
        identity.model = try row.text(.modelId)
        identity.engine = try row.text(.engine).map(EngineKind.init)
        identity.agent = try row.text(.agent)
        identity.batch = try row.text(.batchId)
        identity.isWarmup = try row.flag(.isWarmup)
        identity.isStreaming = try row.flag(.isStreaming)
        identity.metadata = try row.metadata(.metadata)
        return identity
    }

    private func tokens() throws(SourceRow.Refusal) -> TokenCounts {
        var tokens = TokenCounts()
        tokens.prompt = try row.count(.promptTokens)
        tokens.promptEvaluated = try row.count(.promptTokensEvaluated, zero: .itself)
        tokens.completion = try row.count(.completionTokens, zero: .itself)
        return tokens
    }

    private func energy() throws(SourceRow.Refusal) -> CallEnergy {
        var energy = CallEnergy()
        energy.total = try row.joules(.energyJoules)
        energy.prefill = try row.joules(.prefillEnergyJoules)
        energy.decode = try row.joules(.decodeEnergyJoules)
        energy.cpu = try row.joules(.cpuEnergyJoules)
        energy.gpu = try row.joules(.gpuEnergyJoules)
        energy.dram = try row.joules(.dramEnergyJoules)
        energy.method = try row.text(.energyMethod)
        energy.vendor = try row.text(.energyVendor)
        return energy
    }

    private func device() throws(SourceRow.Refusal) -> DeviceUse {
        var device = DeviceUse()
        device.utilizationPercent = try row.number(.gpuUtilizationPct)
        device.memoryUsedGigabytes = try row.number(.gpuMemoryUsedGb)
        device.temperatureCelsius = try row.number(.gpuTemperatureC)
        return device
    }

    private func timing(_ record: TelemetryRecord) throws(SourceRow.Refusal) -> CallTiming {
        var timing = CallTiming()
        timing.latency = try row.seconds(.latencySeconds)
        timing.timeToFirstToken = try row.seconds(.ttft)
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
        gaps.mean = try row.milliseconds(.meanItlMs)
        gaps.median = try row.milliseconds(.medianItlMs)
        gaps.p90 = try row.milliseconds(.p90ItlMs)
        gaps.p95 = try row.milliseconds(.p95ItlMs)
        gaps.p99 = try row.milliseconds(.p99ItlMs)
        let deviation = try row.milliseconds(.stdItlMs, zero: .itself)
        if gaps == GapStatistics(), (deviation ?? .zero) == .zero { return nil }
        gaps.standardDeviation = deviation
        return gaps
    }

    /// Derived values that the row gives though parts of them are missing, or that it measured by itself.
    private func given(_ record: TelemetryRecord) throws(SourceRow.Refusal) -> GivenRatios {
        var given = GivenRatios()
        let total = try row.count(.totalTokens)
        let power = try row.watts(.powerWatts)
        let throughput = try row.number(.throughputTokPerSec)
        let tokensPerJoule = try row.number(.tokensPerJoule)
        let joulesPerToken = try row.number(.energyPerOutputTokenJoules)
        let perWatt = try row.number(.throughputPerWatt)
        let prefill = try row.seconds(.prefillLatencySeconds)
        let decode = try row.seconds(.decodeLatencySeconds)
        given.totalTokens = total
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
