// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Dispatch

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// SIGTERM and SIGINT as events rather than the end.
struct StopSignals {
    private let sources: [any DispatchSourceSignal]

    /// Calls a handler at the first of the signals; a second SIGINT then ends the process as usual.
    init(onStop: @escaping @Sendable () -> Void) {
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { @Sendable in
                signal(SIGINT, SIG_DFL)
                onStop()
            }
            source.resume()
            return source
        }
    }

    /// Gives the signals their usual meaning again.
    func cancel() {
        for source in sources { source.cancel() }
        signal(SIGTERM, SIG_DFL)
        signal(SIGINT, SIG_DFL)
    }
}
