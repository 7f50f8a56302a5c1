// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// The connections of one event loop that wait for their next call, the last used first.
final class ConnectionPool {
    private var idle: [ObjectIdentifier: [UpstreamConnection]] = [:]
    private static let limit = 512
    private static let patience = TimeAmount.seconds(60)

    /// Takes a connection out, if one is kept.
    func take(to upstream: Upstream) -> UpstreamConnection? {
        idle[ObjectIdentifier(upstream)]?.popLast()
    }

    /// Keeps a connection until its next call or its end, and ends those that have waited long.
    func keep(_ connection: UpstreamConnection) {
        let now = NIODeadline.now()
        connection.idleSince = now
        let key = ObjectIdentifier(connection.upstream)
        idle[key, default: []].append(connection)
        guard let oldest = idle[key]?.first, oldest !== connection else { return }
        if now - oldest.idleSince > Self.patience || (idle[key]?.count ?? 0) > Self.limit { oldest.close() }
    }

    /// Forgets a connection that has ended.
    func remove(_ connection: UpstreamConnection) {
        let key = ObjectIdentifier(connection.upstream)
        guard let place = idle[key]?.lastIndex(where: { $0 === connection }) else { return }
        idle[key]?.remove(at: place)
        if idle[key]?.isEmpty == true { idle[key] = nil }
    }

    func closeAll() {
        let all = idle.values.joined()
        idle = [:]
        for connection in all { connection.close() }
    }
}
