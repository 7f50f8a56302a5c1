// Inferometer
// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// What a case says about the original's answer.
package enum ParityVerdict: String, Sendable {
    /// The original is right.
    case same
    /// The original is wrong.
    case differs
    /// More than one answer can be defended.
    case open
}

/// One case of a parity file.
package struct ParityCase: Sendable {
    package var name: String
    package var input: ParityValue
    package var expected: ParityValue
    package var ours: ParityValue
    package var verdict: ParityVerdict
    /// Paths, without list positions, whose values are not compared with `ours`.
    package var open: Set<String>

    /// Reads a case; fails where one of its parts is missing or the verdict is unknown.
    package init(_ value: ParityValue) throws {
        guard let name = value["name"].string else { throw ParityError("a case has no name") }
        guard let verdict = value["verdict"].string.flatMap(ParityVerdict.init) else {
            throw ParityError("\(name): unknown verdict \(value["verdict"])")
        }
        for key in ["input", "expected", "ours"] where value.members[key] == nil {
            throw ParityError("\(name): no \(key)")
        }
        self.name = name
        self.verdict = verdict
        input = value["input"]
        expected = value["expected"]
        ours = value["ours"]
        open = Set(value["open"].elements.compactMap(\.string))
    }
}

/// Why a parity file or case cannot be run; always a failure of the run.
package struct ParityError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// The folder of parity cases: the one that `INFEROMETER_PARITY` names, else the repository's copy.
package struct ParityFolder: Sendable {
    package let url: URL

    package init(url: URL) {
        self.url = url
    }

    package static var current: ParityFolder {
        if let path = ProcessInfo.processInfo.environment["INFEROMETER_PARITY"], !path.isEmpty {
            return ParityFolder(url: URL(fileURLWithPath: path, isDirectory: true))
        }
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return ParityFolder(url: tests.appendingPathComponent("Fixtures/parity", isDirectory: true))
    }

    /// Every file of cases here, by name without `.json`.
    package func fileNames() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: url.path)
            .filter { $0.hasSuffix(".json") }
            .map { String($0.dropLast(5)) }
            .sorted()
    }

    /// The cases of one file.
    package func cases(in file: String) throws -> [ParityCase] {
        let root = try ParityValue(json: Data(contentsOf: url.appendingPathComponent(file + ".json")))
        guard case .array(let cases) = root["cases"], !cases.isEmpty else { throw ParityError("\(file): no cases") }
        return try cases.map(ParityCase.init)
    }

    /// The bytes of a file beside the cases, unpacked where it is there only as `.gz`.
    package func contents(of name: String) throws -> Data {
        let plain = url.appendingPathComponent(name)
        if FileManager.default.fileExists(atPath: plain.path), !name.hasSuffix(".gz") {
            return try Data(contentsOf: plain)
        }
        let packed = name.hasSuffix(".gz") ? plain : plain.appendingPathExtension("gz")
        return try Self.unpack(packed)
    }

    private static func unpack(_ file: URL) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", file.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ParityError("gzip -dc \(file.path) failed") }
        return data
    }
}
