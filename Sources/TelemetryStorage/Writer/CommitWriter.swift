// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import GRDBSQLite
internal import TelemetryCore

/// What one commit did.
struct CommitResult: Sendable {
    var recorded = 0
    var duplicates = 0
    var refused = 0
    /// The same of accounts and power.
    var refusedMeasurements = 0
    /// Why the first row was refused.
    var refusal: String?
}

/// Writes entries and their roll-ups in one transaction.
///
/// Used on the writer's queue alone.
final class CommitWriter {
    private let labels = LabelCache()
    private let rollups = RollupCache()
    private var retention = PowerRetention()

    /// Commits entries, all or none; a row that the database refuses by itself is left out and counted.
    func commit(_ entries: some Collection<WriterEntry>, to database: Database) throws -> CommitResult {
        var result = CommitResult()
        do {
            try database.inTransaction(.immediate) {
                result = CommitResult()
                try labels.beginTransaction(database)
                try rollups.beginTransaction(database)
                try write(entries, database, &result)
                return .commit
            }
        } catch {
            // What the rolled-back transaction added is no more.
            forget()
            throw error
        }
        return result
    }

    /// Forgets what it remembers of the file: after others' writes on the same connection.
    func forget() {
        labels.removeAll()
        rollups.removeAll()
        retention = PowerRetention()
    }

    private func write(
        _ entries: some Collection<WriterEntry>,
        _ database: Database,
        _ result: inout CommitResult
    ) throws {
        let inserter = try CallInserter(database, labels: labels)
        var delta = RollupDelta()
        var newest: Int64?
        for entry in entries {
            switch entry {
            case .record(let box, let precision, let since):
                try insert(box, precision, since != nil, inserter, &delta, &result)
            case .complete(let id, let energy, let use, let price):
                try EnergyCompletion(database, labels: labels).complete(id, energy, use, price, &delta)
            case .accounts(let accounts):
                let writer = AccountWriter(database, labels: labels)
                for account in accounts { try measure(&result) { try writer.add(account) } }
            case .power(let powers):
                let writer = PowerWriter(database, labels: labels)
                for power in powers { try measure(&result) { try writer.add(power) } }
                if let second = PowerRetention.newest(powers) { newest = max(newest ?? second, second) }
            }
        }
        try RollupWriter(database, cache: rollups).write(delta)
        if let newest { try retention.run(database, newest: newest) }
    }

    /// Writes one number of the machine's; one that the database refuses is left out and counted.
    private func measure(_ result: inout CommitResult, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as DatabaseError where Self.isOfOneRow(error) {
            result.refusedMeasurements += 1
            if result.refusal == nil { result.refusal = error.message ?? "\(error.resultCode)" }
        }
    }

    private func insert(
        _ box: RecordBox,
        _ precision: NumberPrecision,
        _ awaitsEnergy: Bool,
        _ inserter: CallInserter,
        _ delta: inout RollupDelta,
        _ result: inout CommitResult
    ) throws {
        let numbers = CallNumbers(box, precision: precision)
        do {
            guard
                let key = try inserter.insert(box, numbers, precision: precision, awaitsEnergy: awaitsEnergy)
            else {
                result.duplicates += 1
                return
            }
            delta.add(CallMeasures(numbers), to: key)
            result.recorded += 1
        } catch let error as DatabaseError where Self.isOfOneRow(error) {
            result.refused += 1
            if result.refusal == nil { result.refusal = error.message ?? "\(error.resultCode)" }
        }
    }

    /// Whether a failure is the row's own, so that the others can be written without it.
    private static func isOfOneRow(_ error: DatabaseError) -> Bool {
        switch error.resultCode.primaryResultCode {
        case .SQLITE_CONSTRAINT, .SQLITE_TOOBIG, .SQLITE_MISMATCH, .SQLITE_RANGE: true
        default: false
        }
    }
}
