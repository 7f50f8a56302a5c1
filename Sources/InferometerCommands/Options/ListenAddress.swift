// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Where to listen: `HOST:PORT`, `[IPv6]:PORT`, or a port alone for the loopback address.
struct ListenAddress: Hashable, Sendable {
    var host: String
    var port: Int

    static let standard = ListenAddress(host: "127.0.0.1", port: 4_242)

    /// The address as it stands in a URL.
    var authority: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

extension ListenAddress: ExpressibleByArgument {
    init?(argument: String) {
        let host: Substring
        let port: Substring
        if argument.hasPrefix("["), let end = argument.firstIndex(of: "]") {
            host = argument[argument.index(after: argument.startIndex)..<end]
            let rest = argument[argument.index(after: end)...]
            guard rest.hasPrefix(":") else { return nil }
            port = rest.dropFirst()
        } else if let colon = argument.lastIndex(of: ":") {
            host = argument[..<colon]
            port = argument[argument.index(after: colon)...]
            guard !host.contains(":") else { return nil }
        } else {
            host = Substring(Self.standard.host)
            port = argument[...]
        }
        guard !host.isEmpty, port.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int(port),
            (0...65_535).contains(number)
        else { return nil }
        self.init(host: String(host), port: number)
    }

    var defaultValueDescription: String { authority }
}
