// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Logging
import Synchronization
import TelemetryCore
import TelemetryStorage
import TelemetryTesting
import Testing

@testable import InferometerCommands

/// A world for commands that run in this process: a folder, an environment, a wall clock that stands, and a page that
/// answers are written on.
struct CommandWorld: Sendable {
    /// What a command left.
    struct Outcome: Sendable {
        var code: Int32
        var output: String
        /// What the person is told of a failure, or of help.
        var message: String

        var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

        /// The answer as a JSON object.
        func object() throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        }

        /// The answer as a JSON array of objects.
        func array() throws -> [[String: Any]] {
            try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]])
        }
    }

    let scratch: ScratchDirectory
    var environment: [String: String]
    var terminal = Terminal.none
    /// A hundred seconds after the first of `ExampleRecords`.
    var now = WallTime(microsecondsSinceEpoch: 1_764_000_100_000_000)

    init() throws {
        scratch = try ScratchDirectory()
        environment = [
            "HOME": scratch.path, "INFEROMETER_SYSFS_ROOT": scratch.path + "/machine",
            "INFEROMETER_METER_LOCK": scratch.path + "/meter.lock",
        ]
    }

    /// The database where nothing else is said.
    var database: String {
        DataDirectory.database(environment: environment)
    }

    func path(_ name: String) -> String {
        "\(scratch.path)/\(name)"
    }

    /// Writes a file and gives its path.
    func file(_ name: String, _ text: String) throws -> String {
        try scratch.write(text, to: name)
        return path(name)
    }

    func text(of path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }

    func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }

    /// Puts records into a database; the usual one where none is named.
    func fill(_ records: [TelemetryRecord], database: String? = nil) async throws {
        let store = try TelemetryStore(path: database ?? self.database, logger: .silent)
        for record in records { store.record(record) }
        try await store.close()
    }

    func context(_ page: Page = Page()) -> CommandContext {
        let now = now
        return CommandContext(
            environment: environment,
            output: Output(terminal: terminal) { page.add($0) },
            clock: TelemetryClock(instant: { TelemetryClock.system.instant() }, wall: { now })
        )
    }

    /// Runs a command line to its end.
    func run(_ arguments: String...) async -> Outcome {
        await run(arguments)
    }

    /// Reads a command line and does nothing.
    func parse(_ arguments: [String]) -> Outcome {
        do {
            _ = try Inferometer.parseAsRoot(arguments)
            return Outcome(code: 0, output: "", message: "")
        } catch {
            let code = Inferometer.exitCode(for: error).rawValue
            return Outcome(code: code, output: "", message: Inferometer.fullMessage(for: error))
        }
    }

    /// Runs a command line to its end.
    func run(_ arguments: [String]) async -> Outcome {
        let page = Page()
        do {
            var command = try Inferometer.parseAsRoot(arguments)
            try await CommandContext.$replacement.withValue(context(page)) {
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    try command.run()
                }
            }
            return Outcome(code: 0, output: page.text, message: "")
        } catch {
            let code = Inferometer.exitCode(for: error).rawValue
            return Outcome(code: code, output: page.text, message: Inferometer.fullMessage(for: error))
        }
    }
}

/// Keeps what is written.
final class Page: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    func add(_ more: [UInt8]) {
        bytes.withLock { $0 += more }
    }

    var text: String {
        String(decoding: bytes.withLock { $0 }, as: UTF8.self)
    }

    var lines: [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// A door that writes on the page.
    func output(width: Int? = nil, colour: Bool = false) -> Output {
        Output(terminal: Terminal(width: width, hasColour: colour, isInteractive: colour)) { self.add($0) }
    }
}

extension Logger {
    /// Tells nobody.
    static var silent: Logger {
        Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    }
}
