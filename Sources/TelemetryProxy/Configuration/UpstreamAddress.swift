// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Where an engine listens: the parts of an `http` or `https` URL.
package struct UpstreamAddress: Sendable, Hashable {
    /// Whether the connection is encrypted.
    package let isSecure: Bool
    /// A name or an address; that of IPv6 without its brackets.
    package let host: String
    /// The port.
    package let port: Int
    /// What stands before every path, without a slash at its end; empty for most.
    package let basePath: String

    /// Reads a URL; a scheme that is left out means `http`.
    ///
    /// A `/v1` at its end is dropped, because clients bring it with their own paths.
    ///
    /// - Throws: ``ProxyError`` that says what is wrong.
    package init(url: String) throws(ProxyError) {
        var rest = Substring(url)
        let scheme: String
        if let mark = rest.firstRange(of: "://") {
            scheme = rest[..<mark.lowerBound].lowercased()
            rest = rest[mark.upperBound...]
        } else {
            scheme = "http"
        }
        guard scheme == "http" || scheme == "https" else {
            throw .invalidUpstream(url, because: "its scheme is neither http nor https")
        }
        guard !rest.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) else {
            throw .invalidUpstream(url, because: "it has a character that no URL has")
        }
        guard !rest.contains("@"), !rest.contains("?"), !rest.contains("#") else {
            throw .invalidUpstream(url, because: "only host, port and path may stand in it")
        }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        guard let (host, port) = Self.split(authority: rest[..<slash]), !host.isEmpty else {
            throw .invalidUpstream(url, because: "host and port cannot be read")
        }
        isSecure = scheme == "https"
        self.host = host
        self.port = port ?? (isSecure ? 443 : 80)
        basePath = Self.trimmed(path: rest[slash...])
    }

    /// No engine's place: what stands where none is known.
    static let nowhere = UpstreamAddress()

    private init() {
        isSecure = false
        host = ""
        port = 0
        basePath = ""
    }

    /// Host and port as an `Host` field has them: without the port where it is the scheme's own.
    package var authority: String {
        let shown = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? shown : "\(shown):\(port)"
    }

    /// Whether it is this machine by its loopback address.
    package var isLoopback: Bool {
        // A name such as `127.example.com` is anybody's.
        let isAddress = host.hasPrefix("127.") && host.utf8.allSatisfy { "0123456789.".utf8.contains($0) }
        return host.lowercased() == "localhost" || host == "::1" || isAddress
    }

    /// The URL again.
    package var url: String {
        "\(isSecure ? "https" : "http")://\(authority)\(basePath)"
    }

    private static func split(authority: Substring) -> (host: String, port: Int?)? {
        var host = authority
        var port: Substring?
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<close]
            let tail = authority[authority.index(after: close)...]
            guard tail.isEmpty || tail.first == ":" else { return nil }
            port = tail.isEmpty ? nil : tail.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        guard let port else { return (String(host), nil) }
        // `UInt16.init` alone would take a sign.
        guard port.first != "+", let number = UInt16(port), number > 0 else { return nil }
        return (String(host), Int(number))
    }

    private static func trimmed(path: Substring) -> String {
        var path = path
        while path.last == "/" { path.removeLast() }
        if path.hasSuffix("/v1") { path.removeLast(3) }
        while path.last == "/" { path.removeLast() }
        return String(path)
    }
}
