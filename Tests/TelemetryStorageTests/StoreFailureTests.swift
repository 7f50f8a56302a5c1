// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import TelemetryCore
import Testing

@testable import TelemetryStorage

/// What the disk and other processes do to a store.
@Suite struct StoreFailureTests {
    @Test("Defect 25: a locked file keeps records until it is free") func aLockedFileKeepsRecordsUntilItIsFree()
        async throws
    {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        let store = try TelemetryStore.manual(path) { $0.busyTimeout = .zero }
        var unsafe = Configuration()
        unsafe.allowsUnsafeTransactions = true
        let blocker = try DatabaseQueue(path: path, configuration: unsafe)
        try await blocker.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        store.record(.call())
        let failure = await #expect(throws: TelemetryStoreError.self) { try await store.flush() }
        #expect(failure?.code == .locked)
        #expect(store.health.failedCommits >= 1)
        #expect(store.health.lastError?.code == .locked)
        #expect(store.health.lastErrorAt != nil)
        #expect(store.health.buffered == 1)
        store.record(.call())
        try await blocker.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try await store.flush()
        #expect(store.health.recorded == 2)
        #expect(store.health.lastError == nil)
        #expect(store.health.buffered == 0)
        try await store.close()
    }

    @Test func aFullFileDropsOnlyBeyondTheLimitAndRecovers() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        try await TelemetryStore.manual(path).close()
        let pages = Int(try #require(try PlainSQL.number("PRAGMA page_count", in: path)))
        let store = try TelemetryStore.manual(path) {
            $0.pageLimit = pages + 2
            $0.bufferLimit = 100
        }
        for second in 0..<100 {
            store.record(.call(at: Double(second)) { $0.identity.session = String(repeating: "\(second)", count: 90) })
        }
        let failure = await #expect(throws: TelemetryStoreError.self) { try await store.flush() }
        #expect(failure?.code == .full)
        #expect(store.health.buffered == 100)
        #expect(store.health.dropped == 0)
        for second in 0..<50 { store.record(.call(at: Double(second))) }
        #expect(store.health.dropped == 50)
        await #expect(throws: TelemetryStoreError.self) { try await store.close() }
        #expect(store.health.dropped == 150)
        // Nothing of the failed commits is in the file, which is sound.
        #expect(try await TelemetryAggregator(path: path).recordCount() == 0)
        #expect(try await TelemetryAggregator(path: path).integrityProblems().isEmpty)
    }

