// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Runs a command as a shell would: on our terminal, in our process group, with its own signals.
struct ChildProcess {
    /// Why a command could not be started, with the exit code that shells give for it.
    struct StartFailure: Error, Hashable {
        var exitCode: Int32
        var reason: String
    }

    private let process: pid_t
    /// What the terminal or a supervisor sends; ignored from before the start until the report is written.
    private static let signals = [SIGINT, SIGQUIT, SIGTERM, SIGHUP]

    /// Starts a command.
    ///
    /// - Parameters:
    ///   - arguments: The command and its arguments; the command is looked for in PATH.
    ///   - outputToError: Whether its standard output goes to our standard error.
    /// - Throws: ``StartFailure`` if it is not there or cannot be run.
    init(_ arguments: [String], outputToError: Bool) throws(StartFailure) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if outputToError { posix_spawn_file_actions_adddup2(&actions, 2, 1) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // We ignore the terminal's signals while the command runs; it must not.
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for signal in [SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&defaults, signal) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        // Threads of a pool block signals, and a child would inherit that.
        var mask = sigset_t()
        sigemptyset(&mask)
        posix_spawnattr_setsigmask(&attributes, &mask)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK))
        for number in Self.signals { signal(number, SIG_IGN) }
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var process = pid_t()
        let code = posix_spawnp(&process, arguments.first ?? "", &actions, &attributes, &pointers, environ)
        guard code == 0 else {
            throw StartFailure(
                exitCode: code == ENOENT ? 127 : 126,
                reason: "\(arguments.first ?? ""): \(String(cString: strerror(code)))"
            )
        }
        self.process = process
    }

    /// Waits for the command's end, and passes on what is sent to us meanwhile.
    ///
    /// Ctrl-C reaches the command from the terminal itself; we outlive it, to report.
    ///
    /// - Returns: Its exit code; 128 and the signal's number if a signal ended it.
    func wait() async -> Int32 {
        let process = process
        let sources = [SIGTERM, SIGHUP].map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { kill(process, number) }
            source.activate()
            return source
        }
        let status = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var status: Int32 = 0
                while waitpid(process, &status, 0) == -1, errno == EINTR {}
                continuation.resume(returning: status)
            }
        }
        for source in sources { source.cancel() }
        return Self.exitCode(ofStatus: status)
    }

    /// What a shell makes of the status of `waitpid`: the low seven bits are the signal, the next byte the exit code.
    static func exitCode(ofStatus status: Int32) -> Int32 {
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}
