// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Where the proxy accepts connections.
package struct ListeningAddress: Sendable, Hashable {
    /// The address.
    package let host: String
    /// The port.
    package let port: Int

    /// The URL to give to clients.
    package var url: String {
        host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
    }
}
