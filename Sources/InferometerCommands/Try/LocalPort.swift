// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix

/// Ports of this machine.
enum LocalPort {
    /// Whether an address can be listened on at this moment.
    static func isFree(_ address: ListenAddress) async -> Bool {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        guard let channel = try? await bootstrap.bind(host: address.host, port: address.port).get() else {
            return false
        }
        try? await channel.close()
        return true
    }
}
