// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import GRDBSQLite

/// The seed's own database, read by column name, whatever its version.
enum SeedDatabase {
    /// Whether a file is a database of the seed.
    ///
    /// Nothing of the file is changed, and nothing is left beside it.
    static func isSeed(_ path: String) -> Bool {
        do {
            return try withConnection(path) { try $0.columns().isSuperset(of: ["timestamp", "model_id"]) }
        } catch {
            return false
        }
    }

    /// Gives each row to a body, in the order of its number, until the body says to stop.
    static func forEachRow(
        of path: String,
        _ body: (_ number: Int, _ values: SourceValues) throws -> Bool
    ) throws {
        try withConnection(path) { connection in
            let columns = try connection.columns()
            guard columns.isSuperset(of: ["timestamp", "model_id"]) else {
                throw TelemetryStoreError(
                    code: .foreignFile,
                    message: "\(path) has no table of telemetry that can be imported."
                )
            }
            let order = columns.contains("id") ? "id" : "rowid"
            try connection.forEachRow("SELECT *, rowid AS \"row number\" FROM telemetry ORDER BY \(order)", body)
        }
    }

    /// A path as the body of a URI.
    static func escaped(_ path: String) -> String {
        path.utf8.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
    }

    /// Opens the file itself where it stands alone, and a private copy where a log or journal stands beside it.
    private static func withConnection<Result>(
        _ path: String,
        _ body: (SourceConnection) throws -> Result
    ) throws -> Result {
        let beside = ["-wal", "-journal", "-shm"]
        guard beside.contains(where: { FileSystem.size(of: path + $0) != nil }) else {
            return try body(SourceConnection(uri: "file:" + escaped(path) + "?immutable=1", name: path))
        }
        let copy = try PrivateCopy.make(of: path)
        return try body(SourceConnection(uri: "file:" + escaped(copy.path), name: path))
    }
}

/// A connection to a file that is not ours, by the C library itself, which reads what other programs left there.
final class SourceConnection {
    private let connection: OpaquePointer
    private let name: String

    init(uri: String, name: String) throws {
        var opened: OpaquePointer?
        // A copy whose log is read needs to be writable; the file itself is never opened so.
        let access = uri.hasSuffix("immutable=1") ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
        let code = sqlite3_open_v2(uri, &opened, access | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nil)
        guard let opened, code == SQLITE_OK else {
            sqlite3_close(opened)
            throw TelemetryStoreError(code: .unreadable, message: "\(name) cannot be opened (SQLite error \(code)).")
        }
        connection = opened
        self.name = name
    }

    deinit {
        sqlite3_close(connection)
    }

    /// The names of the telemetry table's columns; none if there is no such table.
    func columns() throws -> Set<String> {
        var columns: Set<String> = []
        try walk("SELECT name FROM pragma_table_info('telemetry')") { row in
            if let name = StatementRow(statement: row).text(0) { columns.insert(name) }
            return true
        }
        return columns
    }

    /// Gives each row of a query to a body as values by column; the last column is the row's number.
    func forEachRow(_ sql: String, _ body: (Int, SourceValues) throws -> Bool) throws {
        var columns: [SourceColumn?] = []
        try walk(sql) { statement in
            if columns.isEmpty {
                columns = (0..<sqlite3_column_count(statement)).map { index in
                    sqlite3_column_name(statement, index).flatMap { SourceColumn(name: String(cString: $0)) }
                }
            }
            var values = SourceValues()
            for (index, column) in columns.enumerated() {
                if let column { values[column] = Self.value(statement, Int32(index)) }
            }
            return try body(Int(sqlite3_column_int64(statement, Int32(columns.count) - 1)), values)
        }
    }

    private static func value(_ statement: OpaquePointer, _ index: Int32) -> SourceValue {
        let row = StatementRow(statement: statement)
        switch sqlite3_column_type(statement, index) {
        case SQLITE_INTEGER: return .integer(row.int(index))
        case SQLITE_FLOAT: return .number(sqlite3_column_double(statement, index))
        case SQLITE_NULL: return .null
        default: return .string(row.text(index) ?? "")
        }
    }

    private func walk(_ sql: String, _ body: (OpaquePointer) throws -> Bool) throws {
        var prepared: OpaquePointer?
        guard sqlite3_prepare_v2(connection, sql, -1, &prepared, nil) == SQLITE_OK, let prepared else {
            throw failure()
        }
        defer { sqlite3_finalize(prepared) }
        while true {
            switch sqlite3_step(prepared) {
            case SQLITE_ROW: if try !body(prepared) { return }
            case SQLITE_DONE: return
            default: throw failure()
            }
        }
    }

    private func failure() -> TelemetryStoreError {
        let detail = String(cString: sqlite3_errmsg(connection))
        let isDamaged = [SQLITE_CORRUPT, SQLITE_NOTADB].contains(sqlite3_errcode(connection))
        return TelemetryStoreError(
            code: isDamaged ? .corrupt : .failed,
            message: "\(name) cannot be read (\(detail)); what came before was kept."
        )
    }
}
