// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import GRDBSQLite
internal import TelemetryCore

/// Opens databases of calls, and refuses what is none before a byte of it can change.
enum DatabaseOpening {
    /// Opens a database for writing; makes it if it is not there or empty, migrates it if it is older.
    static func writing(
        _ path: String,
        _ configuration: TelemetryStoreConfiguration
    ) throws(TelemetryStoreError) -> DatabasePool {
        let header = try DatabaseHeader(path: path)
        try refuseOthers(header, path: path)
        if header.kind == .missing { try FileSystem.makeFile(path) }
        guard FileSystem.isWritable(path) else { throw FileSystem.notWritable(path) }
        do {
            try createSchema(path, configuration)
            return try pool(path, configuration)
        } catch {
            throw TelemetryStoreError(error, path: path)
        }
    }

    /// Opens a database for reading, of this schema or an older one; nothing if there is none.
    static func reading(_ path: String) throws(TelemetryStoreError) -> DatabaseQueue? {
        let header = try DatabaseHeader(path: path)
        if header.kind == .missing || header.kind == .empty { return nil }
        try refuseOthers(header, path: path)
        do {
            return try queue(path)
        } catch {
            throw TelemetryStoreError(error, path: path)
        }
    }

    /// Throws unless a file is ours, or there is nothing to lose in it.
    static func refuseOthers(_ header: DatabaseHeader, path: String) throws(TelemetryStoreError) {
        switch header.kind {
        case .missing, .empty:
            return
        case .other:
            throw TelemetryStoreError(
                code: .corrupt,
                message: "\(path) is no SQLite database, or a damaged one. Name another file with --database."
            )
        case .database(Schema.applicationID, let version):
            guard version > Schema.current else { return }
            throw TelemetryStoreError(
                code: .newerSchema,
                message: """
                    \(path) has schema \(version), and this release knows schemas up to \(Schema.current). \
                    Use the release that wrote it, or a later one.
                    """
            )
        case .database:
            throw foreign(path)
        }
    }

    private static func foreign(_ path: String) -> TelemetryStoreError {
        if SeedDatabase.isSeed(path) {
            return TelemetryStoreError(
                code: .seedFile,
                message: """
                    \(path) is a database of OpenJarvis, which is not written to. \
                    Bring its rows over with: inferometer import \(path)
                    """
            )
        }
        return TelemetryStoreError(
            code: .foreignFile,
            message: "\(path) is another program's database; it was not changed. Name another file with --database."
        )
    }

    private static func createSchema(_ path: String, _ configuration: TelemetryStoreConfiguration) throws {
        // A plain queue first: the marks must reach the file's own first page before there is a write-ahead log, so
        // that they can be read without opening it.
        let queue = try DatabaseQueue(path: path, configuration: base(configuration))
        defer { try? queue.close() }
        try queue.inDatabase { database in
            guard sqlite3_db_readonly(database.sqliteConnection, "main") == 0 else {
                throw DatabaseError(resultCode: .SQLITE_READONLY)
            }
            // No lock is taken where there is nothing to do.
            if try version(of: database, path) == Schema.current { return }
            // Only before the first table does this have effect; it lets pruned files shrink.
            try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            try database.inTransaction(.immediate) {
                try migrate(database, path)
                return .commit
            }
        }
    }

    /// The version of a file's schema, 0 for an empty file; refuses what is not ours after all.
    private static func version(of database: Database, _ path: String) throws -> Int32 {
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        if tables == 0 { return 0 }
        let application = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let version = try Int32.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let kind = DatabaseHeader.Kind.database(applicationID: application, userVersion: version)
        try refuseOthers(DatabaseHeader(kind: kind), path: path)
        return version
    }

    /// Goes from the file's version to this release's, step by step, inside one transaction.
    private static func migrate(_ database: Database, _ path: String) throws {
        // Asked again behind the lock: another process may have been first.
        let present = try version(of: database, path)
        guard present < Schema.current else { return }
        for step in Schema.steps[Int(present)...] {
            try database.execute(sql: step)
        }
        try database.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
        try database.execute(sql: "PRAGMA user_version = \(Schema.current)")
    }

    private static func pool(
        _ path: String,
        _ configuration: TelemetryStoreConfiguration
    ) throws -> DatabasePool {
        let pool = try DatabasePool(path: path, configuration: base(configuration))
        try pool.writeWithoutTransaction { database in
            // Not by `prepareDatabase`: a pool chooses NORMAL for itself after that.
            let synchronous = configuration.durability == .full ? "FULL" : "NORMAL"
            try database.execute(sql: "PRAGMA synchronous = \(synchronous)")
            // Sixteen megabytes of log: pages that every commit touches are copied back a quarter as often.
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
            if let limit = configuration.pageLimit { try database.execute(sql: "PRAGMA max_page_count = \(limit)") }
        }
        return pool
    }

    private static func base(_ configuration: TelemetryStoreConfiguration) -> Configuration {
        var base = Configuration()
        base.busyMode = .timeout(max(0, configuration.busyTimeout.seconds))
        // Checked by our own tests; a check at each statement costs more than the statement.
        base.foreignKeysEnabled = false
        base.label = "inferometer.store"
        return base
    }

    private static func queue(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = false
        configuration.label = "inferometer.reader"
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.read { _ = try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") }
            return queue
        } catch let error as DatabaseError where isMissingLog(error, path) {
            // A directory that cannot be written holds no shared memory for the log; without a log none is needed.
            let uri = "file:" + SeedDatabase.escaped(path) + "?immutable=1"
            return try DatabaseQueue(path: uri, configuration: configuration)
        }
    }

    private static func isMissingLog(_ error: DatabaseError, _ path: String) -> Bool {
        let codes: [ResultCode] = [.SQLITE_CANTOPEN, .SQLITE_READONLY]
        return codes.contains(error.resultCode.primaryResultCode) && (FileSystem.size(of: path + "-wal") ?? 0) == 0
    }
}
