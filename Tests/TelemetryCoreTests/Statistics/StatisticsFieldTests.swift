// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TelemetryCore

@Suite struct StatisticsFieldTests {
    /// The seed's own names, written down by hand: scripts rely on them.
    private static let seedSummary = [
        "total_calls", "total_tokens", "total_cost", "total_latency", "total_energy_joules",
        "avg_throughput_tok_per_sec", "avg_gpu_utilization_pct", "avg_energy_per_output_token_joules",
        "avg_throughput_per_watt", "total_prefill_energy_joules", "total_decode_energy_joules", "avg_mean_itl_ms",
        "avg_median_itl_ms", "avg_p95_itl_ms", "per_model", "per_engine",
    ]
    private static let seedModel = [
        "model_id", "call_count", "total_tokens", "prompt_tokens", "completion_tokens", "total_latency", "avg_latency",
        "total_cost", "avg_ttft", "total_energy_joules", "avg_gpu_utilization_pct", "avg_throughput_tok_per_sec",
        "avg_tokens_per_joule", "avg_energy_per_output_token_joules", "avg_throughput_per_watt",
        "total_prefill_energy_joules", "total_decode_energy_joules", "avg_mean_itl_ms", "avg_median_itl_ms",
        "avg_p95_itl_ms",
    ]

    @Test func theSeedsKeysAreThere() {
        let summary = Set(AggregatedStatistics().members.map(\.key))
        #expect(summary.isSuperset(of: Self.seedSummary))
        let model = Set(ModelStatistics(model: "m").members.map(\.key))
        #expect(model.isSuperset(of: Self.seedModel))
        let batch = Set(BatchStatistics(batch: "b").members.map(\.key))
        #expect(batch.isSuperset(of: Self.seedModel.dropFirst() + ["batch_id", "total_requests"]))
        #expect(batch.contains("energy_per_token_joules"))
        #expect(EngineStatistics(engine: .vllm).members.first == .init("engine", .value(.string("vllm"))))
    }

    @Test func everyAverageHasItsCountAndEveryDistributionItsPercentiles() {
        let keys = Set(StatisticsField.summary.map(\.key))
        for key in keys where key.hasPrefix("avg_") && !key.hasSuffix("_count") {
            #expect(keys.contains(key + "_count"))
        }
        for name in ["ttft", "latency", "tpot", "throughput"] {
            #expect(keys.isSuperset(of: [name + "_p50", name + "_p95", name + "_p99"]))
        }
        #expect(keys.contains("warmup_calls"))
    }

    @Test func noKeyComesTwice() {
        for fields in [StatisticsField.summary, StatisticsField.group + StatisticsField.batch] {
            #expect(Set(fields.map(\.key)).count == fields.count)
        }
    }

    @Test(arguments: StatisticsGrouping.allCases)
    func theNameOfAGroupStandsUnderItsKey(_ grouping: StatisticsGrouping) {
        let members = GroupStatistics(name: "x").members(for: grouping)
        #expect(members.first == .init(grouping.nameKey, .value(.string("x"))))
        #expect(grouping.groupsKey == "per_\(grouping.rawValue)")
        #expect(GroupStatistics().members(for: grouping).first?.value == .value(.null))
    }

    @Test func unitsAreThoseOfTheKeys() {
        var calls = CallStatistics()
        calls.averageLatency = Average(.milliseconds(1_500), count: 2)
        calls.averageP95InterTokenLatency = Average(.milliseconds(20), count: 1)
        calls.timePerOutputToken.p95 = .microseconds(12_500)
        calls.totalEnergy = .joules(3)
        let values = Dictionary(uniqueKeysWithValues: StatisticsField.summary.map { ($0.key, $0.value(calls)) })
        #expect(values["avg_latency"] == .number(1.5))
        #expect(values["avg_latency_count"] == .integer(2))
        #expect(values["avg_p95_itl_ms"] == .number(20))
        #expect(values["tpot_p95"] == .number(12.5))
        #expect(values["total_energy_joules"] == .number(3))
        #expect(values["total_cost"] == .null)
    }

    @Test func groupsStandByCountThenNameTheUnnamedLast() {
        func group(_ name: String?, _ count: Int) -> GroupStatistics {
            var calls = CallStatistics()
            calls.callCount = count
            return GroupStatistics(name: name, calls: calls)
        }
        let groups = [group(nil, 1), group("b", 1), group("a", 1), group(nil, 3), group("c", 3)]
        let sorted = groups.sorted(by: GroupStatistics.standsBefore).map { "\($0.name ?? "-")\($0.calls.callCount)" }
        #expect(sorted == ["c3", "-3", "a1", "b1", "-1"])
    }

    @Test func aSeriesStartsWithItsTime() {
        let period = PeriodStatistics(start: WallTime(microsecondsSinceEpoch: 3_600_000_000), calls: CallStatistics())
        #expect(period.members.first == .init("start", .value(.number(3_600))))
        #expect(period.members[1].key == "total_calls")
    }
}
