// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import GRDBSQLite
internal import TelemetryCore

/// The condition that a filter puts on calls, with numbers in place of names.
struct CallCondition {
    /// The text after WHERE.
    let sql: String
    /// The values of its parameters.
    let arguments: [Int64]

    /// Resolves a filter's names; nothing if no call can pass it.
    init?(_ filter: CallFilter, in database: Database) throws {
        if filter.range.isEmpty { return nil }
        var terms: [String] = []
        var arguments: [Int64] = []
        func require(_ column: CallColumn, _ comparison: String, _ value: Int64) {
            terms.append("c.\(column.name) \(comparison) ?")
            arguments.append(value)
        }
        if let since = filter.range.since { require(.timestamp, ">=", since.microsecondsSinceEpoch) }
        if let until = filter.range.until { require(.timestamp, "<=", until.microsecondsSinceEpoch) }
        let names: [(String?, LabelKind, CallColumn)] = [
            (filter.model, .model, .model), (filter.engine?.rawValue, .engine, .engine),
            (filter.upstream, .upstream, .upstream), (filter.agent, .agent, .agent),
            (filter.session, .session, .session), (filter.batch, .batch, .batch),
        ]
        for (name, kind, column) in names {
            guard let name else { continue }
            let text = name.cut(toBytes: kind.longestText)
            guard let number = try LabelCache.lookUp(text, kind, in: database) else { return nil }
            require(column, "=", number)
        }
        if let outcome = filter.outcome {
            require(.outcome, "=", WordCodes.code(of: outcome, in: WordCodes.outcomes))
        }
        if let operation = filter.operation {
            require(.operation, "=", WordCodes.code(of: operation, in: WordCodes.operations))
        }
        if let version = filter.methodologyVersion { require(.methodology, "=", Int64(version)) }
        if let version = filter.tokenCountingVersion {
            // Rows of our own say their version by their methodology alone.
            terms.append(
                """
                coalesce((SELECT token_counting_version FROM call_extra WHERE call = c.id), \
                CASE WHEN c.methodology > 0 THEN \(TelemetryRecord.currentTokenCountingVersion) END) = ?
                """
            )
            arguments.append(Int64(version))
        }
        self.sql = terms.isEmpty ? "1" : terms.joined(separator: " AND ")
        self.arguments = arguments
    }
}

/// Steps through the rows of a query by the C library itself.
struct RowCursor {
    private let statement: OpaquePointer

    init(_ database: Database, sql: String, arguments: [Int64]) throws {
        statement = try database.cachedStatement(sql: sql).sqliteStatement
        let binder = StatementBinder(statement: statement)
        for (index, argument) in arguments.enumerated() {
            binder.bind(argument, at: Int32(index) + 1)
        }
    }

    /// Gives the statement at each row, until there are no more or the body says to stop.
    func walk(_ body: (OpaquePointer) throws -> Bool) throws {
        defer { sqlite3_reset(statement) }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: if try !body(statement) { return }
            case SQLITE_DONE: return
            case let code:
                let message = sqlite3_errmsg(sqlite3_db_handle(statement)).map { String(cString: $0) }
                throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
            }
        }
    }
}
