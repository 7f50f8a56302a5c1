// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ParitySupport
import TelemetryCore
import Testing

@testable import TelemetryStorage

/// A file of each schema that was released, read by this release as it is and written after migration.
@Suite struct SchemaFixtureTests {
    private static let folder = ParityFolder(
        url: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/schema")
    )

    /// What is in the files; what a later schema adds must be absent when it is read.
    private static let records: [TelemetryRecord] = {
        var full = TelemetryRecord.full
        full.id = RecordID(high: 0x018B_CFE5_6800_7001, low: 0x8000_0000_0000_0001)
        var plain = TelemetryRecord.call(at: 1_700_003_600)
        plain.id = RecordID(high: 0x018B_CFE5_6800_7002, low: 0x8000_0000_0000_0002)
        plain.tokens.completion = 96
        plain.timing.latency = .seconds(2)
        return [plain, full]
    }()

    @Test(arguments: 1...Int(Schema.current))
    func aFileOfEachSchemaIsReadAsItIsAndWritten(_ version: Int) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        try Self.folder.contents(of: "schema-\(version).db.gz").write(to: URL(fileURLWithPath: path))
        let aggregator = TelemetryAggregator(path: path)
        #expect(try await aggregator.recentRecords() == Self.records)
        #expect(try await aggregator.summary().completionTokens == 200)
        #expect(try PlainSQL.number("PRAGMA user_version", in: path) == Double(version))
        aggregator.close()
        let store = try TelemetryStore.manual(path)
        store.record(.call(at: 1_800_000_000))
        try await store.close()
        #expect(try PlainSQL.number("PRAGMA user_version", in: path) == Double(Schema.current))
        #expect(try await TelemetryAggregator(path: path).recordCount() == 3)
        #expect(try RollupAudit.differences(in: path).isEmpty)
    }

    /// The schema that is written must be the one that the file of its version has.
    @Test func theSchemaOfThisReleaseIsThatOfItsFile() async throws {
        let directory = try TemporaryDirectory()
        let (fixture, fresh) = (directory.path("fixture.db"), directory.path("fresh.db"))
        try Self.folder.contents(of: "schema-\(Schema.current).db.gz").write(to: URL(fileURLWithPath: fixture))
        try await TelemetryStore.manual(fresh).close()
        let sql =
            "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name)"
        #expect(try PlainSQL.text(sql, in: fresh) == PlainSQL.text(sql, in: fixture))
    }

    /// Writes the file of a new schema: `INFEROMETER_WRITE_FIXTURE=PATH swift test --filter SchemaFixture`.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["INFEROMETER_WRITE_FIXTURE"] != nil, "only when asked"))
    func writeFixture() async throws {
        let path = try #require(ProcessInfo.processInfo.environment["INFEROMETER_WRITE_FIXTURE"])
        let store = try TelemetryStore.manual(path)
        for record in Self.records { store.record(record) }
        try await store.close()
        try PlainSQL.run("PRAGMA journal_mode = DELETE; VACUUM; PRAGMA journal_mode = WAL", in: path)
    }
}
