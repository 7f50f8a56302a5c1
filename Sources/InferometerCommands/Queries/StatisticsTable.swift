// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Statistics of groups of calls as a table for a person.
struct StatisticsTable {
    /// One line: a group's name and its numbers.
    struct Line {
        var name: String?
        var calls: CallStatistics
    }

    /// What the lines are, as the title of their column.
    let title: String
    let lines: [Line]

    var table: Table {
        var table = Table(columns: [
            .text(title, atLeast: 18),
            .number("CALLS"),
            .number("WARM-UP", expendability: 11),
            .number("IN", expendability: 5),
            .number("OUT", expendability: 2),
            .number("TTFT P50", expendability: 1),
            .number("P95", expendability: 6),
            .number("LATENCY P50"),
            .number("P95", expendability: 3),
            .number("P99", expendability: 9),
            .number("TPOT P50", expendability: 8),
            .number("TOK/S", expendability: 4),
            .number("COST", expendability: 7),
            .number("ENERGY", expendability: 10),
        ])
        table.rows = lines.map(Self.row)
        return table.droppingUnknownColumns()
    }

    private static func row(_ line: Line) -> [String?] {
        let calls = line.calls
        return [
            line.name,
            HumanUnits.count(calls.callCount),
            calls.warmupCalls == 0 ? nil : HumanUnits.count(calls.warmupCalls),
            calls.promptTokens.map(HumanUnits.count),
            calls.completionTokens.map(HumanUnits.count),
            calls.timeToFirstToken.p50.map(HumanUnits.duration),
            calls.timeToFirstToken.p95.map(HumanUnits.duration),
            calls.latency.p50.map(HumanUnits.duration),
            calls.latency.p95.map(HumanUnits.duration),
            calls.latency.p99.map(HumanUnits.duration),
            calls.timePerOutputToken.p50.map(HumanUnits.duration),
            calls.averageTokensPerSecond.value.map(HumanUnits.number),
            calls.totalCostUSD.map(HumanUnits.dollars),
            calls.totalEnergy.map { HumanUnits.joules($0.joules) },
        ]
    }
}
