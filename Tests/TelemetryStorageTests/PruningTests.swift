// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import Testing

@testable import TelemetryStorage

@Suite struct PruningTests {
    private func filled(_ path: String, hours: Int, perHour: Int = 20) async throws -> TelemetryStore {
        let store = try TelemetryStore.manual(path)
        for hour in 0..<hours {
            for call in 0..<perHour {
                store.record(
                    .call(at: Double(hour * 3_600 + call * 100)) {
                        $0.timing.latency = .seconds(1)
                        $0.identity.session = "session \(hour)"
                        $0.tokenCountingVersion = 1
                    }
                )
            }
        }
        try await store.flush()
        return store
    }

    @Test func wholeHoursGoAndRollupsStay() async throws {
        let directory = try TemporaryDirectory()
        let store = try await filled(directory.path(), hours: 50)
        var request = PruneRequest()
        request.before = .seconds(10.5 * 3_600)
        let report = try await store.prune(request)
        #expect(report.calls == 200)
        #expect(report.rollups == 0)
        let aggregator = TelemetryAggregator(path: directory.path())
        #expect(try await aggregator.recordCount() == 800)
        let all = try await aggregator.summary()
        #expect(all.callCount == 1_000)
        #expect(all.totalLatency == .seconds(1_000))
        #expect(all.rowsPruned)
        let late = try await aggregator.summary(in: TimeRange(since: .seconds(10 * 3_600)))
        #expect(!late.rowsPruned)
        #expect(late.callCount == 800)
        // Sessions without calls go with them, and so do the calls' rare values.
        #expect(try PlainSQL.number("SELECT count(*) FROM label WHERE kind = 5", in: directory.path()) == 40)
        #expect(try PlainSQL.number("SELECT count(*) FROM call_extra", in: directory.path()) == 800)
        store.record(.call(at: 360_000) { $0.identity.session = "session 3" })
        #expect(try await store.recentRecords(limit: 1).first?.identity.session == "session 3")
    }

    @Test func rollupsGoWhenAskedAndTheBoundaryDayIsSummedUpAnew() async throws {
        let directory = try TemporaryDirectory()
        let store = try await filled(directory.path(), hours: 60)
        var request = PruneRequest()
        request.before = .seconds(30 * 3_600)
        request.includesRollups = true
        let report = try await store.prune(request)
        #expect(report.calls == 600)
        #expect(report.rollups >= 30)
        #expect(try RollupAudit.differences(in: directory.path()).isEmpty)
        #expect(try await TelemetryAggregator(path: directory.path()).summary().callCount == 600)
    }

    @Test func aFileShrinksToItsLimit() async throws {
        let directory = try TemporaryDirectory()
        let store = try await filled(directory.path(), hours: 40, perHour: 200)
        let before = try #require(store.health.fileBytes)
        var request = PruneRequest()
        request.largestFileBytes = before / 2
        request.includesRollups = true
        let report = try await store.prune(request)
        #expect(report.calls > 0)
        let oldest = try #require(try await store.oldestRecord())
        #expect(
            try PlainSQL.number("SELECT value % 3600000000 FROM meta WHERE key = 'rows_since'", in: directory.path())
                == 0
        )
        #expect(oldest.timestamp.microsecondsSinceEpoch % 3_600_000_000 < 100_000_000)
        #expect(report.fileBytes <= before / 2)
        try await store.close()
        let size = try FileManager.default.attributesOfItem(atPath: directory.path())[.size] as? Int
        #expect(size == report.fileBytes)
        #expect(try await TelemetryAggregator(path: directory.path()).integrityProblems().isEmpty)
    }

    @Test func nothingToPruneIsNothing() async throws {
        let directory = try TemporaryDirectory()
        let store = try await filled(directory.path(), hours: 2)
        var request = PruneRequest()
        request.before = .seconds(3_599)
        #expect(try await store.prune(request).calls == 0)
        request.before = nil
        request.largestFileBytes = 1 << 40
        #expect(try await store.prune(request).calls == 0)
        #expect(try await !TelemetryAggregator(path: directory.path()).summary().rowsPruned)
    }

    @Test func anImpossibleLimitRemovesAllCallsAndEnds() async throws {
        let directory = try TemporaryDirectory()
        let store = try await filled(directory.path(), hours: 3)
        var request = PruneRequest()
        request.largestFileBytes = 1
        #expect(try await store.prune(request).calls == 60)
        #expect(try await TelemetryAggregator(path: directory.path()).recordCount() == 0)
    }

    @Test func clearingShrinksTheFile() async throws {
        let directory = try TemporaryDirectory()
        let store = try await filled(directory.path(), hours: 50, perHour: 100)
        #expect(try await store.clear() == 5_000)
        try await store.close()
        let size = try FileManager.default.attributesOfItem(atPath: directory.path())[.size] as? Int
        #expect(try #require(size) < 100_000)
        #expect(try await TelemetryAggregator(path: directory.path()).summary() == AggregatedStatistics())
    }
}

extension TelemetryStore {
    /// The record that was made first.
    fileprivate func oldestRecord() async throws -> TelemetryRecord? {
        try await recentRecords(limit: .max).last
    }
}
