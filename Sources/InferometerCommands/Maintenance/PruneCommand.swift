// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import TelemetryStorage

/// `inferometer prune`: forgets old calls.
struct PruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove old calls, by age or until the file is small enough.",
        discussion: """
            Whole hours are removed at a time, calls and what was measured of the machine. Summaries stay, so that 'inferometer stats' goes on to tell of these \
            hours, unless --rollups is given.

            Examples:

              inferometer prune --older-than 90d
              inferometer prune --max-size 500MB --yes
              inferometer prune --older-than 365d --rollups --yes
            """
    )

    @Option(help: ArgumentHelp("Remove calls older than this, such as 90d or 24h.", valueName: "age"))
    var olderThan: AgeArgument?

    @Option(
        help: ArgumentHelp("Remove the oldest calls until the file is no larger, such as 500MB.", valueName: "bytes")
    )
    var maxSize: ByteSize?

    @Flag(help: "Remove the summaries of those hours too.")
    var rollups = false

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup
    var store: StoreOptions

    func validate() throws {
        guard olderThan != nil || maxSize != nil else {
            throw ValidationError("Say --older-than AGE or --max-size BYTES.")
        }
    }

    func run() async throws {
        let context = CommandContext.process()
        let path = try await store.databasePath(context)
        var request = PruneRequest()
        request.before = olderThan.map { TimeArgument.age($0.duration).resolved(at: context.now) }
        request.largestFileBytes = maxSize?.bytes
        request.includesRollups = rollups
        try Confirmation.ask("Remove old calls from \(path)?", isGiven: yes)
        guard StoreFile.exists(path) else { return try context.output.line("removed 0 calls") }
        let store = try TelemetryStore(path: path, logger: ErrorLog.errors())
        let outcome = await Result.of { try await store.prune(request) }
        try await store.close()
        let report = try outcome.get()
        let summaries = rollups ? " and \(HumanUnits.count(report.rollups)) summaries" : ""
        let size = HumanUnits.bytes(report.fileBytes)
        try context.output.line(
            "removed \(HumanUnits.count(report.calls, of: "call"))\(summaries); the file takes \(size)"
        )
    }
}
