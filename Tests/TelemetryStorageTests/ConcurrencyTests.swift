// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import TelemetryCore
import Testing

@testable import TelemetryStorage

/// Readers beside a writer, writers beside each other, and what a commit promises.
@Suite struct ConcurrencyTests {
    @Test func readersSeeWholeCommitsAndNeverWait() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        let store = try TelemetryStore.manual(path)
        store.record(.call(at: 1))
        try await store.flush()
        let aggregator = TelemetryAggregator(path: path)
        var unsafe = Configuration()
        unsafe.allowsUnsafeTransactions = true
        let writer = try DatabaseQueue(path: path, configuration: unsafe)
        try await writer.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE; DELETE FROM call") }
        let during = try await aggregator.recordCount()
        try await writer.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        #expect(during == 1)
        #expect(try await aggregator.recordCount() == 1)
    }

    @Test("Defect 32: a summary's parts are of one state of the file") func summariesTellTheSameOfAllTheirParts()
        async throws
    {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        let store = try TelemetryStore.manual(path) { $0.batchSize = 50 }
        let aggregator = TelemetryAggregator(path: path)
        async let written: Void = {
            for call in 0..<3_000 {
                store.record(.call(at: Double(call), model: "m\(call % 3)", engine: call % 2 == 0 ? .vllm : .ollama))
            }
            try await store.flush()
        }()
        for _ in 0..<20 {
            let summary = try await aggregator.summary()
            #expect(summary.perModel.reduce(0) { $0 + $1.callCount } == summary.callCount)
            #expect(summary.perEngine.reduce(0) { $0 + $1.callCount } == summary.callCount)
        }
        try await written
        #expect(try await aggregator.summary().callCount == 3_000)
    }

    @Test(arguments: [(StoreDurability.normal, 1), (.full, 2)])
    func durabilityDecidesHowCommitsReachTheDisk(_ durability: StoreDurability, _ synchronous: Int) throws {
        let directory = try TemporaryDirectory()
        var configuration = TelemetryStoreConfiguration()
        configuration.durability = durability
        let pool = try DatabaseOpening.writing(directory.path(), configuration)
        let value = try pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        #expect(value == synchronous)
        let timeout = try pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA busy_timeout") }
        #expect(timeout == 5_000)
    }

    @Test func fullDurabilityKeepsWhatWasFlushed() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path()) { $0.durability = .full }
        store.record(.call())
        try await store.flush()
        #expect(try await TelemetryAggregator(path: directory.path()).recordCount() == 1)
    }

    @Test func aStoreThatNobodyClosedStillCommits() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        do {
            let store = try TelemetryStore.manual(path)
            store.record(.call())
        }
        let aggregator = TelemetryAggregator(path: path)
        while try await aggregator.recordCount() == 0 {
            await Task.yield()
        }
        #expect(try await aggregator.recordCount() == 1)
    }

    @Test func energyOfSeveralCallsComesInAnyOrder() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        let store = try TelemetryStore.manual(path)
        let records = (0..<20).map { number in
            TelemetryRecord.call(at: Double(number * 1_000), model: "m\(number % 2)") { $0.tokens.completion = 10 }
        }
        for record in records { store.record(record.awaitingEnergy) }
        // Half of them before their rows are committed, half afterwards.
        for (number, record) in records.reversed().enumerated() {
            if number == 10 { try await store.flush() }
            var energy = CallEnergy()
            energy.total = .nanojoules(1_000 + number)
            energy.prefill = .nanojoules(400)
            var price = CallPrice()
            price.electricityCost = 0.5
            store.complete(record.id, energy: energy, device: DeviceUse(), price: price)
        }
        try await store.flush()
        let summary = try await TelemetryAggregator(path: path).summary()
        #expect(summary.totalEnergy == .nanojoules((0..<20).reduce(0) { $0 + 1_000 + $1 }))
        #expect(summary.totalPrefillEnergy == .nanojoules(8_000))
        #expect(summary.totalElectricityCost == 10)
        #expect(summary.averageTokensPerJoule.count == 20)
        #expect(try RollupAudit.differences(in: path).isEmpty)
        #expect(try PlainSQL.number("SELECT count(*) FROM call WHERE flags & 4", in: path) == 0)
        // A call that is not there, or is final, stays as it is.
        store.complete(RecordID(high: 1, low: 2), energy: CallEnergy(), device: DeviceUse(), price: CallPrice())
        try await store.flush()
        #expect(try await TelemetryAggregator(path: path).recordCount() == 20)
    }

    #if os(Linux)
    @Test func twoProcessesOnOneFileKeepTheRollupsRight() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        try await TelemetryStore.manual(path).close()
        async let here: Void = Self.write(400, to: path, model: "here")
        await #expect(processExitsWith: .success) { [path = path as String] in
            try await ConcurrencyTests.write(400, to: path, model: "there")
        }
        try await here
        let summary = try await TelemetryAggregator(path: path).summary()
        #expect(summary.perModel.map(\.callCount) == [400, 400])
        #expect(try RollupAudit.differences(in: path).isEmpty)
    }
    #endif

    /// Commits calls a few at a time, so that two writers take turns.
    private static func write(_ count: Int, to path: String, model: String) async throws {
        let store = try TelemetryStore.manual(path) { $0.batchSize = 10 }
        for call in 0..<count {
            store.record(
                .call(at: Double(call % 50) * 200, model: model) {
                    $0.timing.latency = .microseconds(call)
                    $0.tokens.completion = call
                    $0.energy.total = .nanojoules(call * 7)
                }
            )
            if call % 20 == 0 { try await store.flush() }
        }
        try await store.close()
    }

    @Test func windowsOverPrunedHoursTellWhatTheRollupsKnow() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        let store = try TelemetryStore.manual(path)
        for hour in 0..<72 {
            store.record(.call(at: Double(hour) * 3_600 + 60) { $0.timing.latency = .seconds(hour + 1) })
        }
        try await store.flush()
        var request = PruneRequest()
        request.before = .seconds(48 * 3_600)
        #expect(try await store.prune(request).calls == 48)
        let aggregator = TelemetryAggregator(path: path)
        let firstDay = try await aggregator.summary(in: TimeRange(since: .seconds(0), until: .seconds(86_399.999_999)))
        #expect(firstDay.callCount == 24)
        #expect(firstDay.rowsPruned)
        #expect(try await aggregator.series(every: .hour).count == 72)
        #expect(try await aggregator.series(every: .day).map(\.callCount) == [24, 24, 24])
        // Groups that only calls can tell have lost theirs.
        #expect(try await aggregator.statistics(by: .session).first?.callCount == 24)
        #expect(try await aggregator.statistics(by: .model).first?.callCount == 72)
    }
}
