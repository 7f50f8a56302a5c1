// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// What is the same for every attempt to start a command.
struct SpawnRequest {
    var outputToError: Bool
    var defaults: [Int32]

    /// Starts a process; gives the system's error number, 0 if it runs, and its identifier.
    func spawn(_ name: String, arguments: [String]) -> (number: Int32, identifier: pid_t) {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
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
        let strings = CStringArray(arguments)
        var identifier = pid_t()
        let number = posix_spawnp(&identifier, name, &actions, &attributes, strings.pointers, environ)
        return (number, identifier)
    }
}
#endif
