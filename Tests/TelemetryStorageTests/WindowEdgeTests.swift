// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import Testing

@testable import TelemetryStorage

/// Where hours and days meet, in time and in what was removed.
@Suite struct WindowEdgeTests {
    private static let day: Int64 = 86_400_000_000

    private static func call(_ microseconds: Int64) -> TelemetryRecord {
        var record = TelemetryRecord.call()
        record.timestamp = WallTime(microsecondsSinceEpoch: microseconds)
        record.timing.latency = .seconds(1)
        return record
    }

    /// The last microsecond of a UTC day is its own, the next one is not; before the epoch too.
    @Test(arguments: [0, 1, 20_000, -1] as [Int64])
    func aDayEndsWithItsLastMicrosecond(_ number: Int64) async throws {
        let start = number * Self.day
        let fixture = try await FilledStore([start - 1, start, start + Self.day - 1, start + Self.day].map(Self.call))
        let range = TimeRange(
            since: WallTime(microsecondsSinceEpoch: start),
            until: WallTime(microsecondsSinceEpoch: start + Self.day - 1)
        )
        #expect(try await fixture.aggregator.summary(in: range).callCount == 2)
        let days = try await fixture.aggregator.series(every: .day)
        #expect(days.map(\.callCount) == [1, 2, 1])
        #expect(days.map(\.start.microsecondsSinceEpoch) == [start - Self.day, start, start + Self.day])
        #expect(try await fixture.aggregator.series(every: .hour).map(\.callCount) == [1, 1, 1, 1])
    }

    /// After hours were removed, a window that begins inside one tells the calls that are left, and that it is not whole.
    @Test func aWindowThatBeginsInsideARemovedHourSaysSo() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        for half in 0..<12 { store.record(Self.call(Int64(half) * 1_800_000_000)) }
        var request = PruneRequest()
        request.before = .seconds(2 * 3_600)
        #expect(try await store.prune(request).calls == 4)
        let aggregator = TelemetryAggregator(path: directory.path())
        let wanted: [(since: Double, until: Double, count: Int, isPruned: Bool)] = [
            (3_600, 7_199.999_999, 2, true), (0, 21_600, 12, true), (3_601, 7_199, 0, true),
            (3_601, 10_799.999_999, 2, true), (7_200, 10_799.999_999, 2, false), (7_201, 10_799, 1, false),
        ]
        for (since, until, count, isPruned) in wanted {
            let summary = try await aggregator.summary(in: TimeRange(since: .seconds(since), until: .seconds(until)))
            #expect(summary.callCount == count && summary.rowsPruned == isPruned, "\(since)...\(until)")
        }
        try await store.close()
    }

    /// Two stores on one file: what one removes, the other neither counts nor brings back.
    @Test func whatOneStoreRemovesTheOtherDoesNotBringBack() async throws {
        let directory = try TemporaryDirectory()
        let first = try TelemetryStore.manual(directory.path())
        let second = try TelemetryStore.manual(directory.path())
        for store in [first, second] {
            store.record(Self.call(5))
            try await store.flush()
        }
        var request = PruneRequest()
        request.before = .seconds(3_600)
        request.includesRollups = true
        #expect(try await first.prune(request).calls == 2)
        second.record(Self.call(7))
        first.record(Self.call(9))
        try await second.close()
        try await first.close()
        #expect(try await TelemetryAggregator(path: directory.path()).summary().callCount == 2)
        #expect(try RollupAudit.differences(in: directory.path()).isEmpty)
    }

    @Test(arguments: [
        (String(repeating: "é", count: 128), 256), ("a" + String(repeating: "é", count: 128), 255),
        ("ab" + String(repeating: "中", count: 90), 254), (String(repeating: "😀", count: 65), 256),
        (String(repeating: "x", count: 256), 256), (String(repeating: "x", count: 257), 256),
    ])
    func aNameIsCutBetweenCharactersAndFoundByItsWhole(_ name: String, _ bytes: Int) async throws {
        let fixture = try await FilledStore([.call(model: name), .call(model: name + "tail")])
        let models = try await fixture.aggregator.summary().perModel.map(\.model)
        let cut = try #require(models.first.flatMap { $0 })
        #expect(name.hasPrefix(cut) && cut.utf8.count == bytes)
        var filter = CallFilter.all
        filter.model = name
        #expect(try await fixture.aggregator.summary(of: filter).callCount == 2)
    }

    /// Files that are not ours, or not yet: opened or read, not a byte of them changes.
    @Test(arguments: ["PRAGMA user_version = 99", "PRAGMA application_id = 7"])
    func whatIsRefusedIsNotAlteredByAByte(_ change: String) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        let store = try TelemetryStore.manual(path)
        store.record(Self.call(5))
        try await store.close()
        try PlainSQL.run(change, in: path)
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.url.path)
        #expect(throws: TelemetryStoreError.self) { try TelemetryStore.manual(path) }
        await #expect(throws: TelemetryStoreError.self) { try await TelemetryAggregator(path: path).summary() }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.url.path) == names)
    }
}
