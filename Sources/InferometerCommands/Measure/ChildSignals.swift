// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Signals while a command runs: the terminal's reach it by themselves, and those that are sent to us are passed on.
final class ChildSignals: Sendable {
    private struct State: Sendable {
        var child: pid_t?
        /// What came before the child was there.
        var pending: [Int32] = []
    }

    private let state = Mutex(State())
    /// The signals that are to have their usual meaning in the child: what we ignore and our own parent did not.
    let defaults: [Int32]
    private let sources: Mutex<[any DispatchSourceSignal]>

    /// Begins to ignore SIGINT and SIGQUIT, and to pass on SIGTERM and SIGHUP.
    init() {
        // What was ignored from the start, as under nohup, stays so for the child too.
        defaults = [SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGPIPE].filter { !Self.isIgnored($0) }
        sources = Mutex([])
        for number in [SIGINT, SIGQUIT] { signal(number, SIG_IGN) }
        for number in [SIGTERM, SIGHUP] where defaults.contains(number) {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { @Sendable [self] in pass(number) }
            source.resume()
            sources.withLock { $0.append(source) }
        }
    }

    /// From now on signals go to this child.
    func begin(_ child: pid_t) {
        state.withLock { state in
            state.child = child
            for number in state.pending { kill(child, number) }
            state.pending = []
        }
    }

    /// From now on no signal goes to the child, whose number may soon be another's.
    func end() {
        state.withLock { $0.child = nil }
    }

    /// Gives the signals their usual meaning again.
    func cancel() {
        for source in sources.withLock({ $0 }) { source.cancel() }
        for number in defaults where number != SIGPIPE { signal(number, SIG_DFL) }
    }

    private func pass(_ number: Int32) {
        state.withLock { state in
            if let child = state.child { kill(child, number) } else { state.pending.append(number) }
        }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        #if canImport(Darwin)
        let handler = action.__sigaction_u.__sa_handler
        #else
        let handler = action.__sigaction_handler.sa_handler
        #endif
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
