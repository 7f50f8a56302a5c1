// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// How this process answers a signal.
enum SignalAction {
    typealias Handler = @convention(c) (Int32, UnsafeMutablePointer<siginfo_t>?, UnsafeMutableRawPointer?) -> Void

    /// Whether the signal was to be ignored when this process began.
    static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        #if canImport(Glibc)
        let handler = action.__sigaction_handler.sa_handler
        #else
        let handler = action.__sa_handler.sa_handler
        #endif
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Calls a function at each signal, which may do only what is safe then.
    static func handle(_ number: Int32, by handler: @escaping Handler) {
        var action = sigaction()
        #if canImport(Glibc)
        action.__sigaction_handler.sa_sigaction = handler
        #else
        action.__sa_handler.sa_sigaction = handler
        #endif
        action.sa_flags = SA_SIGINFO | SA_RESTART
        sigaction(number, &action, nil)
    }

    /// Whether a process sent the signal, and not the terminal, which sends it to the command as well.
    static func isSent(_ information: UnsafeMutablePointer<siginfo_t>?) -> Bool {
        // `SI_USER`, `SI_QUEUE`, `SI_TKILL`; the kernel's own codes are positive.
        (information?.pointee.si_code ?? 0) <= 0
    }
}
#endif
