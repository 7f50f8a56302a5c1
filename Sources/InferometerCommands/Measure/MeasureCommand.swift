// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `inferometer measure`: any command, like `time`, in joules.
struct MeasureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Run a command and tell what energy the machine used meanwhile.",
        discussion: """
            The energy is the whole machine's while the command runs, whoever used it. What lies above idle needs a look \
            at the quiet machine first: --baseline.

            Examples:

              inferometer measure -- python train.py
              inferometer measure --baseline 10 -- ./benchmark
              inferometer measure --json -- make 2>make.log
                  One JSON object on standard output; the command's own output goes to standard error.
              inferometer measure --output joules.json --csv power.csv -- ./run.sh
                  The object goes to a file, and both streams stay the command's.

            The exit code is the command's own; 128 and the signal's number if a signal ended it, 127 if it was not \
            found, 126 if it cannot be run.
            """
    )

    @Flag(help: "Print one JSON object on standard output, and the command's output on standard error.")
    var json = false

    @Option(help: ArgumentHelp("Write the JSON object to a file.", valueName: "file"), completion: .file())
    var output: String?

    @Option(
        help: ArgumentHelp("Write the power of each component over time to a CSV file.", valueName: "file"),
        completion: .file()
    )
    var csv: String?

    @Option(help: ArgumentHelp("The time between two readings, in milliseconds.", valueName: "ms"))
    var interval: Int?

    @Option(
        help: ArgumentHelp(
            "Read the quiet machine for so long before the command, to tell what lies above idle.",
            valueName: "seconds"
        )
    )
    var baseline: Double?

    @Flag(help: "Where no sensor works, estimate from how busy the processors are, and say so. A guess.")
    var estimate = false

    @Argument(parsing: .postTerminator, help: "The command and its arguments, after '--'.")
    var command: [String] = []

    func validate() throws {
        _ = try plan(environment: [:])
    }

    func run() async throws {
        let context = CommandContext.process()
        let plan = try plan(environment: context.environment)
        let people = Output.standardError(environment: context.environment)
        let result: MeasuredRun.Result
        do {
            result = try await MeasuredRun(plan: plan, clock: context.clock).run()
        } catch let error as SpawnError {
            try? people.line("\(error)")
            throw ExitCode(error.code)
        }
        await MeasureDelivery(plan: plan, scripts: context.output, people: people).deliver(result)
        throw ExitCode(result.report.exitCode)
    }

    private func plan(environment: [String: String]) throws -> MeasurePlan {
        try MeasurePlan(
            command: command,
            json: json,
            output: output,
            csv: csv,
            intervalMilliseconds: interval,
            baselineSeconds: baseline,
            isEstimated: estimate,
            environment: environment
        )
    }
}

/// Brings a result to where it was asked for.
struct MeasureDelivery {
    let plan: MeasurePlan
    let scripts: Output
    let people: Output

    /// Writes what was asked for; what cannot be written is told, and changes nothing of the command's exit code.
    func deliver(_ result: MeasuredRun.Result) async {
        if let path = plan.trace {
            do {
                try await ReplacementFile.write(to: path) { try $0.append(result.trace) }
            } catch {
                tell("The power trace was not written.", error)
            }
        }
        do {
            switch plan.document {
            case .standardOutput: try scripts.json(result.report.json)
            case .file(let path):
                try await ReplacementFile.write(to: path) { file in
                    try Output(terminal: .none, write: file.append).json(result.report.json)
                }
            case .none: try result.report.print(to: people)
            }
        } catch {
            // The run may have taken a day: what was measured is told at least to whoever is there.
            tell("The report was not written.", error)
            try? result.report.print(to: people)
        }
    }

    private func tell(_ what: String, _ error: any Error) {
        try? people.line("inferometer: \(what) \(error)")
    }
}
