// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import TelemetryCore

/// Reads a line that has a `record_id`: one of our own, taken as it stands.
struct OwnRow {
    private let row: SourceRow

    init(_ values: SourceValues) {
        row = SourceRow(values, zero: .itself)
    }

    /// The line as a record.
    func record() throws(SourceRow.Refusal) -> TelemetryRecord {
        guard let text = try row.text(.recordId), let id = RecordID(text) else {
            throw SourceRow.Refusal(reason: "record_id is no UUID")
        }
        var record = TelemetryRecord(
            id: id,
            timestamp: try row.time(.timestamp),
            identity: try identity(),
            result: CallResult(
                outcome: try row.word(.outcome, CallOutcome.self),
                httpStatus: try row.count(.httpStatus),
                errorKind: try row.word(.errorKind, CallErrorKind.self),
                finishReason: try row.text(.finishReason)
            ),
            tokens: try tokens(),
            timing: try timing(),
            energy: try energy(),
            device: try device(),
            price: try price()
        )
        record.methodologyVersion = try row.count(.methodologyVersion)
        let counting = try row.count(.tokenCountingVersion)
        // What the methodology says already is not kept beside it.
        let isImplied = record.methodologyVersion != nil && counting == TelemetryRecord.currentTokenCountingVersion
        record.tokenCountingVersion = isImplied ? nil : counting
        record.given = try given(record)
        return record
    }

    private func identity() throws(SourceRow.Refusal) -> CallIdentity {
        var identity = CallIdentity()
        identity.operation = try row.word(.operation, InferenceOperation.self)
        identity.engine = try row.text(.engine).map(EngineKind.init)
        identity.upstream = try row.text(.upstream)
        identity.requestedModel = try row.text(.requestedModel)
        identity.model = try row.text(.modelId)
        identity.agent = try row.text(.agent)
        identity.session = try row.text(.session)
        identity.batch = try row.text(.batchId)
        identity.isWarmup = try row.flag(.isWarmup)
        identity.isStreaming = try row.flag(.isStreaming)
        identity.metadata = try row.metadata(.metadata)
        return identity
    }

    private func tokens() throws(SourceRow.Refusal) -> TokenCounts {
        var tokens = TokenCounts()
        tokens.prompt = try row.count(.promptTokens)
        tokens.cached = try row.count(.cachedTokens)
        tokens.promptEvaluated = try row.count(.promptTokensEvaluated)
        tokens.completion = try row.count(.completionTokens)
        tokens.reasoning = try row.count(.reasoningTokens)
        tokens.source = try row.word(.tokenSource, TokenSource.self)
        return tokens
    }

    private func timing() throws(SourceRow.Refusal) -> CallTiming {
        var timing = CallTiming()
        timing.latency = try row.seconds(.latencySeconds)
        timing.timeToFirstToken = try row.seconds(.ttft)
        timing.timeToFirstAnswer = try row.seconds(.timeToFirstAnswer)
        timing.timePerOutputToken = try row.milliseconds(.tpotMs)
        timing.chunkCount = try row.count(.chunkCount)
        timing.engineQueue = try row.seconds(.queueSeconds)
        timing.engineLoad = try row.seconds(.loadSeconds)
        timing.enginePrefill = try row.seconds(.enginePrefillSeconds)
        timing.engineDecode = try row.seconds(.engineDecodeSeconds)
        timing.interTokenLatency = try gaps(
            .meanItlMs,
            .medianItlMs,
            .p90ItlMs,
            .p95ItlMs,
            .p99ItlMs,
            .stdItlMs
        )
        timing.interChunkLatency = try gaps(.iclMeanMs, .iclP50Ms, nil, .iclP95Ms, .iclP99Ms, nil)
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
        _ mean: SourceColumn,
        _ median: SourceColumn,
        _ p90: SourceColumn?,
        _ p95: SourceColumn,
        _ p99: SourceColumn,
        _ deviation: SourceColumn?
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
        energy.total = try row.joules(.energyJoules)
        energy.dynamic = try row.joules(.energyDynamicJoules)
        energy.idle = try row.joules(.energyIdleJoules)
        energy.bound = try row.joules(.energyBoundJoules)
        energy.prefill = try row.joules(.prefillEnergyJoules)
        energy.decode = try row.joules(.decodeEnergyJoules)
        energy.cpu = try row.joules(.cpuEnergyJoules)
        energy.gpu = try row.joules(.gpuEnergyJoules)
        energy.dram = try row.joules(.dramEnergyJoules)
        energy.ane = try row.joules(.aneEnergyJoules)
        energy.peakPower = try row.watts(.peakPowerWatts)
        energy.method = try row.text(.energyMethod)
        energy.vendor = try row.text(.energyVendor)
        energy.sharing = try row.text(.energySharing)
        energy.reason = try row.text(.energyReason)
        energy.devices = try row.texts(.devices)
        return energy
    }

    private func device() throws(SourceRow.Refusal) -> DeviceUse {
        var device = DeviceUse()
        device.utilizationPercent = try row.number(.gpuUtilizationPct)
        device.memoryUsedGigabytes = try row.number(.gpuMemoryUsedGb)
        device.temperatureCelsius = try row.number(.gpuTemperatureC)
        return device
    }

    private func price() throws(SourceRow.Refusal) -> CallPrice {
        var price = CallPrice()
        price.costUSD = try row.number(.costUsd)
        price.source = try row.text(.priceSource)
        price.electricityCost = try row.number(.electricityCost)
        price.carbonGrams = try row.number(.carbonGrams)
        return price
    }

    /// What does not follow from the other keys.
    private func given(_ record: TelemetryRecord) throws(SourceRow.Refusal) -> GivenRatios {
        var given = GivenRatios()
        let total = try row.count(.totalTokens)
        // What follows from other keys may be smaller than anything that can be measured.
        let power = try row.number(.powerWatts).map(Power.watts)
        if total != record.totalTokens { given.totalTokens = total }
        if let power, !power.isNear(record.meanPower) { given.power = power }
        given.tokensPerSecond = try missing(record.tokensPerSecond, .throughputTokPerSec)
        given.tokensPerJoule = try missing(record.tokensPerJoule, .tokensPerJoule)
        given.joulesPerOutputToken = try missing(record.joulesPerOutputToken, .energyPerOutputTokenJoules)
        // A power that was measured by itself has been divided by.
        let perWatt = given.power == nil ? record.tokensPerSecondPerWatt : nil
        given.tokensPerSecondPerWatt = try missing(perWatt, .throughputPerWatt)
        let prefill = try row.seconds(.prefillLatencySeconds)
        let decode = try row.seconds(.decodeLatencySeconds)
        if record.prefillLatency == nil { given.prefillLatency = prefill }
        if record.decodeLatency == nil { given.decodeLatency = decode }
        return given
    }

    private func missing(_ derived: Double?, _ key: SourceColumn) throws(SourceRow.Refusal) -> Double? {
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
