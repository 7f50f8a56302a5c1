// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDBSQLite
import ParitySupport
import TelemetryCore
import Testing

@testable import TelemetryStorage

/// The seed's own databases, against plain SQL over them.
@Suite struct DatabaseParityTests {
    /// Columns of which a 0 means that nothing was measured, and those of which it is a 0.
    private static let unknownZeros = [
        "prompt_tokens", "latency_seconds", "ttft", "energy_joules", "power_watts", "gpu_utilization_pct",
        "gpu_memory_used_gb", "gpu_temperature_c", "cpu_energy_joules", "gpu_energy_joules", "dram_energy_joules",
        "prefill_energy_joules", "decode_energy_joules", "mean_itl_ms", "median_itl_ms", "p90_itl_ms", "p95_itl_ms",
        "p99_itl_ms",
    ]
    private static let trueZeros = ["completion_tokens", "cost_usd", "is_warmup", "is_streaming"]

    /// Every packed database of the folder, unpacked into a directory.
    private static func databases(in directory: borrowing TemporaryDirectory) throws -> [(name: String, path: String)] {
        let folder = ParityFolder.current.url.appendingPathComponent("db")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".gz") }
            .sorted()
        return try names.map { name in
            let path = directory.path(String(name.dropLast(3)))
            try ParityFolder.current.contents(of: "db/" + name).write(to: URL(fileURLWithPath: path))
            return (name, path)
        }
    }

    @Test func everyDatabaseComesOverWhole() async throws {
        let directory = try TemporaryDirectory()
        let databases = try Self.databases(in: directory)
        #expect(databases.count >= 2)
        for (name, source) in databases {
            let before = try Self.listing(of: directory, source)
            let target = directory.path(name + ".ours")
            let store = try TelemetryStore.manual(target)
            let rows = try #require(try PlainSQL.number("SELECT count(*) FROM telemetry", in: source))
            let report = try await store.importFile(at: source)
            #expect(report == ImportReport(added: Int(rows)), "\(name)")
            let again = try await store.importFile(at: source)
            #expect(again == ImportReport(skipped: Int(rows)), "\(name)")
            try await store.close()
            #expect(
                try Self.listing(of: directory, source) == before,
                "\(name) was changed, or something left beside it"
            )
            try Self.compareColumns(name, source, target)
            #expect(try RollupAudit.differences(in: target).isEmpty)
            #expect(try await TelemetryAggregator(path: target).recordCount() == Int(rows))
        }
    }

    private static func compareColumns(_ name: String, _ source: String, _ target: String) throws {
        for column in unknownZeros {
            for sql in ["count(nullif(\(column), 0))", "total(\(column))", "max(\(column))"] {
                let wanted = try PlainSQL.number("SELECT \(sql) FROM telemetry", in: source) ?? 0
                let found = try PlainSQL.number("SELECT \(sql) FROM telemetry", in: target) ?? 0
                #expect(ParityComparison.areEqual(found, wanted), "\(name): \(sql) is \(found) for \(wanted)")
            }
        }
        for column in trueZeros {
            for sql in ["count(\(column))", "total(\(column))"] {
                let wanted = try PlainSQL.number("SELECT \(sql) FROM telemetry", in: source)
                let found = try PlainSQL.number("SELECT \(sql) FROM telemetry", in: target)
                #expect(found.map { ParityComparison.areEqual($0, wanted ?? -1) } == true, "\(name): \(sql)")
            }
        }
        for column in ["model_id", "engine", "agent", "batch_id", "energy_method", "energy_vendor", "metadata"] {
            let sql =
                "SELECT group_concat(x) FROM (SELECT coalesce(\(column), '') AS x FROM telemetry ORDER BY timestamp, id)"
            #expect(try PlainSQL.text(sql, in: target) == PlainSQL.text(sql, in: source), "\(name): \(column)")
        }
    }

    /// The file's bytes and what stands beside it.
    private static func listing(of directory: borrowing TemporaryDirectory, _ source: String) throws -> [Data] {
        let base = URL(fileURLWithPath: source).lastPathComponent
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.url.path)
            .filter { $0.hasPrefix(base) && !$0.contains(".ours") }
            .sorted()
        return try names.map { try Data(contentsOf: directory.url.appendingPathComponent($0)) + Data($0.utf8) }
    }

    @Test func rowsThatAreStillInTheLogAreRead() async throws {
        let directory = try TemporaryDirectory()
        let source = directory.path("live.db")
        // A writer that is still there, so that nothing is written back.
        let writer = try RawDatabase(source)
        try writer.run(
            """
            PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
            CREATE TABLE telemetry (id INTEGER PRIMARY KEY, timestamp REAL, model_id TEXT, completion_tokens INTEGER);
            INSERT INTO telemetry VALUES (1, 10.5, 'm', 7), (2, 11.5, 'n', 8);
            """
        )
        let before = try Self.listing(of: directory, source)
        #expect(before.count == 3)
        let store = try TelemetryStore.manual(directory.path("target.db"))
        #expect(try await store.importFile(at: source).added == 2)
        #expect(try Self.listing(of: directory, source) == before)
        try writer.run("INSERT INTO telemetry VALUES (3, 12.5, 'm', 9)")
        let report = try await store.importFile(at: source)
        #expect(report == ImportReport(added: 1, skipped: 2))
        #expect(DatabaseHeaderKind.isRefusedAsSeed(source))
        withExtendedLifetime(writer) {}
    }

    @Test("Defect 30: a very old table lacks columns and comes over") func aVeryOldTableLacksColumnsAndComesOver()
        async throws
    {
        let directory = try TemporaryDirectory()
        let source = directory.path("old.db")
        try PlainSQL.run(
            """
            CREATE TABLE telemetry (timestamp REAL, model_id TEXT, energy_joules REAL, prompt_tokens INTEGER);
            INSERT INTO telemetry VALUES (1, 'm', 2.5, 10), (2, NULL, 1, 1), (3, 'm', -1, 1), (4, 'm', 'x', 1), (5, 'n', 0, 0);
            """,
            in: source
        )
        let store = try TelemetryStore.manual(directory.path())
        let report = try await store.importFile(at: source)
        #expect(report == ImportReport(added: 2, refused: 3))
        let records = try await store.recentRecords()
        #expect(records.map(\.energy.total) == [nil, .joules(2.5)])
        #expect(records.map(\.tokens.prompt) == [nil, 10])
    }

    @Test func aRowAndItsExportHaveOneIdentity() async throws {
        let directory = try TemporaryDirectory()
        let source = directory.path("seed.db")
        try PlainSQL.run(
            """
            CREATE TABLE telemetry (id INTEGER PRIMARY KEY, timestamp REAL, model_id TEXT, ttft REAL, metadata TEXT);
            INSERT INTO telemetry VALUES (7, 1.25, 'm', 0.5, '{"a": 1}');
            """,
            in: source
        )
        let store = try TelemetryStore.manual(directory.path())
        #expect(try await store.importFile(at: source).added == 1)
        let lines = directory.path("export.jsonl")
        try #"{"id": 7, "timestamp": 1.25, "model_id": "m", "ttft": 0.5, "energy_joules": 0.0, "metadata": {"a":1}}"#
            .write(toFile: lines, atomically: true, encoding: .utf8)
        #expect(try await store.importFile(at: lines).skipped == 1)
    }
}

/// How the store takes a file.
private enum DatabaseHeaderKind {
    static func isRefusedAsSeed(_ path: String) -> Bool {
        do {
            _ = try TelemetryStore.manual(path)
            return false
        } catch {
            return (error as? TelemetryStoreError)?.code == .seedFile
        }
    }
}

extension ImportReport {
    init(added: Int = 0, skipped: Int = 0, refused: Int = 0) {
        self.init()
        (self.added, self.skipped, self.refused) = (added, skipped, refused)
    }
}

/// A connection that stays open, as the seed's own program keeps one.
private final class RawDatabase {
    private var connection: OpaquePointer?

    init(_ path: String) throws {
        guard sqlite3_open(path, &connection) == SQLITE_OK else { throw ParityError("cannot open \(path)") }
    }

    deinit {
        sqlite3_close(connection)
    }

    func run(_ sql: String) throws {
        guard sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK else { throw ParityError(sql) }
    }
}
