// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import GRDBSQLite
internal import TelemetryCore

/// Turns rows back into records.
struct CallDecoder {
    private let row: StatementRow
    private let labels: LabelNames

    /// The columns that a record is read from: all of a call's row after its number, then its extras.
    static let columns =
        (["c.id"] + CallColumn.allCases.map { "c.\($0.name)" } + ["x.call"]
        + ExtraColumn.allCases.map { "x.\($0.name)" })
        .joined(separator: ", ")
    static let tables = "call AS c LEFT JOIN call_extra AS x ON x.call = c.id"

    init(_ statement: OpaquePointer, labels: LabelNames) {
        row = StatementRow(statement: statement)
        self.labels = labels
    }

    /// The row's own number.
    var number: Int64 {
        row.int(0)
    }

    /// The record of the present row.
    func record() throws -> TelemetryRecord {
        let flags = CallFlags(rawValue: integer(.flags) ?? 0)
        var record = TelemetryRecord(
            id: recordID(),
            timestamp: WallTime(microsecondsSinceEpoch: integer(.timestamp) ?? 0),
            identity: try identity(flags),
            result: try result(),
            tokens: tokens(),
            timing: timing(flags),
            energy: try energy(),
            device: device(),
            price: try price()
        )
        record.given.totalTokens = count(.totalTokens)
        record.methodologyVersion = integer(.methodology).flatMap { $0 > 0 ? Int($0) : nil }
        if !row.isNull(Self.firstExtra - 1) { setExtras(of: &record, flags) }
        return record
    }

