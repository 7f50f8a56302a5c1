// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import GRDBSQLite
internal import TelemetryCore

/// Completes rows that wait for their energy, once each, with the roll-ups in the same transaction.
struct EnergyCompletion {
    private let database: Database
    private let labels: LabelCache

    init(_ database: Database, labels: LabelCache) {
        self.database = database
        self.labels = labels
    }

    /// Sets a waiting row's energy; a row that is final stays as it is.
    func complete(
        _ id: RecordID,
        _ energy: CallEnergy,
        _ use: DeviceUse,
        _ price: CallPrice,
        _ delta: inout RollupDelta
    ) throws {
        guard let found = try find(id) else { return }
        let numbers = CallNumbers(energy: energy, price: price, precision: .measured)
        let utilization = RowNumber(use.utilizationPercent)
        try update(found.number, energy, numbers, utilization)
        try setExtras(of: found.number, energy, use)
        var measures = found.measures
        measures.energy = numbers.energy?.double
        measures.prefillEnergy = numbers.prefillEnergy?.double
        measures.decodeEnergy = numbers.decodeEnergy?.double
        // The price by the token was counted when the row was written.
        measures.cost = nil
        measures.electricityCost = numbers.electricityCost?.double
        measures.carbon = numbers.carbon?.double
        // What the row had was counted with it.
        measures.gpuUtilization = found.measures.gpuUtilization == nil ? utilization?.double : nil
        delta.addEnergy(measures, to: found.key)
    }

    /// Makes the waiting rows final without energy whose calls were over before a time, in microseconds since the epoch,
    /// and returns how many there were.
    @discardableResult
    func finalize(reason: String, before end: Int64 = .max) throws -> Int {
        let label = try labels.number(of: reason, .energyReason, in: database)
        try database.execute(
            sql: """
                UPDATE call SET flags = flags & ~\(CallFlags.awaitsEnergy.rawValue), energy_reason = ?
                WHERE \(Self.isWaiting)
                """,
            arguments: [label, end]
        )
        return database.changesCount
    }

    /// Whether calls that were over before a time still wait for their energy.
    static func hasAbandoned(_ database: Database, before end: Int64) throws -> Bool {
        try Int.fetchOne(database, sql: "SELECT 1 FROM call WHERE \(isWaiting) LIMIT 1", arguments: [end]) != nil
    }

    private static let isWaiting = """
        flags & \(CallFlags.awaitsEnergy.rawValue) <> 0 AND timestamp + coalesce(latency, 0) < ?
        """

    private struct Found {
        var number: Int64
        var key: RollupKey
        var measures: CallMeasures
    }

    private func find(_ id: RecordID) throws -> Found? {
        let select = try database.cachedStatement(sql: Self.select)
        let row = StatementRow(statement: select.sqliteStatement)
        withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { bytes in
            StatementBinder(statement: row.statement).bind(blob: bytes, at: 1)
        }
        defer { sqlite3_reset(row.statement) }
        let code = sqlite3_step(row.statement)
        if code == SQLITE_DONE { return nil }
        guard code == SQLITE_ROW else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
        let measured = MeasuredRow(row.statement, from: 1)
        guard measured.flags.contains(.awaitsEnergy) else { return nil }
        return Found(number: row.int(0), key: measured.key, measures: measured.measures)
    }

    private func update(
        _ number: Int64,
        _ energy: CallEnergy,
        _ numbers: CallNumbers,
        _ utilization: RowNumber?
    ) throws {
        let update = StatementBinder(statement: try database.cachedStatement(sql: Self.update).sqliteStatement)
        let parts: [RowNumber?] = [
            numbers.energy, numbers.prefillEnergy, numbers.decodeEnergy,
            RowNumber(energy.dynamic, precision: .measured), RowNumber(energy.idle, precision: .measured),
            RowNumber(energy.bound, precision: .measured), RowNumber(energy.gpu, precision: .measured),
            RowNumber(energy.cpu, precision: .measured), RowNumber(energy.dram, precision: .measured),
            RowNumber(energy.peakPower?.watts), numbers.electricityCost, numbers.carbon,
        ]
        let texts: [(String?, LabelKind)] = [
            (energy.method, .energyMethod), (energy.vendor, .energyVendor), (energy.sharing, .energySharing),
            (energy.reason, .energyReason), (DeviceList.text(of: energy.devices), .devices),
        ]
        var index: Int32 = 1
        for part in parts {
            update.bind(part, at: index)
            index += 1
        }
        for (text, kind) in texts {
            update.bind(try labels.number(of: text, kind, in: database), at: index)
            index += 1
        }
        update.bind(utilization, at: index)
        update.bind(number, at: index + 1)
        let code = update.runOnce()
        guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    /// What few calls have stands in a row of its own, which may be there already.
    private func setExtras(of number: Int64, _ energy: CallEnergy, _ use: DeviceUse) throws {
        let values = [
            RowNumber(energy.ane, precision: .measured), RowNumber(use.memoryUsedGigabytes),
            RowNumber(use.temperatureCelsius),
        ]
        guard values.contains(where: { $0 != nil }) else { return }
        let insert = StatementBinder(statement: try database.cachedStatement(sql: Self.upsertExtras).sqliteStatement)
        insert.bind(number, at: 1)
        for (index, value) in values.enumerated() { insert.bind(value, at: Int32(index) + 2) }
        let code = insert.runOnce()
        guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    private static let upsertExtras = """
        INSERT INTO call_extra (call, ane_energy, gpu_memory, gpu_temperature) VALUES (?, ?, ?, ?)
        ON CONFLICT (call) DO UPDATE SET ane_energy = coalesce(excluded.ane_energy, ane_energy),
            gpu_memory = coalesce(excluded.gpu_memory, gpu_memory),
            gpu_temperature = coalesce(excluded.gpu_temperature, gpu_temperature)
        """

    private static let columns: [CallColumn] = [
        .energy, .prefillEnergy, .decodeEnergy, .energyDynamic, .energyIdle, .energyBound, .gpuEnergy, .cpuEnergy,
        .dramEnergy, .peakPower, .electricityCost, .carbon, .energyMethod, .energyVendor, .energySharing,
        .energyReason, .devices,
    ]

    private static let update = """
        UPDATE call SET \(columns.map { "\($0.name) = ?" }.joined(separator: ", ")),
            gpu_utilization = coalesce(?, gpu_utilization), flags = flags & ~\(CallFlags.awaitsEnergy.rawValue)
        WHERE id = ?
        """

    private static let select = """
        SELECT c.id, \(MeasuredRow.columns) FROM call AS c WHERE record_id = ?
        """
}
