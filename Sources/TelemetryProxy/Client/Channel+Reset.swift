// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension Channel {
    /// Lets the close that follows end the connection with a reset, which no reader takes for an orderly end.
    func resetOnClose() {
        guard let options = self as? any SocketOptionProvider else { return }
        // On the channel's own loop the option is set when this returns; a failure leaves an orderly end.
        _ = options.setSoLinger(linger(l_onoff: 1, l_linger: 0))
    }
}
