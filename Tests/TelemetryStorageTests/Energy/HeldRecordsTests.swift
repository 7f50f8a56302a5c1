// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Synchronization
import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryStorage

/// Records that wait in memory for their energy, whatever happens meanwhile.
@Suite struct HeldRecordsTests {
    /// A writer whose pauses are over when a test says so.
    private final class Bench {
        let directory: TemporaryDirectory
        let path: String
        let clock = ManualClock()
        let writer: StoreWriter

        init(_ change: (inout TelemetryStoreConfiguration) -> Void = { _ in }) throws {
            directory = try TemporaryDirectory()
            path = directory.path()
            var configuration = TelemetryStoreConfiguration()
            configuration.commitInterval = .seconds(3_600)
            change(&configuration)
            writer = try StoreWriter(path: path, configuration: configuration, clock: clock.clock, logger: .silent)
        }

        func append(_ record: TelemetryRecord) {
            let since = record.energy.isPending ? clock.now : nil
            writer.append(.record(RecordBox(record), precision: .measured, awaitsEnergySince: since))
        }

        func complete(_ record: TelemetryRecord, joules: Double = 3) {
            var energy = CallEnergy()
            energy.total = .joules(joules)
            writer.append(.complete(record.id, energy, DeviceUse(), CallPrice()))
        }

        /// Commits as the writer's own timer does.
        func drain() throws {
            try writer.queue.sync { try writer.drain(holding: true) }
        }

        var aggregator: TelemetryAggregator { TelemetryAggregator(path: path) }
    }

    @Test func clearingTakesWhatIsHeldAndItsEnergyComesTooLate() async throws {
        let bench = try Bench()
        let record = TelemetryRecord.call(at: 100).awaitingEnergy
        bench.append(record)
        try bench.drain()
        #expect(bench.writer.health.buffered == 1)
        #expect(try await bench.writer.clear() == 1)
        #expect(bench.writer.health.buffered == 0)
        bench.complete(record)
        try await bench.writer.flush()
        #expect(bench.writer.health.buffered == 0)
        #expect(try await bench.aggregator.summary() == AggregatedStatistics())
    }

    @Test func pruningCommitsWhatIsHeldFirst() async throws {
        let bench = try Bench()
        let record = TelemetryRecord.call(at: 100).awaitingEnergy
        bench.append(record)
        try bench.drain()
        var request = PruneRequest()
        request.before = .seconds(7_200)
        #expect(try await bench.writer.prune(request).calls == 1)
        bench.complete(record)
        try await bench.writer.flush()
        #expect(try await bench.aggregator.recordCount() == 0)
        let summary = try await bench.aggregator.summary()
        #expect(summary.callCount == 1 && summary.totalEnergy == nil && summary.rowsPruned)
    }

    @Test func closingCommitsWhatIsHeldAndTheNextProcessMakesItFinal() async throws {
        let bench = try Bench()
        let record = TelemetryRecord.call(at: 100).awaitingEnergy
        bench.append(record)
        try bench.drain()
        try await bench.writer.close()
        #expect(bench.writer.health.recorded == 1 && bench.writer.health.dropped == 0)
        #expect(try await bench.aggregator.record(record.id)?.energy.isPending == true)
        let next = try TelemetryStore(path: bench.path, clock: bench.clock.clock, logger: .silent)
        #expect(try await next.record(record.id)?.energy.reason == "interrupted")
        try await next.close()
    }

    /// While the disk takes nothing, records and energies meet all the same, and none is lost or counted twice.
    @Test func failedCommitsKeepWhatIsHeld() async throws {
        let bench = try Bench { $0.busyTimeout = .zero }
        var unsafe = Configuration()
        unsafe.allowsUnsafeTransactions = true
        let blocker = try DatabaseQueue(path: bench.path, configuration: unsafe)
        // What the opening itself does to the file is over.
        bench.writer.queue.sync {}
        try await blocker.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let held = TelemetryRecord.call(at: 1).awaitingEnergy
        let waiting = TelemetryRecord.call(at: 2).awaitingEnergy
        bench.append(held)
        try bench.drain()
        bench.append(.call(at: 3))
        bench.append(waiting)
        #expect(throws: TelemetryStoreError.self) { try bench.drain() }
        #expect(bench.writer.health.buffered == 3)
        bench.complete(held)
        #expect(throws: TelemetryStoreError.self) { try bench.drain() }
        #expect(bench.writer.health.buffered == 3)
        try await blocker.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try bench.drain()
        #expect(bench.writer.health.recorded == 2 && bench.writer.health.buffered == 1)
        bench.complete(waiting, joules: 5)
        try await bench.writer.flush()
        let health = bench.writer.health
        #expect(health.recorded == 3 && health.buffered == 0 && health.dropped == 0 && health.duplicates == 0)
        #expect(try await bench.aggregator.summary().totalEnergy == .joules(8))
        #expect(try RollupAudit.differences(in: bench.path).isEmpty)
        try await bench.writer.close()
    }

