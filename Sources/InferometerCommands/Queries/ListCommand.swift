// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import TelemetryExport
import TelemetryStorage

/// `inferometer list`: the newest calls.
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List calls, newest first.",
        discussion: """
            Examples:

              inferometer list
              inferometer list --since 24h --outcome failed
              inferometer list --model llama3.2 --limit 1000 --json
              inferometer list --since 2026-11-24T10:00 --until 2026-11-24T11:30
            """
    )

    @Option(parsing: .unconditional, help: ArgumentHelp("The most calls to list.", valueName: "number"))
    var limit = 50

    @OptionGroup
    var filter: FilterOptions

    @Flag(help: "Print an array of records as JSON.")
    var json = false

    @Flag(help: "Print times as ISO 8601 in UTC rather than as ages.")
    var iso = false

    @OptionGroup
    var store: StoreOptions

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit must not be negative.") }
    }

    func run() async throws {
        let context = CommandContext.process()
        let now = context.now
        let filter = try filter.filter(at: now)
        let aggregator = TelemetryAggregator(path: try await store.databasePath(context))
        defer { aggregator.close() }
        let records = try await aggregator.recentRecords(limit: limit, filter: filter)
        if json { return try context.output.send(RecordDocument.array(records)) }
        guard !records.isEmpty else { return try context.output.line("No calls recorded that match.") }
        let table = RecordTable(records, time: iso ? .iso8601 : .relative(to: now))
        try context.output.table(table.table)
        if let note = table.simulationNote { try context.output.sentence(note, isWarning: true) }
    }
}
