// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// What `stats` answers.
struct StatisticsReport {
    var summary: AggregatedStatistics
    var grouping: StatisticsGrouping?
    var groups: [GroupStatistics] = []
    var series: [PeriodStatistics]?
    var energyAccounts: [ChannelAccounts] = []

    /// The object for scripts.
    var json: JSONValue {
        var members = summary.members
        if let grouping, !members.contains(where: { $0.key == grouping.groupsKey }) {
            members.append(.init(grouping.groupsKey, .array(groups.map { .object($0.members(for: grouping)) })))
        }
        if let series { members.append(.init("series", .array(series.map { .object($0.members) }))) }
        return JSONValue(members + EnergyAccountsReport(accounts: energyAccounts).members)
    }

    /// The tables for a person.
    func print(to output: Output) throws {
        let text = StatisticsSummary(statistics: summary)
        for line in text.lines { try output.sentence(line) }
        if let note = text.simulationNote { try output.sentence(note, isWarning: true) }
        if summary.calls.callCount > 0 {
            for table in tables {
                try output.line()
                try output.table(table.table)
            }
        }
        guard !energyAccounts.isEmpty else { return }
        try output.line()
        try output.sentence("Where this machine's energy went, calls of every kind together:")
        try output.table(EnergyAccountsReport(accounts: energyAccounts).table)
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
