// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The built binary, run as a person or script runs it.
struct Program {
    /// A folder of its own, so that no test can touch what is a person's.
    let home: URL

    /// What a run left.
    struct Outcome {
        var status: Int32
        var output: String
        var error: String
    }

    /// Runs a body with a folder that is removed afterwards.
    static func withHome(_ body: (Program) async throws -> Void) async throws {
        let home = FileManager.default.temporaryDirectory.appending(path: "inferometer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: home) }
        try await body(Program(home: home))
    }

    /// The binary beside the bundle of tests.
    static var url: URL {
        get throws {
            let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
            let folder =
                bundle?.deletingLastPathComponent()
                ?? URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
            let binary = folder.appending(path: "inferometer")
            try #require(FileManager.default.isExecutableFile(atPath: binary.path), "\(binary.path) must be built")
            return binary
        }
    }

    /// The path of a file in the folder.
    func path(_ name: String) -> String {
        home.appending(path: name).path
    }

    /// Runs a command to its end.
    func run(_ arguments: String..., input: String? = nil, environment: [String: String] = [:]) throws -> Outcome {
        try run(arguments, input: input, environment: environment)
    }

    /// Runs a command to its end.
    func run(_ arguments: [String], input: String? = nil, environment: [String: String] = [:]) throws -> Outcome {
        let process = try process(arguments, environment)
        let output = home.appending(path: UUID().uuidString)
        let error = home.appending(path: UUID().uuidString)
        for file in [output, error] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: error)
        let inputFile = home.appending(path: UUID().uuidString)
        try Data((input ?? "").utf8).write(to: inputFile)
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus,
            output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            error: String(decoding: try Data(contentsOf: error), as: UTF8.self)
        )
    }

    /// A process that has not been started.
    func process(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Process {
        let process = Process()
        process.executableURL = try Self.url
        process.arguments = arguments
        process.currentDirectoryURL = home
        var variables = [
            "HOME": home.path, "PATH": "/usr/bin:/bin", "XDG_DATA_HOME": home.appending(path: "data").path,
            // Other tests' processes need not have ended.
            "INFEROMETER_METER_LOCK": home.appending(path: "meter.lock").path,
        ]
        variables.merge(environment) { $1 }
        process.environment = variables
        return process
    }
}

/// A running `serve`.
final class Server {
    let process: Process
    let url: String
    private let output: Pipe

    /// Starts one and waits until it says where it listens.
    init(_ program: Program, _ arguments: String..., environment: [String: String] = [:]) throws {
        process = try program.process(["serve", "--listen", "127.0.0.1:0"] + arguments, environment)
        output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n") {
            guard let byte = try output.fileHandleForReading.read(upToCount: 1)?.first else { break }
            line.append(byte)
        }
        let text = String(decoding: line, as: UTF8.self)
        #expect(text.hasPrefix("Listening on http://127.0.0.1:") && text.hasSuffix("\n"))
        url = String(text.dropFirst("Listening on ".count).dropLast())
    }

    /// A test that fails leaves none behind.
    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// Sends it a signal and gives its exit code.
    func stop(_ signal: Int32 = SIGTERM) -> Int32 {
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        return process.terminationStatus
    }

    /// Asks for a path and gives the body.
    func get(_ path: String) throws -> String {
        try curl([url + path])
    }

    /// Posts a body and gives the status, the record's identity and the answer.
    func post(
        _ path: String,
        _ body: String,
        headers: [String: String] = [:]
    ) throws -> (status: Int, record: String?, body: String) {
        let fields = headers.flatMap { ["-H", "\($0.key): \($0.value)"] }
        let answer = try curl(["-i", "-d", body] + fields + [url + path])
        let end = try #require(answer.range(of: "\r\n\r\n"))
        let lines = answer[..<end.lowerBound].components(separatedBy: "\r\n")
        let record = lines.first { $0.lowercased().hasPrefix("x-inferometer-record: ") }.map {
            String($0.dropFirst(22))
        }
        return (try #require(Int(lines[0].split(separator: " ")[1])), record, String(answer[end.upperBound...]))
    }
}

extension Server {
    private func curl(_ arguments: [String]) throws -> String {
        let curl = Process()
        curl.executableURL = URL(filePath: "/usr/bin/env")
        curl.arguments = ["curl", "-sS", "--max-time", "30"] + arguments
        let pipe = Pipe()
        curl.standardOutput = pipe
        try curl.run()
        let answer = pipe.fileHandleForReading.readDataToEndOfFile()
        curl.waitUntilExit()
        return String(decoding: answer, as: UTF8.self)
    }
}

extension Program.Outcome {
    /// Standard output as a JSON object.
    func object() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }

    /// Standard output as an array of JSON objects.
    func array() throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]])
    }
}
