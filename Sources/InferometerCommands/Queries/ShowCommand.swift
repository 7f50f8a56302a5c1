// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import TelemetryCore
import TelemetryStorage

/// `inferometer show`: one call.
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show all that is known of one call.",
        discussion: """
            Examples:

              inferometer show 0197a3b2-11c4-7abc-8000-000000000001
              inferometer show 0197a3b2-11c4
                  The beginning is enough where no other call begins so; 'inferometer list' prints such beginnings.
              inferometer show 0197a3b2-11c4 --json
            """
    )

    @Argument(help: ArgumentHelp("The record's identity or its beginning.", valueName: "id"))
    var id: RecordPrefix

    @Flag(help: "Print the record as a JSON object.")
    var json = false

    @OptionGroup
    var store: StoreOptions

    func run() async throws {
        let context = CommandContext.process()
        let aggregator = TelemetryAggregator(path: try await store.databasePath(context))
        defer { aggregator.close() }
        let found = try await aggregator.records(identifiedIn: id.range, limit: 2)
        guard let record = found.first else { throw CommandError("No call is recorded as \(id.text).") }
        guard found.count == 1 else {
            throw CommandError("Several calls begin with \(id.text): add more of the identity.")
        }
        if json { return try context.output.send(RecordDocument.object(record)) }
        try context.output.table(RecordSheet(record: record, now: context.now).table)
    }
}

/// The beginning of a record's identity, or all of it.
struct RecordPrefix: Hashable, Sendable, ExpressibleByArgument {
    let text: String
    /// All identities that begin so.
    let range: ClosedRange<RecordID>

    init?(argument: String) {
        text = argument.lowercased()
        let shape = "00000000-0000-0000-0000-000000000000"
        guard !text.isEmpty, text.count <= shape.count,
            let first = RecordID(text + shape.dropFirst(text.count)),
            let last = RecordID(text + shape.replacing("0", with: "f").dropFirst(text.count))
        else { return nil }
        range = first...last
    }
}

/// Why a command failed, in a sentence.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
