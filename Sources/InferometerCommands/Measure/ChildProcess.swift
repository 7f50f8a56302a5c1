// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Dispatch
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

    /// Starts a command, which is looked for in PATH, with this process's environment and streams.
    ///
    /// - Parameters:
    ///   - command: The command and its arguments.
    ///   - outputToError: Whether its standard output is our standard error.
    ///   - defaults: The signals that have their usual meaning in the child.
    /// - Returns: The running child.
    /// - Throws: ``SpawnError`` if it is not there or cannot be run.
    static func spawn(
        _ command: [String],
        outputToError: Bool = false,
        defaults: [Int32] = []
    ) throws(SpawnError) -> ChildProcess {
        let name = command.first ?? ""
        let request = SpawnRequest(outputToError: outputToError, defaults: defaults)
        var (number, identifier) = request.spawn(name, arguments: command)
        if number == ENOEXEC, let path = ExecutablePath.find(name) {
            // As `execvp` and every shell do with a script that does not name its interpreter.
            (number, identifier) = request.spawn("/bin/sh", arguments: ["/bin/sh", path] + command.dropFirst())
        }
        guard number == 0 else {
            throw SpawnError(
                name: name,
                number: number,
                isMissing: number == ENOENT,
                words: String(cString: strerror(number))
            )
        }
        return ChildProcess(identifier: identifier)
    }

    /// Waits for the end, on a thread that may block; gives how it ended, and when.
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
}

/// Where a command lies.
enum ExecutablePath {
    /// The first file of that name in PATH that may be run; the name itself if it is a path.
    static func find(_ name: String) -> String? {
        if name.contains("/") { return name }
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        return path.split(separator: ":", omittingEmptySubsequences: false)
            .map { ($0.isEmpty ? "." : String($0)) + "/" + name }
            .first { access($0, X_OK) == 0 }
    }
}

/// Strings as C wants them: an array of pointers that ends with none.
struct CStringArray: ~Copyable {
    private(set) var pointers: [UnsafeMutablePointer<CChar>?]

    init(_ strings: some Sequence<String>) {
        pointers = strings.map { strdup($0) } + [nil]
    }

    deinit {
        for pointer in pointers { free(pointer) }
    }
}
