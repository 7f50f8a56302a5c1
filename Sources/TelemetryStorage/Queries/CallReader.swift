// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import GRDBSQLite
internal import TelemetryCore

/// Reads calls' records.
struct CallReader {
    private let database: Database
    private let labels: LabelNames

    init(_ database: Database) {
        self.database = database
        labels = LabelNames(database)
    }

    /// The number of calls.
    func count() throws -> Int {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM call") ?? 0
    }

    /// What SQLite says of the file, at most a hundred lines; a single `ok` where it is sound.
    func integrityProblems() throws -> [String] {
        try String.fetchAll(database, sql: "PRAGMA quick_check(100)")
    }

    /// The newest records, newest first.
    func recent(limit: Int, filter: CallFilter) throws -> [TelemetryRecord] {
        guard limit > 0, let condition = try CallCondition(filter, in: database) else { return [] }
        let sql = """
            SELECT \(CallDecoder.columns) FROM \(CallDecoder.tables) WHERE \(condition.sql)
            ORDER BY c.timestamp DESC, c.id DESC LIMIT ?
            """
        return try records(sql, condition.arguments + [Int64(limit)])
    }

    /// The record of an identity.
    func record(_ id: RecordID) throws -> TelemetryRecord? {
        let sql = "SELECT \(CallDecoder.columns) FROM \(CallDecoder.tables) WHERE c.record_id = ?"
        let statement = try database.cachedStatement(sql: sql).sqliteStatement
        withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { bytes in
            StatementBinder(statement: statement).bind(blob: bytes, at: 1)
        }
        defer { sqlite3_reset(statement) }
        guard sqlite3_step(statement) == SQLITE_ROW else { return nil }
        return try CallDecoder(statement, labels: labels).record()
    }

    /// The records whose identities lie in a range, in the order of identities.
    func records(identifiedIn range: ClosedRange<RecordID>, limit: Int) throws -> [TelemetryRecord] {
        let sql = """
            SELECT \(CallDecoder.columns) FROM \(CallDecoder.tables)
            WHERE c.record_id BETWEEN ? AND ? ORDER BY c.record_id LIMIT \(max(0, limit))
            """
        let statement = try database.cachedStatement(sql: sql).sqliteStatement
        for (place, id) in [(Int32(1), range.lowerBound), (2, range.upperBound)] {
            withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { bytes in
                StatementBinder(statement: statement).bind(blob: bytes, at: place)
            }
        }
        defer { sqlite3_reset(statement) }
        var records: [TelemetryRecord] = []
        while sqlite3_step(statement) == SQLITE_ROW {
            records.append(try CallDecoder(statement, labels: labels).record())
        }
        return records
    }

    /// A page of records in the order of time, after a place.
    func page(_ size: Int, after place: PagePlace, filter: CallFilter) throws -> [(PagePlace, TelemetryRecord)] {
        guard let condition = try CallCondition(filter, in: database) else { return [] }
        let sql = """
            SELECT \(CallDecoder.columns) FROM \(CallDecoder.tables)
            WHERE \(condition.sql) AND c.timestamp >= ? AND (c.timestamp, c.id) > (?, ?) AND c.id <= ?
            ORDER BY c.timestamp, c.id LIMIT ?
            """
        let arguments =
            condition.arguments + [
                place.timestamp, place.timestamp, place.number, place.last, Int64(size),
            ]
        var page: [(PagePlace, TelemetryRecord)] = []
        try RowCursor(database, sql: sql, arguments: arguments).walk { statement in
            let decoder = CallDecoder(statement, labels: labels)
            let record = try decoder.record()
            var next = place
            next.timestamp = record.timestamp.microsecondsSinceEpoch
            next.number = decoder.number
            page.append((next, record))
            return true
        }
        return page
    }

    /// The number of the newest row, 0 if there is none.
    func lastNumber() throws -> Int64 {
        try Int64.fetchOne(database, sql: "SELECT max(id) FROM call") ?? 0
    }

    private func records(_ sql: String, _ arguments: [Int64]) throws -> [TelemetryRecord] {
        var records: [TelemetryRecord] = []
        try RowCursor(database, sql: sql, arguments: arguments).walk { statement in
            records.append(try CallDecoder(statement, labels: labels).record())
            return true
        }
        return records
    }
}

/// How far a reader has come through the calls in the order of time.
struct PagePlace: Sendable {
    var timestamp = Int64.min
    var number = Int64.min
    /// The last row to read: what is written later is not for this reader.
    var last: Int64
}
