// Inferometer
// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import InferenceEngines
import Logging
import NIOPosix
import TelemetryCore
import TelemetryProxy

/// The recording proxy with all that stands around it: store, prices, engines, signals.
struct ServeSession: Sendable {
    let plan: ServePlan
    let logger: Logger

    /// Serves until SIGTERM or SIGINT, or until the body says stop.
    ///
    /// - Parameters:
    ///   - clock: The clocks that calls are timed on.
    ///   - body: Runs beside the proxy once it accepts connections.
    /// - Throws: `ValidationError` if a setting cannot be used, `ProxyError` if the address cannot be taken.
    func run(
        clock: TelemetryClock,
        body: @escaping @Sendable (ListeningAddress) async throws -> Continuation
    ) async throws {
        let prices = try PriceSources(file: plan.pricesFile)
        let sink = StoreSink(plan: plan, clock: clock, logger: logger)
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        let outcome = await Result.of {
            try await serve(prices, sink, client, clock: clock, body: body)
        }
        try? await client.shutdown()
        await sink.close()
        try outcome.get()
    }

    /// What follows once the body has returned.
    enum Continuation: Sendable {
        /// The proxy goes on until a signal.
        case serve
        /// The proxy ends.
        case stop
    }

    private func serve(
        _ prices: PriceSources,
        _ sink: StoreSink,
        _ client: HTTPClient,
        clock: TelemetryClock,
        body: @escaping @Sendable (ListeningAddress) async throws -> Continuation
    ) async throws {
        let finder = UpstreamFinder(
            discovery: EngineDiscovery(client: client),
            localAddresses: .ofThisMachine(),
            logger: logger
        )
        var engine: SimulatedEngine?
        var configuration = plan.proxyConfiguration
        configuration.upstreams = plan.upstreams.map(finder.configuration)
        if plan.isSimulating {
            let started = try await SimulatedEngine.start(on: MultiThreadedEventLoopGroup.singleton)
            configuration.upstreams.append(try .simulated(port: started.port))
            engine = started
        }
        var services = ProxyServices(sink: sink, logger: logger)
        services.price = prices.source(upstreams: configuration.upstreams)
        services.recordFailures = { sink.failures }
        services.clock = clock
        let meter =
            plan.energy.isMetered ? MachineMeter(plan: plan.energy, sink: sink, clock: clock, logger: logger) : nil
        services.energy = meter
        let proxy = try RecordingProxy(configuration: configuration, services: services)
        let signals = StopSignals { proxy.stop() }
        defer { signals.cancel() }
        try await run(proxy, finder, configuration.upstreams, meter, body)
        await engine?.stop()
    }

    private func run(
        _ proxy: RecordingProxy,
        _ finder: UpstreamFinder,
        _ upstreams: [UpstreamConfiguration],
        _ meter: MachineMeter?,
        _ body: @escaping @Sendable (ListeningAddress) async throws -> Continuation
    ) async throws {
        let (addresses, announce) = AsyncStream.makeStream(of: ListeningAddress.self)
        let firstLook = FirstLook()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            if let meter {
                meter.setUpstreams(upstreams)
                group.addTask {
                    await meter.run()
                    return false
                }
            }
            group.addTask {
                try await findUpstreams(finder, upstreams, of: proxy) { upstreams in
                    meter?.setUpstreams(upstreams)
                    firstLook.end()
                }
                return false
            }
            group.addTask {
                defer { announce.finish() }
                await firstLook.wait()
                try await proxy.run { announce.yield($0) }
                return true
            }
            group.addTask {
                for await address in addresses where try await body(address) == .stop { proxy.stop() }
                return false
            }
            // The proxy's end is the end of all; the others' is not.
            while let isEnd = try await group.next(), !isEnd {}
            await meter?.drain()
            group.cancelAll()
            while (try? await group.next()) != nil {}
        }
    }

    private func findUpstreams(
        _ finder: UpstreamFinder,
        _ upstreams: [UpstreamConfiguration],
        of proxy: RecordingProxy,
        afterRound: ([UpstreamConfiguration]) -> Void
    ) async throws {
        // The proxy was made with the very engines that were named, so that it cannot refuse them now.
        let update = { (upstreams: [UpstreamConfiguration]) in
            try? proxy.setUpstreams(upstreams)
            afterRound(upstreams)
        }
        do {
            if upstreams.isEmpty {
                try await finder.findEngines(afterRound: update)
            } else {
                try await finder.learnKinds(of: upstreams, afterRound: update)
            }
        } catch is CancellationError {
            return
        }
    }
}

/// The first round of questions to engines, for which the start waits a moment: then the first calls are recorded with
/// the kind of their engine.
private struct FirstLook: Sendable {
    private let rounds: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private static let longest = Duration.milliseconds(250)

    init() {
        (rounds, continuation) = AsyncStream.makeStream(of: Void.self)
    }

    func end() {
        continuation.finish()
    }

    func wait() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in rounds {} }
            group.addTask { try? await Task.sleep(for: Self.longest) }
            await group.next()
            group.cancelAll()
        }
    }
}

extension Result where Failure == any Error {
    /// The result of a body that may throw, so that what must be closed can be before the error goes on.
    static func of(_ body: () async throws -> Success) async -> Self {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}

extension UpstreamConfiguration {
    /// The simulated engine, called what it is.
    static func simulated(port: Int) throws -> UpstreamConfiguration {
        try UpstreamConfiguration(
            name: "simulated",
            url: "http://127.0.0.1:\(port)",
            kind: .simulated,
            isLocal: true
        )
    }
}
