// Inferometer
// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser

/// The command line of `inferometer`.
package struct Inferometer: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "inferometer",
        abstract: "The power meter for LLM inference: time, tokens, money and joules of every call.",
        discussion: """
            Start the recording proxy, point a client at it, and look back at what it measured:

              inferometer serve --upstream http://127.0.0.1:8080
              OPENAI_BASE_URL=http://127.0.0.1:4242/v1 python my_program.py
              inferometer stats --since 24h
              inferometer list --limit 10

            No engine at hand? 'inferometer try' shows the main job with a simulated one.
            """,
        version: "0.1.0",
        subcommands: [
            ServeCommand.self, StatsCommand.self, ListCommand.self, ShowCommand.self, ExportCommand.self,
            ImportCommand.self, ClearCommand.self, PruneCommand.self, DoctorCommand.self, TryCommand.self,
            MeasureCommand.self, CatalogCommand.self,
        ]
    )

    package init() {}

    /// Reads the process's arguments and does what they say; ends the process with an exit code where that fails.
    package static func start() async {
        await main()
    }
}
