// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import TelemetryCore

/// The rows of the roll-ups that a writing connection touched last, so that they are not read again at each commit.
///
/// Used on the writer's queue alone. It holds only while no other connection writes to the file, which SQLite tells by
/// `data_version`, and must be emptied when a transaction is rolled back or roll-ups are written past it.
final class RollupCache {
    private struct Place: Hashable {
        var level: RollupLevel
        var key: RollupKey
    }

    private var tallies: [Place: CallTally] = [:]
    private var version: Int64?
    /// Ten to thirty kilobytes each.
    private static let largestSize = 128

    /// Empties the memory if another connection wrote since; to be called inside a transaction that holds the lock.
    func beginTransaction(_ database: Database) throws {
        let present = try Int64.fetchOne(database.cachedStatement(sql: "PRAGMA data_version"))
        if present != version || tallies.count > Self.largestSize { removeAll() }
        version = present
    }

    func removeAll() {
        tallies.removeAll()
    }

    /// Changes a row's tally, which is read first where it is not remembered.
    func update(
        _ level: RollupLevel,
        _ key: RollupKey,
        read: (inout CallTally) throws -> Void,
        change: (inout CallTally) throws -> Void
    ) throws {
        let place = Place(level: level, key: key)
        if tallies[place] == nil {
            var tally = CallTally(exactLimit: 0)
            try read(&tally)
            tallies[place] = tally
        }
        try change(&tallies[place, default: CallTally(exactLimit: 0)])
    }
}
