// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import TelemetryExport
import Testing

@testable import InferometerCommands

@Suite struct StatisticsReportTests {
    @Test func theSummarySaysOverHowMany() {
        var calls = CallStatistics()
        calls.callCount = 1_200
        calls.warmupCalls = 3
        calls.promptTokens = 53
        calls.completionTokens = 298
        calls.totalCostUSD = 0.25
        calls.averageLatency = Average(.milliseconds(347), count: 1_197)
        calls.latency.p50 = .milliseconds(394)
        calls.averageTokensPerSecond = Average(105, count: 1_196)
        let lines = StatisticsSummary(statistics: AggregatedStatistics(calls: calls, rowsPruned: true)).lines
        #expect(
            lines.prefix(3) == [
                "1,200 calls (3 warm-up), 53 tokens in, 298 out, $0.250",
                "latency: mean 347 ms, p50 394 ms (over 1,197 calls)",
                "output tokens a second: 105 (over 1,196 calls)",
            ]
        )
        #expect(lines.last?.contains("pruned") == true)
    }

    @Test func nothingIsNotZero() {
        #expect(StatisticsSummary(statistics: AggregatedStatistics()).lines == ["0 calls"])
    }

    @Test(arguments: [(8, "All calls are SIMULATED"), (9, "8 of these calls are SIMULATED")])
    func simulatedCallsAreCounted(_ total: Int, _ beginning: String) {
        var calls = CallStatistics()
        calls.callCount = total
        var simulated = CallStatistics()
        simulated.callCount = 8
        let engines = [EngineStatistics(engine: .simulated, calls: simulated)]
        let summary = StatisticsSummary(statistics: AggregatedStatistics(calls: calls, perEngine: engines))
        #expect(summary.simulationNote?.hasPrefix(beginning) == true)
    }

    @Test func groupsAndSeriesStandBesideTheSummary() throws {
        var report = StatisticsReport(summary: AggregatedStatistics())
        report.grouping = .agent
        report.groups = [GroupStatistics(name: "a"), GroupStatistics(name: nil)]
        report.series = [
            PeriodStatistics(start: WallTime(microsecondsSinceEpoch: 3_600_000_000), calls: CallStatistics())
        ]
        let object = try object(report)
        #expect((object["per_agent"] as? [[String: Any]])?.map { $0["agent"] as? String } == ["a", nil])
        #expect((object["series"] as? [[String: Any]])?.map { $0["start"] as? Double } == [3_600])
        #expect(object["total_calls"] as? Int == 0 && object["total_energy_joules"] is NSNull)
        #expect((object["energy_accounts"] as? [Any])?.isEmpty == true && object["residual_energy_joules"] is NSNull)
    }

    @Test func modelsAreNotGroupedTwice() throws {
        var report = StatisticsReport(summary: AggregatedStatistics())
        report.grouping = .model
        var writer = JSONWriter()
        report.json.append(to: &writer)
        #expect(String(decoding: writer.bytes, as: UTF8.self).components(separatedBy: "\"per_model\"").count == 2)
    }

    private func object(_ report: StatisticsReport) throws -> [String: Any] {
        var writer = JSONWriter()
        report.json.append(to: &writer)
        return try #require(try JSONSerialization.jsonObject(with: Data(writer.bytes)) as? [String: Any])
    }
}
