// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import TelemetryCore

/// The layout of a database, by version.
///
/// A version that was released never changes.
enum Schema {
    /// The version that this release writes.
    static let current: Int32 = 1
    /// `application_id`: "Infm".
    static let applicationID: Int32 = 0x496E_666D

    /// What leads from each version to the next, from the empty file on.
    static var steps: [String] {
        [version1]
    }

    /// Everything of version 1.
    private static var version1: String {
        [labels, calls, extras, rollups, accounts, power, meta, view].joined(separator: "\n")
    }

    /// Names, prices, hosts and the like, each text of a kind once.
    ///
    /// Numbers are never given again, so that a reader's memory of them stays right.
    private static let labels = """
        CREATE TABLE label (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind INTEGER NOT NULL,
            text TEXT NOT NULL,
            UNIQUE (kind, text)
        );
        """

    private static var calls: String {
        let columns = CallColumn.allCases.map { "    \($0.name) \($0.declaration)" }.joined(separator: ",\n")
        return """
            CREATE TABLE call (
                id INTEGER PRIMARY KEY,
            \(columns)
            );
            CREATE UNIQUE INDEX call_record ON call (record_id);
            CREATE INDEX call_time ON call (timestamp);
            CREATE INDEX call_pending ON call (id) WHERE flags & \(CallFlags.awaitsEnergy.rawValue) <> 0;
            """
    }

    /// What few calls have, in a table of its own: a column that is empty costs a byte in every row.
    private static var extras: String {
        let columns = ExtraColumn.allCases.map { "    \($0.name) \($0.declaration)" }.joined(separator: ",\n")
        return """
            CREATE TABLE call_extra (
                call INTEGER PRIMARY KEY REFERENCES call (id),
            \(columns)
            );
            """
    }

    private static var rollups: String {
        let sums = TallyColumn.allCases.map { "    \($0.name) REAL NOT NULL" }.joined(separator: ",\n")
        return RollupLevel.allCases.map { level in
            """
            CREATE TABLE \(level.table) (
                start INTEGER NOT NULL,
                \(RollupKey.columns.map { "\($0) INTEGER NOT NULL" }.joined(separator: ", ")),
            \(sums),
                sketches BLOB NOT NULL,
                PRIMARY KEY (start, \(RollupKey.columns.joined(separator: ", ")))
            ) WITHOUT ROWID;
            """
        }
        .joined(separator: "\n")
    }

    /// Where the energy of each channel went, by minute and summed up by hour; `start` is microseconds since the epoch.
    private static var accounts: String {
        let columns = AccountColumn.allCases.map { "    \($0.rawValue) \($0.declaration)" }.joined(separator: ",\n")
        return AccountLevel.allCases.map { level in
            """
            CREATE TABLE \(level.table) (
                start INTEGER NOT NULL,
                channel INTEGER NOT NULL,
            \(columns),
                PRIMARY KEY (start, channel)
            ) WITHOUT ROWID;
            """
        }
        .joined(separator: "\n")
    }

    /// The power of each channel, counted by a total or not; `second` is seconds since the epoch.
    private static let power = """
        CREATE TABLE power_second (
            second INTEGER NOT NULL,
            channel INTEGER NOT NULL,
            milliwatts INTEGER NOT NULL,
            PRIMARY KEY (second, channel)
        ) WITHOUT ROWID;
        """

    /// `labels`: how often labels were removed; `rows_since`: the time before which rows were pruned.
    private static let meta = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        INSERT INTO meta (key, value) VALUES ('labels', 0);
        """
}
