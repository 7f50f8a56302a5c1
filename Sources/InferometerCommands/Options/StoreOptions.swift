// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Which store a command is about.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The database file (else INFEROMETER_DATABASE, else the configuration file, else the data directory).",
            valueName: "file"
        ),
        completion: .file()
    )
    var database: String?

    @Option(
        help: ArgumentHelp("A JSON file whose keys are option names.", valueName: "file"),
        completion: .file(extensions: ["json"])
    )
    var config: String?

    /// What is said outside the command line.
    func settings(_ context: CommandContext) async throws -> Settings {
        do {
            return try await Settings(environment: context.environment, file: config)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    /// The path of the database that is meant.
    func databasePath(_ context: CommandContext) async throws -> String {
        let settings = try await settings(context)
        return try named(settings) ?? DataDirectory.database(environment: context.environment)
    }

    /// The path that an option or a setting names.
    ///
    /// - Throws: `ValidationError` if it is empty: SQLite would take it for a file that goes when it is closed.
    func named(_ settings: Settings) throws -> String? {
        let path = try database ?? Settings.asMisuse { try settings.text("database") }
        guard path?.isEmpty != true else { throw ValidationError("The name of the database is empty.") }
        return path
    }
}