    @Test("Defect 24: a row that the database refuses takes no other with it")
    func aRowThatTheDatabaseRefusesTakesNoOtherWithIt() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        try await TelemetryStore.manual(path).close()
        try PlainSQL.run(
            """
            CREATE TRIGGER refuse BEFORE INSERT ON call WHEN new.prompt_tokens = 13
            BEGIN SELECT raise(ABORT, 'no thirteen'); END
            """,
            in: path
        )
        let store = try TelemetryStore.manual(path)
        for tokens in [12, 13, 14] { store.record(.call { $0.tokens.prompt = tokens }) }
        try await store.flush()
        #expect(store.health.recorded == 2)
        #expect(store.health.dropped == 1)
        #expect(try await store.recentRecords().compactMap(\.tokens.prompt).sorted() == [12, 14])
        #expect(try RollupAudit.differences(in: path).isEmpty)
    }

    @Test func numbersThatCannotBeAreAbsent() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        store.record(
            .call {
                $0.tokens.prompt = -5
                $0.tokens.completion = .max
                $0.timing.latency = .seconds(-1)
                $0.timing.timeToFirstToken = .seconds(Int64.max)
                $0.energy.total = Energy(attojoules: .max)
                $0.energy.dynamic = .joules(-1)
                $0.price.costUSD = .nan
                $0.price.carbonGrams = -.infinity
                $0.device.utilizationPercent = .infinity
                $0.energy.peakPower = .watts(.nan)
            }
        )
        store.record(.call())
        let records = try await store.recentRecords()
        #expect(records.count == 2)
        let odd = try #require(records.first { $0.tokens.completion != nil })
        #expect(odd.tokens.prompt == nil)
        #expect(odd.tokens.completion == .max)
        #expect(odd.timing == CallTiming())
        #expect(odd.energy == CallEnergy())
        #expect(odd.price == CallPrice())
        #expect(odd.device == DeviceUse())
        #expect(store.health.dropped == 0)
    }

    @Test func longAndManyNamesAreBounded() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        let store = try TelemetryStore.manual(path) { $0.bufferLimit = 20_000 }
        let long = String(repeating: "\u{1F600}", count: 100)
        store.record(.call(model: long))
        #expect(try await store.recentRecords().first?.identity.model == String(repeating: "\u{1F600}", count: 64))
        for number in 0..<10_050 { store.record(.call(at: 2_000, model: "model \(number)")) }
        try await store.flush()
        let count = try PlainSQL.number("SELECT count(*) FROM label WHERE kind = 1", in: path)
        #expect(count == 10_001)
        let others = try await TelemetryAggregator(path: path).statistics(by: .model).first
        #expect(others?.name == "other")
        #expect(others?.calls.callCount == 51)
        for number in 0..<10_050 { store.record(.call { $0.identity.session = "session \(number)" }) }
        try await store.flush()
        #expect(try PlainSQL.number("SELECT count(*) FROM label WHERE kind = 5", in: path) == 10_050)
    }

    @Test func aClockThatJumpsOnlyMovesTheRow() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        let store = try TelemetryStore.manual(path)
        for second in [5_000.0, -7_200, 4e9, 0, 5_001] {
            store.record(.call(at: second) { $0.timing.latency = .seconds(1) })
        }
        try await store.flush()
        #expect(try RollupAudit.differences(in: path).isEmpty)
        let all = try await TelemetryAggregator(path: path).summary()
        #expect(all.callCount == 5)
        let early = TimeRange(until: .seconds(-1))
        #expect(try await TelemetryAggregator(path: path).summary(in: early).callCount == 1)
    }

    @Test func twoStoresOnOneFileKeepTheRollupsRight() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        let stores = try (0..<3).map { _ in try TelemetryStore.manual(path) { $0.batchSize = 7 } }
        await withTaskGroup(of: Void.self) { group in
            for (number, store) in stores.enumerated() {
                group.addTask {
                    for call in 0..<400 {
                        store.record(
                            .call(at: Double(call * 20), model: "m\(call % 3)") {
                                $0.tokens.completion = call
                                $0.timing.latency = .microseconds(number * 1_000 + call)
                                $0.energy.total = .nanojoules(call * 1_000_003)
                            }
                        )
                        if call % 50 == 0 { try? await store.flush() }
                    }
                }
            }
        }
        for store in stores { try await store.close() }
        let summary = try await TelemetryAggregator(path: path).summary()
        #expect(summary.callCount == 1_200)
        #expect(try RollupAudit.differences(in: path).isEmpty)
    }

    @Test func labelsThatAnotherProcessRemovedAreMadeAnew() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        let first = try TelemetryStore.manual(path)
        let second = try TelemetryStore.manual(path)
        first.record(.call(model: "kept"))
        try await first.flush()
        #expect(try await second.clear() == 1)
        first.record(.call(model: "kept"))
        #expect(try await first.recentRecords().map(\.identity.model) == ["kept"])
        #expect(try RollupAudit.differences(in: path).isEmpty)
        #expect(try await TelemetryAggregator(path: path).summary().perModel.map(\.model) == ["kept"])
    }

    /// A copy of the files at any moment is what a killed process leaves behind.
    @Test func whatWasFlushedSurvivesAKilledProcess() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("live.db")
        let store = try TelemetryStore.manual(path)
        for round in 1...5 {
            for call in 0..<100 { store.record(.call(at: Double(round * 1_000 + call))) }
            try await store.flush()
            let copy = directory.path("copy\(round).db")
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
            }
            #expect(try await TelemetryAggregator(path: copy).recordCount() == round * 100)
            #expect(try RollupAudit.differences(in: copy).isEmpty)
        }
    }

    #if os(Linux)
    @Test func killedInTheMiddleTheFileOpensAndIsWhole() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try TelemetryStore.manual(path) { $0.batchSize = 10 }
            for call in 0..<1_000 { store.record(.call(at: Double(call))) }
            try await store.flush()
            for call in 0..<500 { store.record(.call(at: Double(call))) }
            kill(getpid(), SIGKILL)
        }
        let store = try TelemetryStore.manual(path)
        let count = try await TelemetryAggregator(path: path).recordCount()
        #expect(count >= 1_000)
        #expect(try RollupAudit.differences(in: path).isEmpty)
        try await store.close()
    }

    @Test(.enabled(if: geteuid() == 0, "needs root, to become nobody"))
    func nobodyIsToldWhatCannotBeWrittenOrRead() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        let store = try TelemetryStore.manual(path)
        store.record(.call())
        try await store.close()
        let shared = directory.url.path
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: shared)
        await #expect(processExitsWith: .success) { [path = path as String] in
            guard setgid(65_534) == 0, setuid(65_534) == 0 else { exit(1) }
            try StoreFailureTests.expectCode(.unreadable) { _ = try TelemetryStore.manual(path) }
            try StoreFailureTests.expectCode(.readOnly) { _ = try TelemetryStore.manual(path + ".new") }
        }
        // Readable, in a directory that nobody can write: read as it is, and not written.
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        await #expect(processExitsWith: .success) { [path = path as String] in
            guard setgid(65_534) == 0, setuid(65_534) == 0 else { exit(1) }
            try StoreFailureTests.expectCode(.readOnly) { _ = try TelemetryStore.manual(path) }
            guard try await TelemetryAggregator(path: path).recordCount() == 1 else { exit(2) }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: shared) == ["telemetry.db"])
    }
    #endif

    private struct Unexpected: Error {
        var error: (any Error)?
    }

    private static func expectCode(_ code: TelemetryStoreError.Code, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as TelemetryStoreError where error.code == code {
            return
        } catch {
            throw Unexpected(error: error)
        }
        throw Unexpected()
    }
}
