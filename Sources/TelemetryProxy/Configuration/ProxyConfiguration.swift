// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What the recording proxy is told; every value has a default.
package struct ProxyConfiguration: Sendable, Hashable {
    /// The address to listen on; loopback by default.
    package var host = "127.0.0.1"
    /// The port to listen on; 0 takes a free one.
    package var port = 4_242
    /// The engines.
    ///
    /// Calls that name none go to ``defaultUpstream``.
    package var upstreams: [UpstreamConfiguration] = []
    /// The name of the engine for calls that name none; else the first without a name, else the first.
    package var defaultUpstream: String?
    /// Changes nothing of a request but `Host`, hop-by-hop fields and our own tags.
    package var observeOnly = false
    /// Names that a request's `Host` may have besides localhost and the listening address.
    package var allowedHosts: [String] = []
    /// How long calls in flight may go on after a stop.
    package var grace: Duration = .seconds(10)
    /// The largest request body that is held to be read, in bytes; larger ones pass as they come.
    package var maxHeldBody = 32 << 20
    /// How long an engine may be silent within a call; no limit by default.
    package var timeout: Duration?
    /// How long a connection to an engine may take to make.
    package var connectTimeout: Duration = .seconds(10)
    /// Whose certificates an `https` engine may show.
    package var trust: TrustRoots = .system
    /// The number of event loops; one per core by default.
    package var eventLoops: Int?

    /// Creates the default configuration, which has no engine yet.
    package init() {}
}

/// The certificate authorities that are trusted.
package enum TrustRoots: Sendable, Hashable {
    /// Those of the operating system.
    case system
    /// Those in a PEM file.
    case file(String)
}
