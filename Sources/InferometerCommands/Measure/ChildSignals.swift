// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Signals while a command runs: this process outlives them to report, and the command gets each of them once.
///
/// The terminal sends Ctrl-C and Ctrl-\ to the command itself; what a process sends to us alone is passed on.
struct ChildSignals: Sendable {
    private static let handled = [SIGINT, SIGQUIT, SIGTERM, SIGHUP]
    /// The command's identifier while it is there; read by handlers, so no lock can guard it.
    private static let child = Atomic<Int32>(0)
    /// A bit for each signal that came before the command was there.
    private static let pending = Atomic<UInt64>(0)

    /// The signals that are to have their usual meaning in the command.
    ///
    /// What was ignored from the start, as under nohup, stays so for the command too.
    let defaults: [Int32]

    /// Begins to outlive the signals.
    init() {
        defaults = (Self.handled + [SIGPIPE]).filter { !SignalAction.isIgnored($0) }
        // Reading both now makes them before a handler needs them.
        Self.child.store(0, ordering: .sequentiallyConsistent)
        Self.pending.store(0, ordering: .sequentiallyConsistent)
        for number in Self.handled where defaults.contains(number) {
            SignalAction.handle(number) { number, information, _ in
                if SignalAction.isSent(information) { ChildSignals.pass(number) }
            }
        }
    }

    /// From now on signals go to this command.
    func begin(_ child: pid_t) {
        Self.child.store(child, ordering: .sequentiallyConsistent)
        let waiting = Self.pending.exchange(0, ordering: .sequentiallyConsistent)
        for number in Self.handled where waiting & 1 << UInt64(number) != 0 { kill(child, number) }
        // A reader of our answer that has gone must not keep the command's exit code from its caller.
        signal(SIGPIPE, SIG_IGN)
    }

    /// From now on no signal goes to the command, whose identifier may soon be another's.
    func end() {
        Self.child.store(0, ordering: .sequentiallyConsistent)
    }

    /// Runs inside a signal handler: atomics and `kill` alone.
    private static func pass(_ number: Int32) {
        let child = child.load(ordering: .sequentiallyConsistent)
        if child > 0 {
            kill(child, number)
        } else {
            pending.bitwiseOr(1 << UInt64(number), ordering: .sequentiallyConsistent)
        }
    }
}
