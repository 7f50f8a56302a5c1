// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Why the proxy cannot be set up or started.
package struct ProxyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure.
    package struct Code: Sendable, Hashable {
        private enum Kind: Sendable, Hashable {
            case invalidUpstream
            case invalidName
            case cannotListen
            case cannotTrust
        }

        private let kind: Kind

        /// An engine's URL cannot be used.
        package static let invalidUpstream = Code(kind: .invalidUpstream)
        /// An engine's name cannot be used.
        package static let invalidName = Code(kind: .invalidName)
        /// The address to listen on cannot be taken.
        package static let cannotListen = Code(kind: .cannotListen)
        /// The certificates to trust cannot be read.
        package static let cannotTrust = Code(kind: .cannotTrust)
    }

    /// The kind of failure.
    package let code: Code
    /// What failed, and what to do about it.
    package let description: String

    static func invalidUpstream(_ url: String, because reason: String) -> ProxyError {
        ProxyError(
            code: .invalidUpstream,
            description: "The upstream '\(url)' cannot be used: \(reason). Write it as http://HOST:PORT."
        )
    }

    static func invalidName(_ name: String, because reason: String) -> ProxyError {
        ProxyError(code: .invalidName, description: "The upstream's name '\(name)' cannot be used: \(reason).")
    }

    static func cannotListen(host: String, port: Int, because reason: String) -> ProxyError {
        ProxyError(
            code: .cannotListen,
            description: "Cannot listen on \(host):\(port): \(reason). Choose another with --listen HOST:PORT."
        )
    }

    static func cannotTrust(because reason: String) -> ProxyError {
        ProxyError(code: .cannotTrust, description: "Cannot set up TLS for upstreams: \(reason).")
    }
}
