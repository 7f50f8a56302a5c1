// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOSSL
import Synchronization
import TelemetryCore

/// An engine as the event loops use it: all that a call needs of its configuration, made ready once.
final class Upstream: Sendable {
    let configuration: UpstreamConfiguration
    /// What records and messages call it.
    let label: String
    /// Its host and port as a `Host` field has them.
    let authority: [UInt8]
    let basePath: [UInt8]
    /// The name that begins a path, if it has one.
    let name: [UInt8]
    let tls: NIOSSLContext?
    /// Whether the host is an address and no name.
    let hasFixedAddress: Bool
    /// Whether calls to it cost nothing by the token.
    let isOwn: Bool
    private let memory = Mutex(Memory())

    /// Stands for the engine of a call that came when none was known; such a call is recorded and never sent.
    static let none = Upstream(UpstreamConfiguration(address: .nowhere, isLocal: false), tls: nil)

    /// Whether there is an engine.
    var isKnown: Bool { configuration.address != .nowhere }

    private struct Memory {
        var refusals: Set<String> = []
        var address: (address: SocketAddress, until: NIODeadline)?
    }

    private static let refusalLimit = 1_000
    private static let addressLife = TimeAmount.seconds(30)

    init(_ configuration: UpstreamConfiguration, tls: NIOSSLContext?) {
        self.configuration = configuration
        self.tls = tls
        label = configuration.label
        authority = Array(configuration.address.authority.utf8)
        basePath = Array(configuration.address.basePath.utf8)
        name = Array((configuration.name ?? "").utf8)
        isOwn = configuration.isLocal || configuration.kind.isSelfHosted
        let fixed = try? SocketAddress(ipAddress: configuration.address.host, port: configuration.address.port)
        hasFixedAddress = fixed != nil
        if let fixed { knownAddress = fixed }
    }

    /// Where it was reached within the last half minute, so that its name need not be looked up for each connection.
    var knownAddress: SocketAddress? {
        get {
            memory.withLock { memory in
                guard let known = memory.address else { return nil }
                return hasFixedAddress || known.until > .now() ? known.address : nil
            }
        }
        set {
            memory.withLock { $0.address = newValue.map { ($0, .now() + Self.addressLife) } }
        }
    }

    /// Whether it has refused to be asked for usage, for a model.
    func refusesUsage(of model: String?) -> Bool {
        memory.withLock { $0.refusals.contains(model ?? "") }
    }

    /// Remembers that it refuses to be asked for usage, for a model.
    func rememberRefusal(of model: String?) {
        memory.withLock { memory in
            if memory.refusals.count < Self.refusalLimit { memory.refusals.insert(model ?? "") }
        }
    }
}
