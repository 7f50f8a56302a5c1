// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin

/// How this process answers a signal.
enum SignalAction {
    typealias Handler = @convention(c) (Int32, UnsafeMutablePointer<siginfo_t>?, UnsafeMutableRawPointer?) -> Void

    /// Whether the signal was to be ignored when this process began.
    static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        let handler = action.__sigaction_u.__sa_handler
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Calls a function at each signal, which may do only what is safe then.
    static func handle(_ number: Int32, by handler: @escaping Handler) {
        var action = sigaction()
        action.__sigaction_u.__sa_sigaction = handler
        action.sa_flags = SA_SIGINFO | SA_RESTART
        sigaction(number, &action, nil)
    }

    /// Whether a process sent the signal, and not the terminal, which sends it to the command as well.
    static func isSent(_ information: UnsafeMutablePointer<siginfo_t>?) -> Bool {
        // What the terminal's driver sends comes from no process.
        (information?.pointee.si_pid ?? 0) != 0
    }
}
#endif
