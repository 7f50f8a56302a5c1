// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TelemetryCore

/// Groups of calls as they come: names, order, bounds.
@Suite struct LiveGroupTests {
    private func record(
        _ number: UInt64,
        model: String? = nil,
        engine: EngineKind? = nil,
        batch: String? = nil,
        isWarmup: Bool = false
    ) -> TelemetryRecord {
        var record = TelemetryRecord(
            id: RecordID(high: 0, low: number),
            timestamp: WallTime(microsecondsSinceEpoch: 0)
        )
        record.identity.model = model
        record.identity.engine = engine
        record.identity.batch = batch
        record.identity.isWarmup = isWarmup
        record.tokens.completion = 1
        return record
    }

    @Test func noCallsAreNoGroups() {
        let live = LiveStatistics()
        #expect(live.summary() == AggregatedStatistics())
        #expect(live.statisticsByBatch().isEmpty)
    }

    @Test func groupsStandByFallingCallsThenByNameTheUnnamedLast() {
        let live = LiveStatistics()
        let models = ["b", "b", "a", "c", nil, "", nil, nil]
        for (number, model) in models.enumerated() { live.record(record(UInt64(number), model: model)) }
        let summary = live.summary()
        #expect(summary.perModel.map(\.model) == [nil, "b", "a", "c"])
        #expect(summary.perModel.map(\.callCount) == [4, 2, 1, 1])
        #expect(summary.callCount == 8)
        live.record(record(9, model: "a"))
        live.record(record(10, model: "a"))
        live.record(record(11, model: "a"))
        #expect(live.summary().perModel.map(\.model) == ["a", nil, "b", "c"])
    }

    @Test func equalGroupsAreOrderedWhateverTheOrderOfComing() {
        var groups = [GroupStatistics(name: nil), GroupStatistics(name: "z"), GroupStatistics(name: "A")]
        groups.sort(by: GroupStatistics.standsBefore)
        #expect(groups.map(\.name) == ["A", "z", nil])
        let unnamed = GroupStatistics()
        #expect(!GroupStatistics.standsBefore(unnamed, unnamed))
    }

    @Test func theSameCallIsInItsModelAndItsEngine() {
        let live = LiveStatistics()
        live.record(record(1, model: "m", engine: .vllm))
        live.record(record(2, model: "m", engine: .ollama))
        live.record(record(3, model: "n", engine: .vllm))
        let summary = live.summary()
        #expect(summary.perModel.map(\.callCount) == [2, 1])
        #expect(summary.perEngine.map(\.engine) == [.vllm, .ollama])
        #expect(summary.perEngine.map { $0.completionTokens } == [2, 1])
    }

    @Test func callsWithoutABatchAreInNone() {
        let live = LiveStatistics()
        live.record(record(1, batch: "x"))
        live.record(record(2, batch: ""))
        live.record(record(3))
        #expect(live.statisticsByBatch().map(\.batch) == ["x"])
        #expect(live.statisticsByBatch().first?.totalRequests == 1)
    }

    @Test func warmupCallsAreCountedAndNotAveraged() {
        let live = LiveStatistics()
        var slow = record(1, isWarmup: true)
        slow.timing.latency = .seconds(9)
        var fast = record(2)
        fast.timing.latency = .seconds(1)
        live.record(slow)
        live.record(fast)
        #expect(live.summary().callCount == 2 && live.summary().warmupCalls == 1)
        #expect(live.summary().averageLatency == Average(.seconds(1), count: 1))
        #expect(live.summary(includingWarmup: true).averageLatency == Average(.seconds(5), count: 2))
        #expect(live.summary().totalLatency == .seconds(10))
    }

    @Test func forgettingLeavesNothing() {
        let live = LiveStatistics()
        live.record(record(1, model: "m", batch: "x"))
        live.reset()
        #expect(live.summary() == AggregatedStatistics() && live.statisticsByBatch().isEmpty)
    }

    /// Names beyond the bound are counted together; what has no name stays unnamed.
    @Test func namesAreBounded() {
        let live = LiveStatistics(mostNames: 3)
        for number in 0..<20 {
            let name = "n\(number)"
            live.record(record(UInt64(number), model: name, engine: EngineKind(rawValue: name), batch: name))
        }
        live.record(record(99))
        live.record(record(100, model: "n1", engine: EngineKind(rawValue: "n1"), batch: "n1"))
        let summary = live.summary()
        #expect(summary.perModel.map(\.model) == ["other", "n1", "n0", "n2", nil])
        #expect(summary.perModel.map(\.callCount) == [17, 2, 1, 1, 1])
        #expect(summary.perEngine.map { $0.engine?.rawValue } == ["other", "n1", "n0", "n2", nil])
        #expect(live.statisticsByBatch().map(\.batch) == ["other", "n1", "n0", "n2"])
        #expect(summary.callCount == 22)
    }

    /// Many kinds of engine under one model are bounded too: an imported record may bring any.
    @Test func enginesOfOneModelAreBounded() {
        let live = LiveStatistics(mostNames: 2)
        for number in 0..<10 {
            live.record(record(UInt64(number), model: "m", engine: EngineKind(rawValue: "e\(number)")))
        }
        #expect(live.summary().perEngine.map { $0.engine?.rawValue } == ["other", "e0", "e1"])
        #expect(live.summary().perEngine.map(\.callCount) == [8, 1, 1])
    }

    @Test func followingASubscriptionCountsItsRecords() async {
        let bus = EventBus()
        let live = LiveStatistics()
        await bus.withSubscription { subscription in
            bus.publish(.recorded(record(1)))
            bus.publish(.firstToken(RecordID(high: 0, low: 1), at: MonotonicInstant(nanoseconds: 0)))
            bus.publish(.recorded(record(2)))
            subscription.finish()
            await live.follow(subscription)
        }
        #expect(live.summary().callCount == 2)
    }
}
