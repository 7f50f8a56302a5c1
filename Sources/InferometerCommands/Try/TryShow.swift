// Inferometer
// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import TelemetryCore
import TelemetryProxy
import TelemetryStorage

/// The course of `try`: serve, call, show.
struct TryShow: Sendable {
    let context: CommandContext
    let plan: ServePlan
    let engine: TryEngine

    func run() async throws {
        let session = ServeSession(plan: plan, logger: ErrorLog.logger(level: plan.logLevel))
        let output = context.output
        try await session.run(clock: context.clock) { address in
            try output.line("Listening on \(address.url)")
            try output.sentence(engine.announcement)
            try await sendCalls(address.url)
            try await showTables()
            try output.line()
            for line in ClientHints.lines(url: address.url) { try output.line(line) }
            try output.line("Look back with: inferometer stats\(databaseOption)")
            guard output.terminal.isInteractive, Terminal.canAsk else { return .stop }
            try output.line("Serving until Ctrl-C.")
            return .serve
        }
    }

    private func sendCalls(_ url: String) async throws {
        guard !engine.calls.isEmpty else { return }
        try context.output.line("Sending \(engine.calls.count) sample calls through the proxy.")
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        let caller = SampleCaller(client: client, url: url)
        var failed = 0
        for call in engine.calls where await caller.send(call) != 200 { failed += 1 }
        try? await client.shutdown()
        if failed > 0 { try context.output.sentence("\(failed) of them did not succeed.", isWarning: true) }
    }

    /// The tables, once the store has what was just sent.
    private func showTables() async throws {
        guard !engine.calls.isEmpty else { return }
        let aggregator = TelemetryAggregator(path: plan.database)
        defer { aggregator.close() }
        let records = try await recorded(aggregator)
        try context.output.line()
        try StatisticsReport(summary: try await aggregator.summary()).print(to: context.output)
        try context.output.line()
        try context.output.table(RecordTable(records, time: .relative(to: context.now)).table)
    }

    /// Waits until the last call is committed, for a few commit intervals at most.
    private func recorded(_ aggregator: TelemetryAggregator) async throws -> [TelemetryRecord] {
        let start = context.now.advanced(by: .seconds(-600))
        var filter = CallFilter(range: TimeRange(since: start))
        filter.agent = "inferometer-try"
        var records: [TelemetryRecord] = []
        for _ in 0..<40 {
            records = try await aggregator.recentRecords(limit: engine.calls.count, filter: filter)
            if records.count == engine.calls.count { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        return records
    }

    private var databaseOption: String {
        plan.database == DataDirectory.database(environment: context.environment) ? "" : " --database \(plan.database)"
    }
}