    private func recordID() -> RecordID {
        row.withBlob(index(.recordID)) { bytes in
            guard bytes.count == 16 else { return RecordID(high: 0, low: UInt64(row.int(0))) }
            return RecordID(
                high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    private func identity(_ flags: CallFlags) throws -> CallIdentity {
        var identity = CallIdentity()
        identity.operation = WordCodes.word(integer(.operation) ?? 0, in: WordCodes.operations)
        identity.engine = try label(.engine).map(EngineKind.init)
        identity.upstream = try label(.upstream)
        identity.requestedModel = try label(.requestedModel)
        identity.model = try label(.model)
        identity.agent = try label(.agent)
        identity.session = try label(.session)
        identity.batch = try label(.batch)
        identity.isWarmup = flags.contains(.warmup)
        identity.isStreaming = flags.contains(.streaming)
        if let metadata = row.text(index(.metadata)) { identity.metadata = CallMetadata(uncheckedJSON: metadata) }
        return identity
    }

    private func result() throws -> CallResult {
        CallResult(
            outcome: WordCodes.word(integer(.outcome) ?? 0, in: WordCodes.outcomes),
            httpStatus: count(.httpStatus),
            errorKind: WordCodes.word(integer(.errorKind) ?? 0, in: WordCodes.errorKinds),
            finishReason: try label(.finishReason)
        )
    }

    private func tokens() -> TokenCounts {
        var tokens = TokenCounts()
        tokens.prompt = count(.promptTokens)
        tokens.cached = count(.cachedTokens)
        tokens.promptEvaluated = count(.promptTokensEvaluated)
        tokens.completion = count(.completionTokens)
        tokens.reasoning = count(.reasoningTokens)
        tokens.source = WordCodes.word(integer(.tokenSource) ?? 0, in: WordCodes.tokenSources)
        return tokens
    }

    private func timing(_ flags: CallFlags) -> CallTiming {
        var timing = CallTiming()
        timing.latency = duration(.latency, RowNumber.microsecond)
        timing.timeToFirstToken = duration(.timeToFirstToken, RowNumber.microsecond)
        timing.timeToFirstAnswer = duration(.timeToFirstAnswer, RowNumber.microsecond)
        timing.timePerOutputToken = duration(.timePerOutputToken, RowNumber.nanosecond)
        timing.chunkCount = count(.chunkCount)
        timing.engineQueue = duration(.queueTime, RowNumber.microsecond)
        timing.engineLoad = duration(.loadTime, RowNumber.microsecond)
        timing.enginePrefill = duration(.enginePrefill, RowNumber.microsecond)
        timing.engineDecode = duration(.engineDecode, RowNumber.microsecond)
        guard flags.contains(.gapsOfTokens) || flags.contains(.gapsOfChunks) else { return timing }
        let gaps = gaps(flags)
        if flags.contains(.gapsOfTokens) { timing.interTokenLatency = gaps }
        if flags.contains(.gapsOfChunks) { timing.interChunkLatency = gaps }
        return timing
    }

    private func gaps(_ flags: CallFlags) -> GapStatistics {
        var gaps = GapStatistics()
        gaps.count = flags.contains(.gapsFollowChunks) ? count(.chunkCount).map { $0 - 1 } : count(.gapCount)
        gaps.mean = duration(.gapMean, RowNumber.nanosecond)
        gaps.median = duration(.gapMedian, RowNumber.nanosecond)
        gaps.p90 = duration(.gapP90, RowNumber.nanosecond)
        gaps.p95 = duration(.gapP95, RowNumber.nanosecond)
        gaps.p99 = duration(.gapP99, RowNumber.nanosecond)
        gaps.standardDeviation = duration(.gapDeviation, RowNumber.nanosecond)
        return gaps
    }

    private func energy() throws -> CallEnergy {
        var energy = CallEnergy()
        energy.total = joules(.energy)
        energy.dynamic = joules(.energyDynamic)
        energy.idle = joules(.energyIdle)
        energy.bound = joules(.energyBound)
        energy.prefill = joules(.prefillEnergy)
        energy.decode = joules(.decodeEnergy)
        energy.cpu = joules(.cpuEnergy)
        energy.gpu = joules(.gpuEnergy)
        energy.dram = joules(.dramEnergy)
        energy.peakPower = row.double(index(.peakPower)).map(Power.watts)
        energy.method = try label(.energyMethod)
        energy.vendor = try label(.energyVendor)
        energy.sharing = try label(.energySharing)
        energy.reason = try label(.energyReason)
        energy.devices = DeviceList.devices(of: try label(.devices))
        return energy
    }

    private func device() -> DeviceUse {
        var device = DeviceUse()
        device.utilizationPercent = row.double(index(.gpuUtilization))
        return device
    }

    private func price() throws -> CallPrice {
        var price = CallPrice()
        price.costUSD = row.double(index(.cost)).map { $0 / 1e9 }
        price.source = try label(.priceSource)
        price.electricityCost = row.double(index(.electricityCost))
        price.carbonGrams = row.double(index(.carbon))
        return price
    }
}

extension CallDecoder {
    private static let firstExtra = Int32(CallColumn.allCases.count) + 2

    private func setExtras(of record: inout TelemetryRecord, _ flags: CallFlags) {
        record.energy.ane = Self.energy(row.number(index(.aneEnergy)))
        record.device.memoryUsedGigabytes = row.double(index(.gpuMemory))
        record.device.temperatureCelsius = row.double(index(.gpuTemperature))
        record.given.power = row.double(index(.givenPower)).map(Power.watts)
        record.given.tokensPerSecond = row.double(index(.givenTokensPerSecond))
        record.given.tokensPerJoule = row.double(index(.givenTokensPerJoule))
        record.given.joulesPerOutputToken = row.double(index(.givenJoulesPerToken))
        record.given.tokensPerSecondPerWatt = row.double(index(.givenThroughputPerWatt))
        record.given.prefillLatency = seconds(.givenPrefillLatency)
        record.given.decodeLatency = seconds(.givenDecodeLatency)
        record.tokenCountingVersion = row.optionalInt(index(.tokenCountingVersion)).map(Int.init)
        record.miningSessionID = row.text(index(.miningSession))
        if flags.contains(.gapsOfTokens), !flags.contains(.gapsOfChunks) {
            record.timing.interChunkLatency = chunkGaps()
        }
    }

    private func chunkGaps() -> GapStatistics? {
        var gaps = GapStatistics()
        gaps.count = row.optionalInt(index(.chunkGapCount)).map(Int.init)
        gaps.mean = Self.duration(row.number(index(.chunkGapMean)), RowNumber.nanosecond)
        gaps.median = Self.duration(row.number(index(.chunkGapMedian)), RowNumber.nanosecond)
        gaps.p90 = Self.duration(row.number(index(.chunkGapP90)), RowNumber.nanosecond)
        gaps.p95 = Self.duration(row.number(index(.chunkGapP95)), RowNumber.nanosecond)
        gaps.p99 = Self.duration(row.number(index(.chunkGapP99)), RowNumber.nanosecond)
        gaps.standardDeviation = Self.duration(row.number(index(.chunkGapDeviation)), RowNumber.nanosecond)
        return gaps == GapStatistics() ? nil : gaps
    }

    private func seconds(_ column: ExtraColumn) -> Duration? {
        row.double(index(column)).flatMap { Duration(microseconds: $0 * 1e6) }
    }

    private func index(_ column: CallColumn) -> Int32 {
        column.rawValue + 1
    }

    private func index(_ column: ExtraColumn) -> Int32 {
        Self.firstExtra + column.rawValue
    }

    private func integer(_ column: CallColumn) -> Int64? {
        row.optionalInt(index(column))
    }

    private func count(_ column: CallColumn) -> Int? {
        row.optionalInt(index(column)).map(Int.init)
    }

    private func label(_ column: CallColumn) throws -> String? {
        guard let number = row.optionalInt(index(column)) else { return nil }
        return try labels.text(of: number)
    }

    private func duration(_ column: CallColumn, _ unit: Int128) -> Duration? {
        Self.duration(row.number(index(column)), unit)
    }

    private func joules(_ column: CallColumn) -> Energy? {
        Self.energy(row.number(index(column)))
    }

    private static func duration(_ number: RowNumber?, _ unit: Int128) -> Duration? {
        switch number {
        case .integer(let value): Duration(attoseconds: Int128(value) * unit)
        case .real(let value): amount(value * Double(unit)).map { Duration(attoseconds: $0) }
        case nil: nil
        }
    }

    private static func energy(_ number: RowNumber?) -> Energy? {
        switch number {
        case .integer(let value): .nanojoules(value)
        case .real(let value): amount(value * 1e9).map(Energy.init(attojoules:))
        case nil: nil
        }
    }

    /// Nothing for what no row of ours holds, lest a damaged one end the program.
    private static func amount(_ value: Double) -> Int128? {
        abs(value) < 1e37 ? Int128(value.rounded()) : nil
    }
}
