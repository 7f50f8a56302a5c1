// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TelemetryCore

/// The keys of statistics as scripts see them.
@Suite struct StatisticsMembersTests {
    private func keys(_ members: [StatisticsValue.Member]) -> [String] { members.map(\.key) }

    @Test func aSummaryHasItsGroupsAndEveryKeyOnce() {
        var calls = CallStatistics()
        calls.callCount = 3
        let summary = AggregatedStatistics(
            calls: calls,
            perModel: [ModelStatistics(model: "m", calls: calls), ModelStatistics()],
            perEngine: [EngineStatistics(engine: .vllm)],
            rowsPruned: true
        )
        let keys = keys(summary.members)
        #expect(Set(keys).count == keys.count)
        #expect(keys.first == "total_calls" && Array(keys.suffix(3)) == ["rows_pruned", "per_model", "per_engine"])
        #expect(summary.members.last { $0.key == "rows_pruned" }?.value == .value(.bool(true)))
        guard case .array(let models)? = summary.members.last(where: { $0.key == "per_model" })?.value,
            case .object(let first)? = models.first, case .object(let second)? = models.last
        else {
            Issue.record("per_model is no array of objects")
            return
        }
        #expect(first.first == .init("model_id", .value(.string("m"))))
        #expect(second.first == .init("model_id", .value(.null)))
        #expect(first.contains(.init("call_count", .value(.integer(3)))))
    }

    @Test(arguments: StatisticsGrouping.allCases)
    func aGroupIsNamedByTheSeedsColumnOrItsOwn(_ grouping: StatisticsGrouping) {
        let members = GroupStatistics(name: "x").members(for: grouping)
        let name: String
        switch grouping {
        case .model: name = "model_id"
        case .batch: name = "batch_id"
        default: name = grouping.rawValue
        }
        #expect(members.first == .init(name, .value(.string("x"))))
        #expect(grouping.nameKey == name && grouping.groupsKey == "per_" + grouping.rawValue)
        #expect(keys(members).contains("total_requests") == (grouping == .batch))
        #expect(Set(keys(members)).count == members.count)
    }

    @Test func groupsAskEachTypeItsOwnWay() {
        #expect(ModelStatistics(model: "a").members.first?.key == "model_id")
        #expect(EngineStatistics(engine: .ollama).members.first == .init("engine", .value(.string("ollama"))))
        #expect(BatchStatistics(batch: "b").members.first == .init("batch_id", .value(.string("b"))))
        #expect(BatchStatistics(batch: "b").members.last?.key == "energy_per_token_joules")
    }

    @Test func aPeriodBeginsWithItsStartInSeconds() {
        let start = WallTime(microsecondsSinceEpoch: 1_500_000)
        let period = PeriodStatistics(start: start, calls: CallStatistics())
        #expect(period.members.first == .init("start", .value(.number(1.5))))
        #expect(period.members.dropFirst().map(\.key) == StatisticsField.summary.map(\.key))
        #expect(period.callCount == 0)
        #expect(StatisticsPeriod.hour.microseconds * 24 == StatisticsPeriod.day.microseconds)
    }

    /// Law 1, over many calls: nothing measured is null, while the number of values behind it is 0.
    @Test func nothingMeasuredIsNullAndItsCountZero() {
        for field in StatisticsField.summary {
            let value = field.value(CallStatistics())
            let isCount = field.key.hasSuffix("_count") || field.key.hasSuffix("_calls")
            #expect(value == (isCount ? .integer(0) : .null), "\(field.key)")
        }
    }

    @Test func averagesAndPercentilesAreInTheUnitOfTheirName() {
        var calls = CallStatistics()
        calls.averageTimeToFirstToken = Average(.milliseconds(250), count: 4)
        calls.averageMeanInterTokenLatency = Average(.milliseconds(20), count: 3)
        calls.timePerOutputToken.p95 = .microseconds(1_500)
        calls.latency.p99 = .milliseconds(1_500)
        calls.totalEnergy = .joules(3)
        let values = Dictionary(uniqueKeysWithValues: StatisticsField.summary.map { ($0.key, $0.value(calls)) })
        #expect(values["avg_ttft"] == .number(0.25) && values["avg_ttft_count"] == .integer(4))
        #expect(values["avg_mean_itl_ms"] == .number(20) && values["avg_mean_itl_ms_count"] == .integer(3))
        #expect(values["tpot_p95"] == .number(1.5) && values["latency_p99"] == .number(1.5))
        #expect(values["total_energy_joules"] == .number(3))
    }

    @Test func everyFilterIsOpenUnlessTold() {
        let filter = CallFilter.all
        #expect(filter.range == .all && filter.model == nil && filter.outcome == nil)
        #expect(CallFilter(range: TimeRange(since: WallTime(microsecondsSinceEpoch: 1))) != filter)
    }
}
