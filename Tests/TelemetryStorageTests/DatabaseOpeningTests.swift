// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import TelemetryCore
import Testing

@testable import TelemetryStorage

@Suite struct DatabaseOpeningTests {
    private func code(_ body: () throws -> Void) -> TelemetryStoreError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? TelemetryStoreError)?.code
        }
    }

    private func opening(_ path: String) -> TelemetryStoreError.Code? {
        code { _ = try TelemetryStore.manual(path) }
    }

    private func reading(_ path: String) async -> TelemetryStoreError.Code? {
        do {
            _ = try await TelemetryAggregator(path: path).summary()
            return nil
        } catch {
            return error.code
        }
    }

    @Test func anotherProgramsFileIsNotTouched() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("other.db")
        try PlainSQL.run("CREATE TABLE mine (x); INSERT INTO mine VALUES (1)", in: path)
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(opening(path) == .foreignFile)
        #expect(await reading(path) == .foreignFile)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.url.path) == ["other.db"])
    }

    @Test func theSeedsFileIsRefusedWithTheHintToImportIt() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("seed.db")
        try PlainSQL.run("CREATE TABLE telemetry (id, timestamp, model_id)", in: path)
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(opening(path) == .seedFile)
        #expect(await reading(path) == .seedFile)
        do {
            _ = try TelemetryStore.manual(path)
        } catch let error as TelemetryStoreError {
            #expect(error.message.contains("inferometer import \(path)"))
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func aNewerSchemaIsRefusedWithBothVersions() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        try await TelemetryStore.manual(path).close()
        try PlainSQL.run("PRAGMA user_version = 99", in: path)
        #expect(opening(path) == .newerSchema)
        #expect(await reading(path) == .newerSchema)
        do {
            _ = try TelemetryStore.manual(path)
        } catch let error as TelemetryStoreError {
            #expect(error.message.contains("99"))
            #expect(error.message.contains("\(Schema.current)"))
        }
    }

    @Test(arguments: [
        "not a database, just text that is long enough to be one \(String(repeating: "x", count: 200))", "x",
    ])
    func whatIsNoDatabaseIsRefused(_ text: String) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(opening(path) == .corrupt)
        #expect(await reading(path) == .corrupt)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }

    @Test func anEmptyFileBecomesADatabaseAndReadsAsEmpty() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        #expect(try await TelemetryAggregator(path: path).recordCount() == 0)
        #expect(opening(path) == nil)
    }

    @Test("Defect 29: a file that is not there reads as empty and is not made")
    func aFileThatIsNotThereReadsAsEmptyAndIsNotMade() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("no/such/telemetry.db")
        let aggregator = TelemetryAggregator(path: path)
        #expect(try await aggregator.summary() == AggregatedStatistics())
        #expect(try await aggregator.statistics(by: .session).isEmpty)
        #expect(try await aggregator.recentRecords().isEmpty)
        #expect(try await aggregator.integrityProblems().isEmpty)
        for try await _ in aggregator.records() { Issue.record("a record of nothing") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.url.path).isEmpty)
        // Once it is there, the same aggregator reads it.
        let store = try TelemetryStore.manual(path)
        store.record(.call())
        try await store.close()
        #expect(try await aggregator.recordCount() == 1)
        aggregator.close()
        await #expect(throws: TelemetryStoreError.self) { try await aggregator.recordCount() }
    }

    @Test func damagedPagesAreCalledDamaged() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        let store = try TelemetryStore.manual(path)
        for second in 0..<500 { store.record(.call(at: Double(second))) }
        try await store.close()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        for index in 4_096..<bytes.count { bytes[index] = 0xA5 }
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(await reading(path) == .corrupt)
        let problems = try? await TelemetryAggregator(path: path).integrityProblems()
        #expect(problems?.isEmpty != true)
    }

    @Test func aSoundFileHasNoProblems() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        store.record(.call())
        try await store.close()
        #expect(try await TelemetryAggregator(path: directory.path()).integrityProblems().isEmpty)
    }

    @Test func twoStoresMakeOneFileAtOnce() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                group.addTask {
                    // Whoever comes while another makes the file is told that it is locked, and comes again.
                    var opened: TelemetryStore?
                    for _ in 0..<100 where opened == nil { opened = try? TelemetryStore.manual(path) }
                    opened?.record(.call(at: Double(number)))
                    for _ in 0..<100 where (try? await opened?.flush()) == nil {}
                    try? await opened?.close()
                }
            }
        }
        #expect(try await TelemetryAggregator(path: path).recordCount() == 4)
    }

    @Test(arguments: [
        ([UInt8](), DatabaseHeader.Kind.empty), (Array("hello".utf8), .other),
        (Array("SQLite format 3\0".utf8), .other),
        (
            header(application: [0x49, 0x6E, 0x66, 0x6D], version: 7),
            .database(applicationID: 0x496E_666D, userVersion: 7)
        ),
        (header(application: [0, 0, 0, 0], version: 0), .database(applicationID: 0, userVersion: 0)),
    ])
    func headersAreReadWithoutSQLite(_ bytes: [UInt8], _ kind: DatabaseHeader.Kind) {
        #expect(DatabaseHeader(bytes: bytes).kind == kind)
    }

    private static func header(application: [UInt8], version: UInt8) -> [UInt8] {
        var bytes = Array("SQLite format 3\0".utf8) + [UInt8](repeating: 0, count: 84)
        bytes.replaceSubrange(68..<72, with: application)
        bytes[63] = version
        return bytes
    }
}
