// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import TelemetryStorage

/// `inferometer export`: all calls for other programs.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all calls as JSON, lines of JSON or CSV, oldest first.",
        discussion: """
            Examples:

              inferometer export --format csv --output calls.csv
              inferometer export --format jsonl --since 24h | jq .latency_seconds

            CSV is quoted as RFC 4180 has it; what was not measured is an empty field. JSONL is what \
            'inferometer import' reads. The output file is for its owner alone (mode 0600).
            """
    )

    @Option(help: "json, jsonl or csv.")
    var format: ExportFormat

    @Option(help: ArgumentHelp("The file to write (else standard output).", valueName: "file"), completion: .file())
    var output: String?

    @OptionGroup
    var filter: FilterOptions

    @OptionGroup
    var store: StoreOptions

    func run() async throws {
        let context = CommandContext.process()
        let filter = try filter.filter(at: context.now)
        let path = try await store.databasePath(context)
        if let output, StoreFile.isPart(output, of: path) {
            throw ValidationError("--output names the database itself, which the export would replace: \(output)")
        }
        let aggregator = TelemetryAggregator(path: path)
        defer { aggregator.close() }
        let records = aggregator.records(of: filter)
        guard let output else { return try await write(records) { try context.output.send($0) } }
        try await ReplacementFile.write(to: output) { file in
            try await write(records) { try file.append($0) }
        }
    }

    private func write(_ records: TelemetryRecords, to sink: ([UInt8]) throws -> Void) async throws {
        var encoder = ExportEncoder(format: format)
        for try await record in records {
            encoder.add(record)
            if encoder.waiting > 1 << 16 { try sink(encoder.take()) }
        }
        encoder.finish()
        try sink(encoder.take())
    }
}
