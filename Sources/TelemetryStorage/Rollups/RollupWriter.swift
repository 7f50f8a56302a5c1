// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import GRDBSQLite
internal import TelemetryCore

/// What one transaction adds to the roll-ups.
struct RollupDelta {
    private(set) var hours: [RollupKey: CallTally] = [:]

    /// Adds a call to its hour.
    mutating func add(_ measures: CallMeasures, to key: RollupKey) {
        hours[key.at(.hour), default: CallTally(exactLimit: 0)].add(measures)
    }

    /// Adds the energy, its money and what the devices did, of a call that was counted before.
    mutating func addEnergy(_ measures: CallMeasures, to key: RollupKey) {
        var tally = CallTally(exactLimit: 0)
        tally.addEnergy(of: measures)
        tally.addMoney(of: measures)
        tally.addUse(of: measures)
        hours[key.at(.hour), default: CallTally(exactLimit: 0)].merge(tally)
    }
}

/// Reads, merges and writes rows of the roll-ups, inside the transaction that writes the calls.
struct RollupWriter {
    private let database: Database
    private let cache: RollupCache

    init(_ database: Database, cache: RollupCache = RollupCache()) {
        self.database = database
        self.cache = cache
    }

    /// Adds what a transaction brought.
    func write(_ delta: RollupDelta) throws {
        guard !delta.hours.isEmpty else { return }
        // A commit mostly touches one hour of a day, so that each hour is added to its day by itself.
        for level in RollupLevel.allCases {
            let select = try statement(Self.select(level))
            let replace = try statement(Self.replace(level))
            for (hour, added) in delta.hours {
                let key = hour.at(level)
                try cache.update(level, key) { tally in
                    try readRow(key, select, into: &tally)
                } change: { tally in
                    tally.merge(added)
                    try writeRow(key, &tally, replace)
                }
            }
        }
    }

    /// Writes a row as it is, whatever was there.
    func replace(_ key: RollupKey, _ tally: CallTally, at level: RollupLevel) throws {
        var tally = tally
        try writeRow(key, &tally, statement(Self.replace(level)))
    }

    private func readRow(_ key: RollupKey, _ select: StatementBinder, into tally: inout CallTally) throws {
        bind(key, to: select)
        defer { sqlite3_reset(select.statement) }
        switch sqlite3_step(select.statement) {
        case SQLITE_ROW:
            guard RollupRow(select.statement).add(to: &tally, from: 0) else {
                throw TelemetryStoreError(code: .corrupt, message: "A roll-up holds a damaged distribution.")
            }
        case SQLITE_DONE: return
        case let code: throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
    }

    private func writeRow(_ key: RollupKey, _ tally: inout CallTally, _ replace: StatementBinder) throws {
        var index = bind(key, to: replace)
        for value in tally.values {
            replace.bind(value, at: index)
            index += 1
        }
        tally.encodedDistributions().withUnsafeBytes { replace.bind(blob: $0, at: index) }
        let code = replace.runOnce()
        guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    @discardableResult
    private func bind(_ key: RollupKey, to binder: StatementBinder) -> Int32 {
        binder.bind(key.start, at: 1)
        var index: Int32 = 2
        for value in key.values {
            binder.bind(value, at: index)
            index += 1
        }
        return index
    }

    private func statement(_ sql: String) throws -> StatementBinder {
        StatementBinder(statement: try database.cachedStatement(sql: sql).sqliteStatement)
    }

    private static let hourSelect = makeSelect(.hour)
    private static let daySelect = makeSelect(.day)
    private static let hourReplace = makeReplace(.hour)
    private static let dayReplace = makeReplace(.day)

    private static func select(_ level: RollupLevel) -> String {
        level == .hour ? hourSelect : daySelect
    }

    private static func replace(_ level: RollupLevel) -> String {
        level == .hour ? hourReplace : dayReplace
    }

    private static func makeSelect(_ level: RollupLevel) -> String {
        let key = (["start"] + RollupKey.columns).map { "\($0) = ?" }.joined(separator: " AND ")
        return "SELECT \(RollupRow.columns) FROM \(level.table) WHERE \(key)"
    }

    private static func makeReplace(_ level: RollupLevel) -> String {
        let count = 1 + RollupKey.columns.count + TallyColumn.allCases.count + 1
        let places = repeatElement("?", count: count).joined(separator: ", ")
        return "INSERT OR REPLACE INTO \(level.table) VALUES (\(places))"
    }
}

/// The sums and sketches of a row of the roll-ups.
struct RollupRow {
    private let row: StatementRow

    init(_ statement: OpaquePointer) {
        row = StatementRow(statement: statement)
    }

    /// The columns that a row is read from, in order.
    static let columns = (TallyColumn.allCases.map(\.name) + ["sketches"]).joined(separator: ", ")

    /// Adds the row to a tally, from the column of that place on, and returns whether its sketches could be read.
    func add(to tally: inout CallTally, from first: Int32) -> Bool {
        let count = TallyColumn.allCases.count
        for index in 0..<count {
            tally.add(sqlite3_column_double(row.statement, first + Int32(index)), toColumnAt: index)
        }
        return row.withBlob(first + Int32(count)) { tally.merge(encodedDistributions: $0) }
    }
}

extension RollupRow {
    /// The key of a row whose first columns are `start` and those of the key.
    static func key(_ statement: OpaquePointer) -> RollupKey {
        let row = StatementRow(statement: statement)
        return RollupKey(
            start: row.int(0),
            model: row.int(1),
            engine: row.int(2),
            upstream: row.int(3),
            operation: row.int(4),
            outcome: row.int(5),
            warmup: row.int(6),
            methodology: row.int(7)
        )
    }
}
