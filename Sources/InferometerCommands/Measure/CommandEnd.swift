// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// How a command ended.
enum CommandEnd: Sendable, Hashable {
    case exited(Int32)
    case signalled(Int32)

    /// Reads the status that `waitpid` gives.
    init(waitStatus status: Int32) {
        // POSIX leaves the layout open; Linux and Darwin share it, and their macros are not imported.
        let signal = status & 0x7F
        self = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
    }

    /// The exit code as a shell gives it: the command's own, or 128+n after signal n.
    var code: Int32 {
        switch self {
        case .exited(let code): code
        case .signalled(let signal): 128 + signal
        }
    }
}

/// Why a command could not be started.
struct SpawnError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The command's name.
    let name: String
    /// The system's error number.
    let number: Int32
    /// Whether there is no such command.
    let isMissing: Bool
    /// The system's own words.
    let words: String

    /// The exit code as a shell gives it.
    var code: Int32 { isMissing ? 127 : 126 }

    var description: String {
        isMissing ? "inferometer: \(name): command not found" : "inferometer: cannot run \(name): \(words)"
    }
}
