// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix

/// Passes calls on to engines and records each.
///
/// The path from socket to socket runs on SwiftNIO's event loops; only starting and stopping is asynchronous here.
package final class RecordingProxy: Sendable {
    private let core: ProxyCore
    private let stopSignal: AsyncStream<Never>
    private let stopper: AsyncStream<Never>.Continuation

    /// Creates a proxy that does nothing yet.
    ///
    /// - Throws: ``ProxyError`` if an upstream or the trust roots cannot be used.
    package init(configuration: ProxyConfiguration, services: ProxyServices) throws(ProxyError) {
        core = try ProxyCore(configuration: configuration, services: services)
        (stopSignal, stopper) = AsyncStream.makeStream()
    }

    /// Serves until ``stop()`` is called or the task is cancelled, then ends gracefully.
    ///
    /// It stops accepting, lets the calls in flight finish within the grace time, cuts off the others, and returns when
    /// the sink has every record. May be called once.
    ///
    /// - Parameter onListening: Called once with the bound address, when connections are accepted.
    /// - Throws: ``ProxyError`` if the address cannot be taken.
    package func run(onListening: (ListeningAddress) -> Void = { _ in }) async throws {
        try await withRunning { address in
            onListening(address)
            // Ends with the signal, or with the task.
            for await _ in stopSignal {}
        }
    }

    /// Serves for the length of a scope and ends gracefully with it.
    ///
    /// - Parameters:
    ///   - isolation: The actor that the body runs on, by default the caller's.
    ///   - body: Is given the bound address.
    /// - Returns: What the body returns.
    /// - Throws: ``ProxyError`` if the address cannot be taken, and what the body throws.
    package func withRunning<Result>(
        isolation: isolated (any Actor)? = #isolation,
        _ body: (ListeningAddress) async throws -> Result
    ) async throws -> Result {
        let server = try await ProxyServer.start(core)
        do {
            let result = try await body(server.address)
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }

    /// Begins the graceful end, which is reached when ``run(onListening:)`` returns.
    ///
    /// May be called any number of times.
    package func stop() {
        stopper.finish()
    }

    /// Replaces the engines; calls in flight go on with theirs, and those that stay keep their connections.
    ///
    /// - Throws: ``ProxyError`` if one cannot be used; then nothing changes.
    package func setUpstreams(_ upstreams: [UpstreamConfiguration]) throws(ProxyError) {
        try core.setUpstreams(upstreams)
    }

    /// The engines as they are now.
    package var upstreams: [UpstreamConfiguration] {
        core.table.all.map(\.configuration)
    }

    /// What has been done so far.
    package var counters: ProxyCounters {
        core.counters
    }
}
