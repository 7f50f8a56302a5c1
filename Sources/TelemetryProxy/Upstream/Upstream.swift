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
    /// Whether calls to it cost nothing by the token.
    let isOwn: Bool
    private let memory = Mutex(Memory())

    private struct Memory {
        var refusals: Set<String> = []
        var address: SocketAddress?
    }

    private static let refusalLimit = 1_000

    init(_ configuration: UpstreamConfiguration, tls: NIOSSLContext?) {
        self.configuration = configuration
        self.tls = tls
        label = configuration.label
        authority = Array(configuration.address.authority.utf8)
        basePath = Array(configuration.address.basePath.utf8)
        name = Array((configuration.name ?? "").utf8)
        isOwn = configuration.isLocal || configuration.kind.isSelfHosted
        if let address = try? SocketAddress(ipAddress: configuration.address.host, port: configuration.address.port) {
            memory.withLock { $0.address = address }
        }
    }

    /// Where it was reached last, so that its name need not be looked up for each connection.
    var knownAddress: SocketAddress? {
        get { memory.withLock { $0.address } }
        set { memory.withLock { $0.address = newValue } }
    }

    /// Whether the host is an address and no name.
    var hasFixedAddress: Bool {
        (try? SocketAddress(ipAddress: configuration.address.host, port: 0)) != nil
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
