// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import TelemetryStorage

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// `inferometer import`: calls from elsewhere.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Add the calls of an OpenJarvis telemetry database or of lines of JSON.",
        discussion: """
            Examples:

              inferometer import ~/.openjarvis/telemetry.db
              inferometer import calls.jsonl

            The file is not changed. Importing it twice adds nothing. Rows that cannot be right are named on standard \
            error as FILE:LINE: reason, and the others are kept; the exit code is then 1.
            """
    )

    @Argument(help: ArgumentHelp("The file to read.", valueName: "file"), completion: .file())
    var file: String

    @OptionGroup
    var store: StoreOptions

    func run() async throws {
        let context = CommandContext.process()
        let file = file
        guard access(file, R_OK) == 0 else { throw SystemError(code: errno, doing: "read \(file)") }
        let store = try TelemetryStore(
            path: try await store.databasePath(context),
            logger: ErrorLog.errors()
        )
        let outcome = await Result.of {
            try await store.importFile(at: file) { refusal in
                let line = "\(file):\(refusal.line): \(DisplayText.harmless(refusal.reason))\n"
                try? FileBytes.write(Array(line.utf8), to: STDERR_FILENO)
            }
        }
        try await store.close()
        let report = try outcome.get()
        try context.output.line("added \(report.added), skipped \(report.skipped), refused \(report.refused)")
        if report.refused > 0 { throw ExitCode.failure }
    }
}
