// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// What `stats` answers.
struct StatisticsReport {
    var summary: AggregatedStatistics
    var grouping: StatisticsGrouping?
    var groups: [GroupStatistics] = []
    var series: [PeriodStatistics]?

    /// The object for scripts.
    var json: JSONValue {
        var members = summary.members
        if let grouping, !members.contains(where: { $0.key == grouping.groupsKey }) {
            members.append(.init(grouping.groupsKey, .array(groups.map { .object($0.members(for: grouping)) })))
        }
        if let series { members.append(.init("series", .array(series.map { .object($0.members) }))) }
        return JSONValue(members + Self.energyAccounts)
    }

    /// The accounts of the machine's energy, of which nothing is measured yet.
    private static let energyAccounts: [StatisticsValue.Member] = [
        .init("energy_accounts", .array([])),
        .init("idle_energy_joules", .value(.null)),
        .init("foreign_energy_joules", .value(.null)),
        .init("residual_energy_joules", .value(.null)),
    ]

    /// The tables for a person.
    func print(to output: Output) throws {
        let text = StatisticsSummary(statistics: summary)
        for line in text.lines { try output.sentence(line) }
        if let note = text.simulationNote { try output.sentence(note, isWarning: true) }
        guard summary.calls.callCount > 0 else { return }
        for table in tables {
            try output.line()
            try output.table(table.table)
        }
    }

    private var tables: [StatisticsTable] {
        var tables: [StatisticsTable] = []
        if let grouping {
            let lines = groups.map { StatisticsTable.Line(name: $0.name, calls: $0.calls) }
            tables.append(StatisticsTable(title: grouping.rawValue.uppercased(), lines: lines))
        } else if series == nil {
            let models = summary.perModel.map { StatisticsTable.Line(name: $0.model, calls: $0.calls) }
            let engines = summary.perEngine.map { StatisticsTable.Line(name: $0.engine?.rawValue, calls: $0.calls) }
            tables.append(StatisticsTable(title: "MODEL", lines: models))
            tables.append(StatisticsTable(title: "ENGINE", lines: engines))
        }
        if let series {
            let lines = series.map { StatisticsTable.Line(name: HumanTime.iso8601($0.start), calls: $0.calls) }
            tables.append(StatisticsTable(title: "START", lines: lines))
        }
        return tables
    }
}
