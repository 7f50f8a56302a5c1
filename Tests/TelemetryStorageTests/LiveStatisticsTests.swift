// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryStorage

/// The same records through the store and through live events give the same statistics, every field of them.
@Suite struct LiveStatisticsTests {
    private func random(_ count: Int, seed: UInt64) -> [TelemetryRecord] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            var record = TelemetryRecord.random(within: 1e5, &generator)
            record.identity.model = [nil, "a", "b", "c"].randomElement(using: &generator) ?? nil
            record.identity.engine = [nil, .vllm, .ollama].randomElement(using: &generator) ?? nil
            record.identity.batch = [nil, "x", "y"].randomElement(using: &generator) ?? nil
            record.identity.isWarmup = Int.random(in: 0..<4, using: &generator) == 0
            return record
        }
    }

    private func fields(_ calls: CallStatistics) -> [String: RecordValue] {
        Dictionary(uniqueKeysWithValues: StatisticsField.summary.map { ($0.key, $0.value(calls)) })
    }

    /// Equal, but for the last bits that the order of a sum of fractions decides.
    private func expectSame(_ live: CallStatistics, _ stored: CallStatistics, _ name: String) {
        let (live, stored) = (fields(live), fields(stored))
        for (key, value) in stored {
            if case .number(let left)? = live[key], case .number(let right) = value {
                #expect(abs(left - right) <= 1e-12 * abs(right), "\(name) \(key): \(left) for \(right)")
            } else {
                #expect(live[key] == value, "\(name) \(key)")
            }
        }
    }

    @Test(arguments: [1, 2, 3, 17, 400], [false, true])
    func equalTheStores(count: Int, includingWarmup: Bool) async throws {
        let records = random(count, seed: UInt64(count))
        let filled = try await FilledStore(records)
        let bus = EventBus()
        let live = LiveStatistics()
        bus.attach(live)
        for record in records { bus.publish(.recorded(record)) }
        let stored = try await filled.aggregator.summary(of: .all, includingWarmup: includingWarmup)
        let summary = live.summary(includingWarmup: includingWarmup)
        expectSame(summary.calls, stored.calls, "all")
        #expect(summary.perModel.map(\.model) == stored.perModel.map(\.model))
        for (left, right) in zip(summary.perModel, stored.perModel) {
            expectSame(left.calls, right.calls, left.model ?? "-")
        }
        #expect(summary.perEngine.map(\.engine) == stored.perEngine.map(\.engine))
        for (left, right) in zip(summary.perEngine, stored.perEngine) {
            expectSame(left.calls, right.calls, left.engine?.rawValue ?? "-")
        }
        let batches = try await filled.aggregator.statisticsByBatch()
        let liveBatches = live.statisticsByBatch()
        #expect(liveBatches.map(\.batch) == batches.map(\.batch))
        for (left, right) in zip(liveBatches, batches) { expectSame(left.calls, right.calls, left.batch ?? "-") }
    }

    @Test func nothingIsTheStatisticsOfNothing() {
        let live = LiveStatistics()
        live.record(.call())
        live.reset()
        #expect(live.summary() == AggregatedStatistics())
        #expect(live.statisticsByBatch().isEmpty)
    }

    @Test func beyondTheExactLimitPercentilesAreOfASketch() {
        let live = LiveStatistics()
        for index in 1...5_000 {
            live.record(.call { $0.timing.latency = .milliseconds(index) })
        }
        let p99 = live.summary().latency.p99?.seconds ?? 0
        #expect(abs(p99 / 4.95 - 1) < 0.01)
    }

    @Test func aListenerCanFeedIt() async {
        let bus = EventBus()
        let live = LiveStatistics()
        await bus.withSubscription { subscription in
            bus.publish(.recorded(.call()))
            bus.publish(.ended(RecordID(high: 1, low: 1), .completed, at: MonotonicInstant(nanoseconds: 1)))
            bus.publish(.recorded(.call()))
            let task = Task { await live.follow(subscription) }
            while live.summary().callCount < 2 { await Task.yield() }
            task.cancel()
        }
        #expect(live.summary().callCount == 2)
    }
}
