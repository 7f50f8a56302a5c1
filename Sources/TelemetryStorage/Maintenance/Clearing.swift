// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import TelemetryCore

/// Removes everything.
enum Clearing {
    /// Removes all calls, names, roll-ups, accounts and power in one transaction, gives the room back, and returns the number of calls.
    static func clear(_ database: Database) throws -> Int {
        var count = 0
        try database.inTransaction(.immediate) {
            count = try Int.fetchOne(database, sql: "SELECT count(*) FROM call") ?? 0
            let summaries = RollupLevel.allCases.map(\.table) + AccountLevel.allCases.map(\.table)
            for table in ["call", "call_extra", "label", "power_second"] + summaries {
                try database.execute(sql: "DELETE FROM \(table)")
            }
            try database.execute(sql: "DELETE FROM meta WHERE key = 'rows_since'")
            try forgetLabels(database)
            return .commit
        }
        try FileRoom.giveBack(database)
        return count
    }

    /// Tells every writer of the file that labels were removed.
    static func forgetLabels(_ database: Database) throws {
        try database.execute(sql: "UPDATE meta SET value = value + 1 WHERE key = 'labels'")
    }
}

/// The room that a file takes.
enum FileRoom {
    /// Shrinks the file by its free pages and empties its log, as far as readers let it.
    static func giveBack(_ database: Database) throws {
        try database.execute(sql: "PRAGMA incremental_vacuum")
        // A reader in between keeps the log from being emptied; the next commit goes on with it.
        _ = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    }

    /// The size in bytes that the file has once its log is written back.
    static func size(_ database: Database) throws -> Int {
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        let pageSize = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0
        return pages * pageSize
    }
}
