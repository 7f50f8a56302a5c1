// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryStorage

/// Times that no clock tells, yet callers can name: they end no program.
@Suite struct ExtremeTimesTests {
    private static let times: [Int64] = [.min, .min + 1, -1, 0, .max - 1, .max]

    @Test(arguments: times)
    func spansBeginWhereTimeDoes(_ time: Int64) {
        for level in RollupLevel.allCases {
            let start = level.start(of: time)
            #expect(start <= time)
            #expect(start == .min || start % level.length == 0)
        }
        let minute = AccountLevel.minute.start(of: time)
        #expect(minute <= time)
    }

    @Test(arguments: times, times)
    func windowsArePlannedUpToTheEdges(_ since: Int64, _ until: Int64) {
        let range = TimeRange(
            since: WallTime(microsecondsSinceEpoch: since),
            until: WallTime(microsecondsSinceEpoch: until)
        )
        for coarsest in [nil, RollupLevel.hour, .day] {
            let plan = WindowPlan(range, coarsest: coarsest)
            let parts = (plan.rows + plan.hours + plan.days).sorted { $0.start < $1.start }
            guard since <= until else {
                #expect(parts.isEmpty)
                continue
            }
            #expect(parts.first?.start == since)
            #expect(parts.last?.end == (until == .max ? .max : until + 1))
            for (one, next) in zip(parts, parts.dropFirst()) { #expect(one.end == next.start) }
            for part in plan.rows {
                let whole = AccountReader.wholeMinutes(of: part)
                #expect(whole.start >= part.start && whole.end <= part.end)
            }
        }
    }

    @Test func recordsAtTheEdgesAreKeptAndSummedUp() async throws {
        let records = Self.times.enumerated().map { number, time in
            var record = TelemetryRecord(
                id: RecordID(high: 1, low: UInt64(number)),
                timestamp: WallTime(microsecondsSinceEpoch: time)
            )
            record.identity.model = "m"
            record.timing.latency = .seconds(1)
            record.methodologyVersion = TelemetryRecord.currentMethodologyVersion
            return record
        }
        let fixture = try await FilledStore(records)
        #expect(try await fixture.aggregator.recordCount() == records.count)
        #expect(try await fixture.aggregator.summary().callCount == records.count)
        #expect(try await fixture.aggregator.summary().totalLatency == .seconds(records.count))
        #expect(try await fixture.aggregator.statistics(by: .session).map(\.calls.callCount) == [records.count])
        let newest = try await fixture.aggregator.recentRecords().map(\.timestamp.microsecondsSinceEpoch)
        #expect(newest == Self.times.reversed())
        let since = TimeRange(since: WallTime(microsecondsSinceEpoch: 1))
        #expect(try await fixture.aggregator.summary(in: since).callCount == 2)
        let until = TimeRange(until: WallTime(microsecondsSinceEpoch: -1))
        #expect(try await fixture.aggregator.summary(in: until).callCount == 3)
        #expect(try await fixture.aggregator.series(every: .day).map(\.callCount).reduce(0, +) == records.count)
    }

    @Test(arguments: times)
    func questionsAboutTheEdgesAreAnswered(_ time: Int64) async throws {
        let fixture = try await FilledStore([.call(at: 5)])
        let edge = WallTime(microsecondsSinceEpoch: time)
        for range in [TimeRange(since: edge), TimeRange(until: edge), TimeRange(since: edge, until: edge)] {
            let count = try await fixture.aggregator.recentRecords(filter: CallFilter(range: range)).count
            #expect(try await fixture.aggregator.summary(in: range).callCount == count)
            #expect(try await fixture.aggregator.energyAccounts(in: range).isEmpty)
            #expect(try await fixture.aggregator.powerHistory(in: range).isEmpty)
        }
    }

    /// An age longer than time itself is saturated to the edge by `WallTime`.
    @Test(arguments: times, [false, true])
    func pruningBeforeAnyTimeEnds(_ time: Int64, _ includesRollups: Bool) async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        store.record(.call(at: 5))
        var request = PruneRequest()
        request.before = WallTime(microsecondsSinceEpoch: time)
        request.includesRollups = includesRollups
        let isAfter = time > 3_600_000_000
        #expect(try await store.prune(request).calls == (isAfter ? 1 : 0))
        let left = try await TelemetryAggregator(path: directory.path()).summary().callCount
        #expect(left == (isAfter && includesRollups ? 0 : 1))
        #expect(try await TelemetryAggregator(path: directory.path()).recordCount() == (isAfter ? 0 : 1))
        try await store.close()
    }
}
