// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import GRDBSQLite
internal import TelemetryCore

/// Writes a call's row by a prepared statement.
struct CallInserter {
    private let database: Database
    private let labels: LabelCache
    private let calls: StatementBinder
    private let extras: StatementBinder
    private let connection: OpaquePointer?

    static let insertCall = insert(
        into: "call",
        CallColumn.allCases.map(\.name),
        onConflict: " ON CONFLICT (record_id) DO NOTHING"
    )
    static let insertExtra = insert(into: "call_extra", ["call"] + ExtraColumn.allCases.map(\.name), onConflict: "")

    init(_ database: Database, labels: LabelCache) throws {
        self.database = database
        self.labels = labels
        connection = database.sqliteConnection
        calls = StatementBinder(statement: try database.cachedStatement(sql: Self.insertCall).sqliteStatement)
        extras = StatementBinder(statement: try database.cachedStatement(sql: Self.insertExtra).sqliteStatement)
    }

    /// Inserts a call.
    ///
    /// - Returns: The keys of its roll-ups, or nothing if a call of that identity is there already.
    func insert(
        _ record: TelemetryRecord,
        _ numbers: CallNumbers,
        precision: NumberPrecision,
        awaitsEnergy: Bool
    ) throws -> RollupKey? {
        var key = RollupKey()
        key.start = record.timestamp.microsecondsSinceEpoch
        key.model = try labels.number(of: record.identity.model, .model, in: database) ?? 0
        key.engine = try labels.number(of: record.identity.engine?.rawValue, .engine, in: database) ?? 0
        key.upstream = try labels.number(of: record.identity.upstream, .upstream, in: database) ?? 0
        key.operation = WordCodes.code(of: record.identity.operation, in: WordCodes.operations)
        key.outcome = WordCodes.code(of: record.result.outcome, in: WordCodes.outcomes)
        key.warmup = record.identity.isWarmup ? 1 : 0
        key.methodology = Int64(max(0, record.methodologyVersion ?? 0))

        bindIdentity(record, key, flags: flags(of: record, numbers, awaitsEnergy: awaitsEnergy))
        try bindLabels(record)
        bindNumbers(numbers, gapsFollowChunks: Self.gapsFollowChunks(numbers))
        bindTimes(record.timing, precision)
        bindResult(record)
        try bindEnergy(record.energy, precision)
        let code = calls.runOnce()
        guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
        guard sqlite3_changes(connection) > 0 else { return nil }
        try insertExtra(record, numbers, precision)
        return key
    }

    private func flags(of record: TelemetryRecord, _ numbers: CallNumbers, awaitsEnergy: Bool) -> CallFlags {
        var flags: CallFlags = []
        if record.identity.isWarmup { flags.insert(.warmup) }
        if record.identity.isStreaming { flags.insert(.streaming) }
        if awaitsEnergy { flags.insert(.awaitsEnergy) }
        if record.timing.interTokenLatency != nil { flags.insert(.gapsOfTokens) }
        let chunks = record.timing.interChunkLatency
        if chunks != nil, record.timing.interTokenLatency == nil || record.timing.interTokenLatency == chunks {
            flags.insert(.gapsOfChunks)
        }
        if Self.gapsFollowChunks(numbers) { flags.insert(.gapsFollowChunks) }
        return flags
    }

    private static func gapsFollowChunks(_ numbers: CallNumbers) -> Bool {
        guard case .integer(let gaps) = numbers.gaps.count, case .integer(let chunks) = numbers.chunkCount else {
            return false
        }
        return gaps == chunks - 1
    }

    private func bindIdentity(_ record: TelemetryRecord, _ key: RollupKey, flags: CallFlags) {
        bind(key.start, .timestamp)
        bind(flags.rawValue, .flags)
        bind(key.model == 0 ? nil : key.model, .model)
        bind(key.engine == 0 ? nil : key.engine, .engine)
        bind(key.upstream == 0 ? nil : key.upstream, .upstream)
        bind(key.operation, .operation)
        bind(key.outcome, .outcome)
        bind(key.methodology, .methodology)
        withUnsafeBytes(of: (record.id.high.bigEndian, record.id.low.bigEndian)) { bytes in
            calls.bind(blob: bytes, at: CallColumn.recordID.parameter)
        }
        let metadata = record.identity.metadata
        calls.bind(metadata.isEmpty ? nil : metadata.json, at: CallColumn.metadata.parameter)
    }

    private func bindLabels(_ record: TelemetryRecord) throws {
        let identity = record.identity
        try bind(identity.agent, .agent, .agent)
        try bind(identity.session, .session, .session)
        try bind(identity.batch, .batch, .batch)
        try bind(identity.requestedModel, .model, .requestedModel)
        try bind(record.result.finishReason, .finishReason, .finishReason)
        try bind(record.price.source, .priceSource, .priceSource)
    }

