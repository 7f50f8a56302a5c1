// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryExport

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The one door by which a command's answer leaves.
struct Output: Sendable {
    /// What is known of the place that the answer goes to.
    let terminal: Terminal
    private let write: @Sendable ([UInt8]) throws -> Void

    /// Creates a door to somewhere.
    init(terminal: Terminal, write: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.terminal = terminal
        self.write = write
    }

    /// The process's standard output.
    static func standard(environment: [String: String]) -> Output {
        Output(terminal: .standardOutput(environment: environment)) { bytes in
            try FileBytes.write(bytes, to: STDOUT_FILENO)
        }
    }

    /// The process's standard error, for what must not mix with an answer.
    static func standardError(environment: [String: String]) -> Output {
        Output(terminal: .at(STDERR_FILENO, environment: environment)) { bytes in
            try FileBytes.write(bytes, to: STDERR_FILENO)
        }
    }

    /// Writes bytes as they are.
    func send(_ bytes: [UInt8]) throws {
        try write(bytes)
    }

    /// Writes a line of text.
    func line(_ text: String = "") throws {
        try write(Array("\(text)\n".utf8))
    }

    /// Writes a sentence, broken at spaces where the terminal is narrow; one that warns is coloured.
    func sentence(_ text: String, isWarning: Bool = false) throws {
        for part in DisplayText.wrap(DisplayText.harmless(text), width: terminal.width) {
            try line(isWarning ? warning(part) : part)
        }
    }

    /// Writes a JSON document.
    func json(_ value: JSONValue) throws {
        var writer = JSONWriter()
        value.append(to: &writer)
        writer.append(raw: "\n")
        try write(writer.bytes)
    }

    /// Writes a table in the terminal's width, with its titles in bold where there is colour.
    func table(_ table: Table) throws {
        for (index, text) in table.lines(width: terminal.width).enumerated() {
            try line(index == 0 ? emphasised(text) : text)
        }
    }

    /// Text in bold where there is colour.
    func emphasised(_ text: String) -> String {
        terminal.hasColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text
    }

    /// Text in a colour that warns where there is colour.
    private func warning(_ text: String) -> String {
        terminal.hasColour ? "\u{1B}[33m\(text)\u{1B}[0m" : text
    }
}

/// Writes to file descriptors.
enum FileBytes {
    /// Writes all bytes, whatever portions the kernel takes.
    static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        try bytes.withUnsafeBytes { buffer in
            var rest = UnsafeRawBufferPointer(buffer)
            while !rest.isEmpty {
                let written = systemWrite(descriptor, rest.baseAddress, rest.count)
                if written < 0, errno == EINTR { continue }
                guard written >= 0 else { throw SystemError(code: errno, doing: "write") }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
            }
        }
    }

    private static func systemWrite(_ descriptor: Int32, _ start: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Darwin)
        Darwin.write(descriptor, start, count)
        #elseif canImport(Glibc)
        Glibc.write(descriptor, start, count)
        #else
        Musl.write(descriptor, start, count)
        #endif
    }
}

/// An error of the operating system, said in its own words.
struct SystemError: Error, CustomStringConvertible {
    let code: Int32
    let action: String

    init(code: Int32, doing action: String) {
        self.code = code
        self.action = action
    }

    var description: String {
        "Cannot \(action): \(String(cString: strerror(code)))."
    }
}
