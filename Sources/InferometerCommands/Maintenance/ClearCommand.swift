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

/// `inferometer clear`: forgets everything.
struct ClearCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear",
        abstract: "Remove all calls and summaries.",
        discussion: """
            Examples:

              inferometer clear
              inferometer clear --yes --database simulated.db
            """
    )

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup
    var store: StoreOptions

    func run() async throws {
        let context = CommandContext.process()
        let path = try await store.databasePath(context)
        let aggregator = TelemetryAggregator(path: path)
        let count = try await aggregator.recordCount()
        aggregator.close()
        try Confirmation.ask("Remove all \(HumanUnits.count(count, of: "call")) in \(path)?", isGiven: yes)
        guard StoreFile.exists(path) else { return try context.output.line("removed 0 calls") }
        let store = try TelemetryStore(path: path, logger: ErrorLog.errors())
        let outcome = await Result.of { try await store.clear() }
        try await store.close()
        try context.output.line("removed \(HumanUnits.count(try outcome.get(), of: "call"))")
    }
}

/// The database as a file.
enum StoreFile {
    /// Whether something is there.
    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    /// Whether a path, by whatever name, is a database's file or one of those beside it.
    static func isPart(_ path: String, of database: String) -> Bool {
        ["", "-wal", "-shm", "-journal"].map { database + $0 }.contains { file in
            if file == path { return true }
            var (one, other) = (stat(), stat())
            guard stat(file, &one) == 0, stat(path, &other) == 0 else { return false }
            return one.st_dev == other.st_dev && one.st_ino == other.st_ino
        }
    }
}
