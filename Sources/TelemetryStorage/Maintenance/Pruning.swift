// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import TelemetryCore

/// Removes old calls step by step; each step is one transaction.
struct Pruning: Sendable {
    private enum Phase: Sendable {
        case rows(before: Int64)
        case measurements(before: Int64)
        case size
        case rollups(before: Int64)
        case end
    }

    private let request: PruneRequest
    private var phase: Phase
    private(set) var report = PruneReport()
    /// Before this time rows were removed.
    private var cutoff: Int64?
    private static let batch = 5_000

    init(_ request: PruneRequest) {
        self.request = request
        if let before = request.before {
            phase = .rows(before: RollupLevel.hour.start(of: before.microsecondsSinceEpoch))
        } else {
            phase = .size
        }
    }

    /// Takes a step, and returns whether it was the last.
    mutating func run(_ database: Database) throws -> Bool {
        switch phase {
        case .rows(let before):
            if try !removeRows(before: before, database) {
                cutoff = max(cutoff ?? .min, before)
                phase = .measurements(before: before)
            }
        case .measurements(let before):
            if try !removeMeasurements(before: before, database) { phase = .size }
        case .size: try nextBySize(database)
        case .rollups(let before):
            try removeRollups(before: before, database)
            phase = .end
        case .end:
            try end(database)
            return true
        }
        return false
    }

    /// Removes a batch, and returns whether there was any.
    private mutating func removeRows(before: Int64, _ database: Database) throws -> Bool {
        var removed = 0
        try database.inTransaction(.immediate) {
            let chosen = "SELECT id FROM call WHERE timestamp < ? ORDER BY timestamp LIMIT \(Self.batch)"
            try database.execute(sql: "DELETE FROM call_extra WHERE call IN (\(chosen))", arguments: [before])
            try database.execute(sql: "DELETE FROM call WHERE id IN (\(chosen))", arguments: [before])
            removed = database.changesCount
            if removed > 0 {
                try database.execute(
                    sql: """
                        INSERT INTO meta (key, value) VALUES ('rows_since', ?)
                        ON CONFLICT (key) DO UPDATE SET value = max(value, excluded.value)
                        """,
                    arguments: [before]
                )
            }
            return .commit
        }
        report.calls += removed
        return removed > 0
    }

    /// Removes a batch of power and of minutes of accounts, and returns whether there was any.
    private mutating func removeMeasurements(before: Int64, _ database: Database) throws -> Bool {
        var removed = 0
        let tables = [("power_second", "second", before / 1_000_000), (AccountLevel.minute.table, "start", before)]
        try database.inTransaction(.immediate) {
            for (table, time, bound) in tables {
                let next =
                    "SELECT \(time) FROM \(table) WHERE \(time) < ? ORDER BY \(time) LIMIT 1 OFFSET \(Self.batch)"
                try database.execute(
                    sql: "DELETE FROM \(table) WHERE \(time) < coalesce((\(next)), ?)",
                    arguments: [bound, bound]
                )
                removed += database.changesCount
            }
            return .commit
        }
        report.measurements += removed
        return removed > 0
    }

    /// When the oldest of what can be removed was, in microseconds since the epoch.
    private static func oldest(_ database: Database) throws -> Int64? {
        try Int64.fetchOne(
            database,
            sql: """
                SELECT min(time) FROM (
                    SELECT min(timestamp) AS time FROM call
                    UNION ALL SELECT min(start) FROM \(AccountLevel.minute.table)
                    UNION ALL SELECT 1000000 * min(second) FROM power_second
                )
                """
        )
    }

    /// Chooses the oldest hour if the file is still too large.
    private mutating func nextBySize(_ database: Database) throws {
        try database.execute(sql: "PRAGMA incremental_vacuum")
        let oldest = try Self.oldest(database)
        let next = oldest.map(RollupLevel.hour.end)
        // What was at the very end of time is before no time.
        if let limit = request.largestFileBytes, try FileRoom.size(database) > limit, let next, next != oldest {
            phase = .rows(before: next)
        } else if request.includesRollups, let cutoff {
            phase = .rollups(before: cutoff)
        } else {
            phase = .end
        }
    }

    private mutating func removeRollups(before: Int64, _ database: Database) throws {
        var removed = 0
        try database.inTransaction(.immediate) {
            try database.execute(sql: "DELETE FROM rollup_hour WHERE start < ?", arguments: [before])
            removed = database.changesCount
            // The day that keeps some of its hours is summed up again from them.
            let day = RollupLevel.day.start(of: before)
            try database.execute(sql: "DELETE FROM rollup_day WHERE start <= ?", arguments: [day])
            removed += database.changesCount
            try RollupRebuild(database).rebuild(day: day)
            try database.execute(
                sql: "DELETE FROM \(AccountLevel.hour.table) WHERE start < ?",
                arguments: [before]
            )
            removed += database.changesCount
            return .commit
        }
        report.rollups += removed
    }

    private mutating func end(_ database: Database) throws {
        if report.calls > 0 { try removeUnusedLabels(database) }
        try FileRoom.giveBack(database)
        report.fileBytes = try FileRoom.size(database)
    }

    /// Sessions and batches come without end, so that those without calls go with them.
    private func removeUnusedLabels(_ database: Database) throws {
        try database.inTransaction(.immediate) {
            try database.execute(
                sql: """
                    DELETE FROM label WHERE kind IN (\(LabelKind.session.rawValue), \(LabelKind.batch.rawValue))
                    AND id NOT IN (SELECT session FROM call WHERE session IS NOT NULL)
                    AND id NOT IN (SELECT batch FROM call WHERE batch IS NOT NULL)
                    """
            )
            if database.changesCount > 0 { try Clearing.forgetLabels(database) }
            return .commit
        }
    }
}

/// Sums days up again.
struct RollupRebuild {
    private let database: Database

    init(_ database: Database) {
        self.database = database
    }

    /// Makes a day's roll-ups from those of its hours.
    func rebuild(day: Int64) throws {
        let columns = (["start"] + RollupKey.columns).joined(separator: ", ")
        let sql = "SELECT \(columns), \(RollupRow.columns) FROM rollup_hour WHERE start >= ? AND start < ?"
        var tallies: [RollupKey: CallTally] = [:]
        let first = Int32(RollupKey.columns.count) + 1
        try RowCursor(database, sql: sql, arguments: [day, RollupLevel.day.end(of: day)]).walk { statement in
            let key = RollupRow.key(statement).at(.day)
            guard RollupRow(statement).add(to: &tallies[key, default: .init(exactLimit: 0)], from: first) else {
                throw TelemetryStoreError(code: .corrupt, message: "A roll-up holds a damaged distribution.")
            }
            return true
        }
        let writer = RollupWriter(database)
        for (key, tally) in tallies {
            try writer.replace(key, tally, at: .day)
        }
    }
}
