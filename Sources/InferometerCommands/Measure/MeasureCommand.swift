// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import TelemetryCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// `inferometer measure`: the energy of any command.
struct MeasureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Run a command and say how much energy the machine used meanwhile.",
        discussion: """
            The energy is the whole machine's while the command runs, whoever used it. The exit code is the command's own.

            Examples:

              inferometer measure -- python train.py
              inferometer measure --json -- make -j8 > energy.json
                  The command's own output then goes to standard error.
              inferometer measure --output energy.json --csv power.csv -- ./benchmark
            """
    )

    @Flag(help: "Print one JSON object on standard output; the command's output goes to standard error.")
    var json = false

    @Option(
        help: ArgumentHelp("Write the JSON object to a file and leave both streams to the command.", valueName: "file")
    )
    var output: String?

    @Option(help: ArgumentHelp("Write the power of each component over time to a file.", valueName: "file"))
    var csv: String?

    @Option(help: ArgumentHelp("The time between two readings, in milliseconds.", valueName: "ms"))
    var interval: Int?

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("The command and its arguments, after '--'.", valueName: "command")
    )
    var command: [String] = []

    func validate() throws {
        _ = try plan(environment: [:])
    }

    func run() async throws {
        let context = CommandContext.process()
        let plan = try plan(environment: context.environment)
        for file in plan.files { try Self.checkFolder(of: file) }
        let result: MeasuredRun.Result
        do {
            result = try await MeasuredRun(plan: plan, environment: context.environment, clock: context.clock).run()
        } catch let error as SpawnError {
            try? FileBytes.write(Array("\(error)\n".utf8), to: STDERR_FILENO)
            throw ExitCode(error.code)
        }
        var code = result.report.exitCode
        do {
            try await Self.deliver(result, plan: plan, context: context)
        } catch {
            try? FileBytes.write(Array("inferometer: \(error)\n".utf8), to: STDERR_FILENO)
            if code == 0 { code = 1 }
        }
        throw ExitCode(code)
    }

    private func plan(environment: [String: String]) throws -> MeasurePlan {
        try MeasurePlan(
            command: command,
            json: json,
            output: output,
            csv: csv,
            intervalMilliseconds: interval,
            environment: environment
        )
    }

    private static func deliver(_ result: MeasuredRun.Result, plan: MeasurePlan, context: CommandContext) async throws {
        if let path = plan.trace {
            try await ReplacementFile.write(to: path) { try $0.append(result.trace) }
        }
        switch plan.document {
        case .standardOutput: try context.output.json(result.report.json)
        case .file(let path):
            try await ReplacementFile.write(to: path) { file in
                try Output(terminal: .none) { try file.append($0) }.json(result.report.json)
            }
        case .none: try result.report.print(to: .standardError(context.environment))
        }
    }

    /// Finds out before a long run that its report could not be written.
    private static func checkFolder(of file: String) throws {
        let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? "."
        guard access(folder, W_OK) == 0 || access(file, W_OK) == 0 else {
            throw SystemError(code: errno, doing: "write \(file)")
        }
    }
}

extension Output {
    /// The process's standard error, for a person.
    fileprivate static func standardError(_ environment: [String: String]) -> Output {
        let isPlain = environment["NO_COLOR"].map { !$0.isEmpty } ?? false || environment["TERM"] == "dumb"
        let isInteractive = isatty(STDERR_FILENO) == 1
        let terminal = Terminal(
            width: environment["COLUMNS"].flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil },
            hasColour: isInteractive && !isPlain,
            isInteractive: isInteractive
        )
        return Output(terminal: terminal) { try FileBytes.write($0, to: STDERR_FILENO) }
    }
}
