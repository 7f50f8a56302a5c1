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
        CallColumn.allCases.map(\.name)
    )
    static let insertExtra = insert(into: "call_extra", ["call"] + ExtraColumn.allCases.map(\.name))

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
        _ box: RecordBox,
        _ numbers: CallNumbers,
        precision: NumberPrecision,
        awaitsEnergy: Bool
    ) throws -> RollupKey? {
        var key = RollupKey()
        key.start = box.record.timestamp.microsecondsSinceEpoch
        key.model = try labels.number(of: box.record.identity.model, .model, in: database) ?? 0
        key.engine = try labels.number(of: box.record.identity.engine?.rawValue, .engine, in: database) ?? 0
        key.upstream = try labels.number(of: box.record.identity.upstream, .upstream, in: database) ?? 0
        key.operation = WordCodes.code(of: box.record.identity.operation, in: WordCodes.operations)
        key.outcome = WordCodes.code(of: box.record.result.outcome, in: WordCodes.outcomes)
        key.warmup = box.record.identity.isWarmup ? 1 : 0
        key.methodology = Int64(max(0, box.record.methodologyVersion ?? 0))

        // What is not bound is NULL: telling so of each absent value costs more than emptying all at once.
        sqlite3_clear_bindings(calls.statement)
        bindIdentity(box, key, flags: flags(of: box, numbers, awaitsEnergy: awaitsEnergy))
        try bindLabels(box)
        bindNumbers(numbers, gapsFollowChunks: Self.gapsFollowChunks(numbers))
        bindTimes(box, precision)
        bindResult(box)
        try bindEnergy(box, precision)
        let code = calls.runOnce()
        // A plain INSERT that fails is cheaper than one that is told to do nothing in that case.
        if code == ResultCode.SQLITE_CONSTRAINT_UNIQUE.rawValue { return nil }
        guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
        try insertExtra(box, precision)
        return key
    }

    private func flags(of box: RecordBox, _ numbers: CallNumbers, awaitsEnergy: Bool) -> CallFlags {
        var flags: CallFlags = []
        if box.record.identity.isWarmup { flags.insert(.warmup) }
        if box.record.identity.isStreaming { flags.insert(.streaming) }
        if awaitsEnergy { flags.insert(.awaitsEnergy) }
        if box.record.timing.interTokenLatency != nil { flags.insert(.gapsOfTokens) }
        let chunks = box.record.timing.interChunkLatency
        if chunks != nil, box.record.timing.interTokenLatency == nil || box.record.timing.interTokenLatency == chunks {
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

    private func bindIdentity(_ box: RecordBox, _ key: RollupKey, flags: CallFlags) {
        bind(key.start, .timestamp)
        bind(flags.rawValue, .flags)
        bind(key.model == 0 ? nil : key.model, .model)
        bind(key.engine == 0 ? nil : key.engine, .engine)
        bind(key.upstream == 0 ? nil : key.upstream, .upstream)
        bind(key.operation, .operation)
        bind(key.outcome, .outcome)
        bind(key.methodology, .methodology)
        withUnsafeBytes(of: (box.record.id.high.bigEndian, box.record.id.low.bigEndian)) { bytes in
            calls.bind(blob: bytes, at: CallColumn.recordID.parameter)
        }
        let metadata = box.record.identity.metadata.json
        if metadata != "{}" { calls.bind(metadata, at: CallColumn.metadata.parameter) }
    }

    private func bindLabels(_ box: RecordBox) throws {
        try bind(box.record.identity.agent, .agent, .agent)
        try bind(box.record.identity.session, .session, .session)
        try bind(box.record.identity.batch, .batch, .batch)
        try bind(box.record.identity.requestedModel, .model, .requestedModel)
        try bind(box.record.result.finishReason, .finishReason, .finishReason)
        try bind(box.record.price.source, .priceSource, .priceSource)
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

    private func bindTimes(_ box: RecordBox, _ precision: NumberPrecision) {
        func bind(_ duration: Duration?, _ column: CallColumn) {
            let number = RowNumber(duration, unit: RowNumber.microsecond, precision: precision)
            if let number { calls.bind(number, at: column.parameter) }
        }
        bind(box.record.timing.timeToFirstAnswer, .timeToFirstAnswer)
        bind(box.record.timing.engineQueue, .queueTime)
        bind(box.record.timing.engineLoad, .loadTime)
        bind(box.record.timing.enginePrefill, .enginePrefill)
        bind(box.record.timing.engineDecode, .engineDecode)
    }

    private func bindResult(_ box: RecordBox) {
        bind(box.record.result.httpStatus.map(Int64.init), .httpStatus)
        bind(WordCodes.code(of: box.record.result.errorKind, in: WordCodes.errorKinds), .errorKind)
        bind(WordCodes.code(of: box.record.tokens.source, in: WordCodes.tokenSources), .tokenSource)
    }

    private func bindEnergy(_ box: RecordBox, _ precision: NumberPrecision) throws {
        bind(RowNumber(box.record.energy.dynamic, precision: precision), .energyDynamic)
        bind(RowNumber(box.record.energy.idle, precision: precision), .energyIdle)
        bind(RowNumber(box.record.energy.bound, precision: precision), .energyBound)
        bind(RowNumber(box.record.energy.gpu, precision: precision), .gpuEnergy)
        bind(RowNumber(box.record.energy.cpu, precision: precision), .cpuEnergy)
        bind(RowNumber(box.record.energy.dram, precision: precision), .dramEnergy)
        bind(RowNumber(box.record.energy.peakPower?.watts), .peakPower)
        try bind(box.record.energy.method, .energyMethod, .energyMethod)
        try bind(box.record.energy.vendor, .energyVendor, .energyVendor)
        try bind(box.record.energy.sharing, .energySharing, .energySharing)
        try bind(box.record.energy.reason, .energyReason, .energyReason)
        try bind(DeviceList.text(of: box.record.energy.devices), .devices, .devices)
    }

    private func bind(_ value: Int64?, _ column: CallColumn) {
        if let value { calls.bind(value, at: column.parameter) }
    }

    private func bind(_ value: RowNumber?, _ column: CallColumn) {
        if let value { calls.bind(value, at: column.parameter) }
    }

    private func bind(_ text: String?, _ kind: LabelKind, _ column: CallColumn) throws {
        if let number = try labels.number(of: text, kind, in: database) { calls.bind(number, at: column.parameter) }
    }

    private static func insert(into table: String, _ columns: [String]) -> String {
        let places = repeatElement("?", count: columns.count).joined(separator: ", ")
        return "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(places))"
    }
}

extension CallInserter {
    /// Writes what few calls have, if the call has any of it.
    private func insertExtra(_ box: RecordBox, _ precision: NumberPrecision) throws {
        guard ExtraNumbers.mayExist(in: box) else { return }
        let values = ExtraNumbers(box.record, precision)
        guard !values.isEmpty else { return }
        sqlite3_clear_bindings(extras.statement)
        extras.bind(sqlite3_last_insert_rowid(connection), at: 1)
        for column in ExtraColumn.allCases {
            if let number = values[column] { extras.bind(number, at: column.parameter) }
        }
        if let session = box.record.miningSessionID { extras.bind(session, at: ExtraColumn.miningSession.parameter) }
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
