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
        if let database { return database }
        let settings = try await settings(context)
        do {
            return try settings.text("database") ?? DataDirectory.database(environment: context.environment)
        } catch {
            throw ValidationError("\(error)")
        }
    }
}
