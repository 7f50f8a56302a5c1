// Inferometer
// SPDX-License-Identifier: Apache-2.0

package import TelemetryCore

/// An engine that calls are passed on to.
package struct UpstreamConfiguration: Sendable, Hashable {
    /// The name under which it is reached (`/NAME/...`); without one it is known by host and port.
    package var name: String?
    /// Where it is.
    package var address: UpstreamAddress
    /// The kind of engine, where it is known.
    package var kind: EngineKind
    /// Whether it runs on this machine, so that its energy is this machine's and its calls cost nothing.
    package var isLocal: Bool
    /// The number of calls that it works on at once, where it is known.
    package var slots: Int?

    /// Creates an engine's description.
    package init(
        name: String? = nil,
        address: UpstreamAddress,
        kind: EngineKind = .unknown,
        isLocal: Bool? = nil,
        slots: Int? = nil
    ) {
        self.name = name
        self.address = address
        self.kind = kind
        self.isLocal = isLocal ?? address.isLoopback
        self.slots = slots
    }

    /// Creates an engine's description from its URL.
    ///
    /// - Throws: ``ProxyError`` if the URL cannot be one of an engine.
    package init(
        name: String? = nil,
        url: String,
        kind: EngineKind = .unknown,
        isLocal: Bool? = nil,
        slots: Int? = nil
    ) throws(ProxyError) {
        self.init(
            name: name,
            address: try UpstreamAddress(url: url),
            kind: kind,
            isLocal: isLocal,
            slots: slots
        )
    }

    /// What records call it: its name, else host and port.
    package var label: String {
        name ?? address.authority
    }
}
