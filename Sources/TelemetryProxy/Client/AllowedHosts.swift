// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// The names by which the proxy may be asked, so that no web page can reach it under a name of its own.
struct AllowedHosts: Sendable {
    private let names: [[UInt8]]

    init(listening: String, names: [String]) {
        let bracketed = listening.contains(":") ? "[\(listening)]" : listening
        self.names = (["localhost", "127.0.0.1", "[::1]", bracketed] + names.map(Self.withoutPort))
            .map { Array($0.lowercased().utf8) }
    }

    /// Whether a `Host` value, whatever its port, is one of the names, or the very address that the client reached.
    func allows(_ host: UnsafeRawBufferPointer, reachedAt local: SocketAddress?) -> Bool {
        let name = Self.name(of: host)
        if names.contains(where: { known in known.withUnsafeBytes { name.matches($0) } }) { return true }
        guard let address = local?.ipAddress else { return false }
        let shown = address.contains(":") ? "[\(address)]" : address
        return Array(shown.utf8).withUnsafeBytes { name.matches($0) }
    }

    private static func name(of host: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var end = host.count
        while end > 0, host[end - 1] &- 0x30 < 10 { end -= 1 }
        guard end > 1, host[end - 1] == .colon else { return host }
        return host.part(0..<end - 1)
    }

    private static func withoutPort(_ name: String) -> String {
        Array(name.utf8).withUnsafeBytes { String(decoding: Self.name(of: $0), as: UTF8.self) }
    }
}
