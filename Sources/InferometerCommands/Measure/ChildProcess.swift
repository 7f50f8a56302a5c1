// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization
import TelemetryCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The command as a child of this process, in the same terminal and the same process group.
struct ChildProcess: Sendable {
    let identifier: pid_t

    /// Starts a command, which is looked for in PATH, with this process's streams.
    ///
    /// - Parameters:
    ///   - outputToError: Whether its standard output is our standard error.
    ///   - defaults: The signals that have their usual meaning in the child.
    static func spawn(
        _ command: [String],
        environment: [String: String],
        outputToError: Bool = false,
        defaults: [Int32] = []
    ) throws -> ChildProcess {
        var arguments = cStrings(command)
        var variables = cStrings(environment.map { "\($0.key)=\($0.value)" })
        defer { for string in arguments + variables { free(string) } }
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        if outputToError { posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO) }
        var signals = sigset_t()
        sigemptyset(&signals)
        // The thread that spawns is a pool's, which blocks signals; the child must not inherit that.
        posix_spawnattr_setsigmask(&attributes, &signals)
        for number in defaults { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK))
        var identifier = pid_t()
        let name = command.first ?? ""
        let number = posix_spawnp(&identifier, name, &actions, &attributes, &arguments, &variables)
        guard number == 0 else {
            let words = String(cString: strerror(number))
            throw SpawnError(name: name, number: number, isMissing: number == ENOENT, words: words)
        }
        return ChildProcess(identifier: identifier)
    }

    /// Waits for the end, on a thread that may block; tells when it was.
    ///
    /// `beforeReaping` is called while the identifier is still the child's alone.
    func end(
        clock: TelemetryClock,
        beforeReaping: @escaping @Sendable () -> Void = {}
    ) async -> (end: CommandEnd, at: MonotonicInstant) {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "inferometer.measure.wait").async { [identifier] in
                var information = siginfo_t()
                while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
                let instant = clock.instant()
                beforeReaping()
                var status: Int32 = 0
                while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
                continuation.resume(returning: (CommandEnd(waitStatus: status), instant))
            }
        }
    }

    private static func cStrings(_ strings: [String]) -> [UnsafeMutablePointer<CChar>?] {
        strings.map { strdup($0) } + [nil]
    }
}