    private func bindNumbers(_ numbers: CallNumbers, gapsFollowChunks: Bool) {
        bind(numbers.promptTokens, .promptTokens)
        bind(numbers.completionTokens, .completionTokens)
        bind(numbers.cachedTokens, .cachedTokens)
        bind(numbers.promptTokensEvaluated, .promptTokensEvaluated)
        bind(numbers.reasoningTokens, .reasoningTokens)
        bind(numbers.givenTotalTokens, .totalTokens)
        bind(numbers.latency, .latency)
        bind(numbers.timeToFirstToken, .timeToFirstToken)
        bind(numbers.timePerOutputToken, .timePerOutputToken)
        bind(numbers.cost, .cost)
        bind(numbers.energy, .energy)
        bind(numbers.prefillEnergy, .prefillEnergy)
        bind(numbers.decodeEnergy, .decodeEnergy)
        bind(numbers.gpuUtilization, .gpuUtilization)
        bind(numbers.electricityCost, .electricityCost)
        bind(numbers.carbon, .carbon)
        bind(numbers.chunkCount, .chunkCount)
        bind(gapsFollowChunks ? nil : numbers.gaps.count, .gapCount)
        bind(numbers.gaps.mean, .gapMean)
        bind(numbers.gaps.median, .gapMedian)
        bind(numbers.gaps.p90, .gapP90)
        bind(numbers.gaps.p95, .gapP95)
        bind(numbers.gaps.p99, .gapP99)
        bind(numbers.gaps.deviation, .gapDeviation)
    }

    private func bindTimes(_ timing: CallTiming, _ precision: NumberPrecision) {
        func bind(_ duration: Duration?, _ column: CallColumn) {
            let number = RowNumber(duration, unit: RowNumber.microsecond, precision: precision)
            calls.bind(number, at: column.parameter)
        }
        bind(timing.timeToFirstAnswer, .timeToFirstAnswer)
        bind(timing.engineQueue, .queueTime)
        bind(timing.engineLoad, .loadTime)
        bind(timing.enginePrefill, .enginePrefill)
        bind(timing.engineDecode, .engineDecode)
    }

    private func bindResult(_ record: TelemetryRecord) {
        bind(record.result.httpStatus.map(Int64.init), .httpStatus)
        bind(WordCodes.code(of: record.result.errorKind, in: WordCodes.errorKinds), .errorKind)
        bind(WordCodes.code(of: record.tokens.source, in: WordCodes.tokenSources), .tokenSource)
    }

    private func bindEnergy(_ energy: CallEnergy, _ precision: NumberPrecision) throws {
        bind(RowNumber(energy.dynamic, precision: precision), .energyDynamic)
        bind(RowNumber(energy.idle, precision: precision), .energyIdle)
        bind(RowNumber(energy.bound, precision: precision), .energyBound)
        bind(RowNumber(energy.gpu, precision: precision), .gpuEnergy)
        bind(RowNumber(energy.cpu, precision: precision), .cpuEnergy)
        bind(RowNumber(energy.dram, precision: precision), .dramEnergy)
        bind(RowNumber(energy.peakPower?.watts), .peakPower)
        try bind(energy.method, .energyMethod, .energyMethod)
        try bind(energy.vendor, .energyVendor, .energyVendor)
        try bind(energy.sharing, .energySharing, .energySharing)
        try bind(energy.reason, .energyReason, .energyReason)
        try bind(DeviceList.text(of: energy.devices), .devices, .devices)
    }

    private func bind(_ value: Int64?, _ column: CallColumn) {
        calls.bind(value, at: column.parameter)
    }

    private func bind(_ value: RowNumber?, _ column: CallColumn) {
        calls.bind(value, at: column.parameter)
    }

    private func bind(_ text: String?, _ kind: LabelKind, _ column: CallColumn) throws {
        calls.bind(try labels.number(of: text, kind, in: database), at: column.parameter)
    }

    private static func insert(into table: String, _ columns: [String], onConflict: String) -> String {
        let places = repeatElement("?", count: columns.count).joined(separator: ", ")
        return "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(places))\(onConflict)"
    }
}

extension CallInserter {
    /// Writes what few calls have, if the call has any of it.
    private func insertExtra(_ record: TelemetryRecord, _ numbers: CallNumbers, _ precision: NumberPrecision) throws {
        guard ExtraNumbers.mayExist(in: record) else { return }
        let values = ExtraNumbers(record, precision)
        guard !values.isEmpty else { return }
        extras.bind(sqlite3_last_insert_rowid(connection), at: 1)
        for column in ExtraColumn.allCases where column != .miningSession {
            extras.bind(values[column], at: column.parameter)
        }
        extras.bind(record.miningSessionID, at: ExtraColumn.miningSession.parameter)
        let code = extras.runOnce()
        guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }
}

/// Lists of devices as the text of a label.
enum DeviceList {
    private static let separator: Character = "\u{1F}"

    static func text(of devices: [String]) -> String? {
        devices.isEmpty ? nil : devices.joined(separator: String(separator))
    }

    static func devices(of text: String?) -> [String] {
        text.map { $0.split(separator: separator).map(String.init) } ?? []
    }
}
