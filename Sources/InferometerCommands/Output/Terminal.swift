// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// What is known of the place that the output goes to.
struct Terminal: Hashable, Sendable {
    /// The number of columns; nothing where lines may be as long as they like.
    var width: Int?
    /// Whether text may be coloured.
    var hasColour: Bool
    /// Whether a person is there.
    var isInteractive: Bool

    /// No terminal: a file or a pipe.
    static let none = Terminal(width: nil, hasColour: false, isInteractive: false)

    /// Looks at standard output and the environment.
    static func standardOutput(environment: [String: String]) -> Terminal {
        at(STDOUT_FILENO, environment: environment)
    }

    /// Looks at the place behind a descriptor, and at the environment.
    static func at(_ descriptor: Int32, environment: [String: String]) -> Terminal {
        let isInteractive = isatty(descriptor) == 1
        let isPlain = environment["NO_COLOR"].map { !$0.isEmpty } ?? false || environment["TERM"] == "dumb"
        return Terminal(
            width: environment["COLUMNS"].flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil } ?? windowWidth(descriptor),
            hasColour: isInteractive && !isPlain,
            isInteractive: isInteractive
        )
    }

    /// Whether a person can be asked.
    static var canAsk: Bool {
        isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1
    }

    /// Whether a person reads standard error.
    static var isErrorInteractive: Bool {
        isatty(STDERR_FILENO) == 1
    }

    private static func windowWidth(_ descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
