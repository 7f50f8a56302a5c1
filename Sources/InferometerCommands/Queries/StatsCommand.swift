// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import TelemetryCore
import TelemetryStorage

/// `inferometer stats`: calls in sum.
struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Sum calls up: counts, tokens, money, averages and percentiles.",
        discussion: """
            Counts and sums are over all calls, warm-up included; averages and percentiles leave warm-up calls out \
            unless --include-warmup is given, and say over how many calls they are.

            Where the machine's energy went is told over the whole minutes of the window, whichever calls are chosen: \
            to calls, to nobody (idle), to other processes (foreign), and what rounding and gaps left (residual). Their \
            sum is what was measured.

            Examples:

              inferometer stats --since 24h
              inferometer stats --by agent
              inferometer stats --every hour --since 7d --json
            """
    )

    @Option(help: "Group calls by this.")
    var by: StatisticsGrouping?

    @Option(help: "Add a series over time in steps of an hour or a day (UTC).")
    var every: StatisticsPeriod?

    @Flag(help: "Let averages and percentiles include warm-up calls.")
    var includeWarmup = false

    @OptionGroup
    var filter: FilterOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup
    var store: StoreOptions

    func run() async throws {
        let context = CommandContext.process()
        let filter = try filter.filter(at: context.now)
        let aggregator = TelemetryAggregator(path: try await store.databasePath(context))
        defer { aggregator.close() }
        var report = StatisticsReport(
            summary: try await aggregator.summary(of: filter, includingWarmup: includeWarmup)
        )
        report.energyAccounts = try await aggregator.energyAccounts(in: filter.range)
        if let by {
            report.grouping = by
            report.groups = try await aggregator.statistics(by: by, of: filter, includingWarmup: includeWarmup)
        }
        if let every {
            report.series = try await aggregator.series(every: every, of: filter, includingWarmup: includeWarmup)
        }
        if json {
            try context.output.json(report.json)
        } else {
            try report.print(to: context.output)
        }
    }
}
