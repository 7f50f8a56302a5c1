// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization
import TelemetryCore

/// What all event loops of one proxy share.
final class ProxyCore: Sendable {
    let configuration: ProxyConfiguration
    let services: ProxyServices
    let complaints: Complaints
    let allowedHosts: AllowedHosts
    private let counted = Mutex(ProxyCounters())
    private let present: Mutex<UpstreamTable>

    init(configuration: ProxyConfiguration, services: ProxyServices) throws(ProxyError) {
        self.configuration = configuration
        self.services = services
        complaints = Complaints(logger: services.logger, clock: services.clock)
        allowedHosts = AllowedHosts(listening: configuration.host, names: configuration.allowedHosts)
        present = Mutex(
            try UpstreamTable.make(
                configuration.upstreams,
                defaultName: configuration.defaultUpstream,
                reusing: .empty,
                trust: configuration.trust
            )
        )
    }

    /// The engines as they are now.
    var table: UpstreamTable {
        present.withLock { $0 }
    }

    func setUpstreams(_ upstreams: [UpstreamConfiguration]) throws(ProxyError) {
        let old = table
        let wanted = configuration.defaultUpstream
        let known = upstreams.contains { $0.name == wanted }
        let new = try UpstreamTable.make(
            upstreams,
            defaultName: known ? wanted : nil,
            reusing: old,
            trust: configuration.trust
        )
        present.withLock { $0 = new }
    }

    /// Changes the counters.
    func count(_ change: (inout ProxyCounters) -> Void) {
        counted.withLock { change(&$0) }
    }

    var counters: ProxyCounters {
        var counters = counted.withLock { $0 }
        counters.recordFailures = services.recordFailures()
        return counters
    }
}
