// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `inferometer measure`: any command, like `time`, in joules.
struct MeasureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Run a command and tell what energy the machine used meanwhile.",
        discussion: """
            Examples:

              inferometer measure -- python train.py
              inferometer measure --json -- make 2>make.log
                  One JSON object on standard output; the command's own output goes to standard error.
              inferometer measure --output joules.json -- ./run.sh
                  The object goes to a file, and both streams stay the command's.

            The exit code is the command's own; 128 and the signal's number if a signal ended it, 127 if it was not found.
            """
    )

    @Flag(help: "Print one JSON object on standard output, and the command's output on standard error.")
    var json = false

    @Option(help: ArgumentHelp("Write the JSON object to a file.", valueName: "file"), completion: .file())
    var output: String?

    @Option(help: ArgumentHelp("Write the trace of energy to a CSV file.", valueName: "file"), completion: .file())
    var csv: String?

    @Argument(parsing: .postTerminator, help: "The command and its arguments, after '--'.")
    var command: [String] = []

    func validate() throws {
        if command.isEmpty { throw ValidationError("Name the command to measure: inferometer measure -- COMMAND") }
    }

    func run() async throws {
        let context = CommandContext.process()
        let meter = CommandMeter(clock: context.clock, environment: context.environment)
        let measured: CommandMeter.Outcome
        do {
            measured = try await meter.measure(command, outputToError: json && output == nil)
        } catch let failure as ChildProcess.StartFailure {
            try Output.standardError(environment: context.environment).line("inferometer: \(failure.reason)")
            throw ExitCode(failure.exitCode)
        }
        if let csv { try await ReplacementFile.write(to: csv) { try $0.append(Array(measured.trace.utf8)) } }
        if let output {
            try await ReplacementFile.write(to: output) { file in
                try Output(terminal: .none, write: file.append).json(measured.report.json)
            }
        } else if json {
            try context.output.json(measured.report.json)
        } else {
            try measured.report.print(to: .standardError(environment: context.environment))
        }
        throw ExitCode(measured.report.exitCode)
    }
}