    @Test func theSameCallTwiceIsOneRowWithItsEnergy() async throws {
        let bench = try Bench()
        let record = TelemetryRecord.call(at: 1).awaitingEnergy
        bench.append(record)
        bench.append(record)
        bench.complete(record)
        bench.complete(record, joules: 9)
        try await bench.writer.flush()
        #expect(bench.writer.health.recorded == 1 && bench.writer.health.duplicates == 1)
        #expect(bench.writer.health.buffered == 0)
        #expect(try await bench.aggregator.summary().totalEnergy == .joules(3))
        try await bench.writer.close()
    }

    /// A copy between a row and its energy is what a killed process leaves behind.
    @Test func killedBetweenARowAndItsEnergyTheRowBecomesFinal() async throws {
        let bench = try Bench()
        let record = TelemetryRecord.call(at: 100) { $0.timing.latency = .seconds(2) }.awaitingEnergy
        bench.append(record)
        try await bench.writer.flush()
        bench.complete(record)
        let copy = bench.directory.path("copy.db")
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: bench.path + suffix, toPath: copy + suffix)
        }
        try await bench.writer.close()
        #expect(try await bench.aggregator.record(record.id)?.energy.total == .joules(3))
        let next = try TelemetryStore(path: copy, clock: bench.clock.clock, logger: .silent)
        let found = try #require(try await next.record(record.id))
        #expect(found.energy.reason == "interrupted" && found.energy.total == nil)
        #expect(found.timing.latency == .seconds(2))
        #expect(try RollupAudit.differences(in: copy).isEmpty)
        try await next.close()
    }

    @Test func whatIsHeldTakesItsRoom() throws {
        let bench = try Bench {
            $0.bufferLimit = 4
            $0.batchSize = 100
        }
        for second in 0..<2 { bench.append(TelemetryRecord.call(at: Double(second)).awaitingEnergy) }
        let isHeld = bench.writer.shared.withLock { !$0.buffer.isLarge }
        #expect(isHeld)
        try bench.drain()
        for second in 2..<5 { bench.append(.call(at: Double(second))) }
        #expect(bench.writer.health.buffered == 4 && bench.writer.health.dropped == 1)
    }

    /// Whatever the order of records, energies, commits and the time between, each call is there once with its energy.
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func noOrderLosesACallOrItsEnergy(_ seed: UInt64) async throws {
        let bench = try Bench()
        var random = SeededGenerator(seed: seed)
        var open: [TelemetryRecord] = []
        var (count, completed) = (0, 0)
        for step in 0..<300 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<3:
                open.append(TelemetryRecord.call(at: Double(step)).awaitingEnergy)
                bench.append(open[open.count - 1])
                count += 1
            case 3:
                bench.append(.call(at: Double(step)))
                count += 1
            case 4..<7:
                guard let place = open.indices.randomElement(using: &random) else { continue }
                bench.complete(open.remove(at: place), joules: 1)
                completed += 1
            case 7: try bench.drain()
            case 8: bench.clock.advance(by: .seconds(1_500))
            default: if step % 7 == 0 { try await bench.writer.flush() }
            }
        }
        try await bench.writer.flush()
        let health = bench.writer.health
        #expect(health.recorded == count && health.buffered == 0 && health.duplicates == 0 && health.dropped == 0)
        #expect(try await bench.aggregator.recordCount() == count)
        #expect(try await bench.aggregator.summary().totalEnergy == .joules(Double(completed)))
        let found = try await bench.aggregator.recentRecords(limit: nil)
        #expect(found.count(where: \.energy.isPending) == open.count)
        #expect(found.count { $0.energy.total == .joules(1) } == completed)
        #expect(try RollupAudit.differences(in: bench.path).isEmpty)
        try await bench.writer.close()
    }
}
