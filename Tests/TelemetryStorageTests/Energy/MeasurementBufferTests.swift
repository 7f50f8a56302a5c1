// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import Testing

@testable import TelemetryStorage

/// Accounts and power on their way to the disk: they take no room from calls, and what is lost is counted.
@Suite struct MeasurementBufferTests {
    private let call = WriterEntry.record(RecordBox(.call()), precision: .measured)
    private let power = WriterEntry.power([.watts(1, at: 1)])
    private let accounts = WriterEntry.accounts([.part(at: 0, attributed: 1)])

    @Test func powerWaitsForACommitThatSomethingElseWants() {
        var buffer = RecordBuffer(limit: 100, batchSize: 50)
        let first = [power, power, accounts, power, call].map { buffer.append($0) }
        #expect(first == [.commitMuchLater, .nothing, .commitLater, .nothing, .nothing])
        let taken = buffer.take()
        #expect(taken.count == 5)
        buffer.settle(5)
        let second = [call, power].map { buffer.append($0) }
        #expect(second == [.commitLater, .nothing])
        buffer.giveBack(buffer.take())
        let whileFailing = buffer.append(power)
        #expect(whileFailing == .nothing)
    }

    @Test func aDiskThatTakesNothingLosesPowerBeforeCalls() {
        var buffer = RecordBuffer(limit: 5_000, batchSize: 50)
        let actions = (0..<1_203).map { _ in buffer.append(power) }
        #expect(actions[1_199] == .nothing && actions[1_200] == .dropped(isFirst: true))
        #expect(actions[1_202] == .dropped(isFirst: false))
        #expect(buffer.droppedOfMachine == 3 && buffer.dropped == 0)
        let ofACall = buffer.append(call)
        #expect(ofACall == .commitNow)
        // What is being committed takes room too, and what failed has it again.
        let taken = buffer.take()
        let whileCommitting = buffer.append(power)
        buffer.giveBack(taken)
        let afterFailure = buffer.append(accounts)
        #expect([whileCommitting, afterFailure] == [.dropped(isFirst: false), .dropped(isFirst: false)])
        buffer.settle(buffer.take().count)
        let afterSuccess = buffer.append(power)
        #expect(afterSuccess == .commitMuchLater)
        let discarded = buffer.discard()
        #expect(discarded.records == 0 && discarded.ofMachine == 1)
        let wasOpen = buffer.close()
        let afterTheEnd = buffer.append(power)
        #expect(wasOpen && afterTheEnd == .dropped(isFirst: true))
    }

    @Test func whatDoesNotFitBackIsCountedByKind() {
        var buffer = RecordBuffer(limit: 4, batchSize: 50)
        for entry in [call, power, accounts] { _ = buffer.append(entry) }
        let taken = buffer.take()
        buffer.settle(0)
        buffer.giveBack(taken + [call, power])
        #expect(buffer.entries.count == 4)
        #expect(buffer.dropped == 0 && buffer.droppedOfMachine == 1)
    }

    @Test func lostAtTheEndIsCounted() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        try await TelemetryStore.manual(path).close()
        let pages = Int(try #require(try PlainSQL.number("PRAGMA page_count", in: path)))
        let store = try TelemetryStore.manual(path) { $0.pageLimit = pages }
        for second in 0..<600 { store.record([.watts(1, at: Double(second))]) }
        for minute in 0..<300 { store.record([.part(at: Double(minute * 60), attributed: 1)]) }
        store.record(.call())
        await #expect(throws: TelemetryStoreError.self) { try await store.close() }
        #expect(store.health.droppedMeasurements == 900 && store.health.dropped == 1)
        #expect(try await TelemetryAggregator(path: path).energyAccounts().isEmpty)
    }

    @Test func aFailedCommitAddsNothingTwice() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        try await TelemetryStore.manual(path).close()
        try PlainSQL.run("DROP TABLE rollup_day", in: path)
        let store = try TelemetryStore.manual(path)
        store.record([.part(at: 0, attributed: 5)])
        store.record(.call())
        for _ in 0..<3 { await #expect(throws: TelemetryStoreError.self) { try await store.flush() } }
        #expect(store.health.failedCommits >= 3)
        let fresh = directory.path("fresh.db")
        try await TelemetryStore.manual(fresh).close()
        let day = try #require(try PlainSQL.text("SELECT sql FROM sqlite_schema WHERE name = 'rollup_day'", in: fresh))
        try PlainSQL.run(day, in: path)
        try await store.close()
        #expect(try await TelemetryAggregator(path: path).energyAccounts().only?.measured == .nanojoules(5))
    }

    @Test func aRowThatTheDatabaseRefusesTakesNoOtherWithIt() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        try await TelemetryStore.manual(path).close()
        try PlainSQL.run(
            """
            CREATE TRIGGER refuse BEFORE INSERT ON energy_minute WHEN new.measured = 13
            BEGIN SELECT raise(ABORT, 'no thirteen'); END
            """,
            in: path
        )
        let store = try TelemetryStore.manual(path)
        store.record([.part(at: 0, attributed: 13), .part(at: 60, attributed: 14)])
        store.record(.call())
        try await store.flush()
        #expect(store.health.droppedMeasurements == 1 && store.health.dropped == 0 && store.health.recorded == 1)
        #expect(try await TelemetryAggregator(path: path).energyAccounts().only?.measured == .nanojoules(14))
        store.record([.part(at: 0, attributed: 1)])
        try await store.close()
        store.record([.part(at: 0, attributed: 1)])
        #expect(store.health.droppedMeasurements == 2)
    }
}
