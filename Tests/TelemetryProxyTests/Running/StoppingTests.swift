// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryProxy

@Suite(.timeLimit(.minutes(1)))
struct StoppingTests {
    private func proxy(
        before server: RawServer,
        grace: Duration
    ) throws -> (RecordingProxy, CollectingSink) {
        var configuration = ProxyConfiguration()
        configuration.port = 0
        configuration.grace = grace
        configuration.eventLoops = 2
        configuration.upstreams = [try UpstreamConfiguration(url: "http://127.0.0.1:\(server.port)")]
        let sink = CollectingSink()
        let services = ProxyServices(sink: sink, logger: CollectedLog().logger)
        return (try RecordingProxy(configuration: configuration, services: services), sink)
    }

    /// Starts serving; the port comes when connections are accepted.
    private func start(_ proxy: RecordingProxy) async throws -> (port: Int, running: Task<Void, any Error>) {
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let running = Task { try await proxy.run { continuation.yield($0.port) } }
        for await port in ports { return (port, running) }
        throw RawConnection.Ended(description: "no port")
    }

    @Test func callsInFlightFinishAndAreRecorded() async throws {
        try await RawServer.with { server in
            let (proxy, sink) = try proxy(before: server, grace: .seconds(30))
            let (port, running) = try await start(proxy)
            let client = try await RawConnection.connect(port: port)
            let idle = try await RawConnection.connect(port: port)
            try await client.post("/v1/chat/completions", Sample.stream)
            let engine = try await server.accept()
            _ = try await engine.message()
            try await engine.beginStream()
            _ = try await client.receive(until: "\r\n\r\n")
            proxy.stop()
            // An idle connection ends at once, and nobody new is let in.
            #expect(await idle.rest().bytes.isEmpty)
            await #expect(throws: (any Error).self) { _ = try await RawConnection.connect(port: port) }
            try await engine.event(Sample.delta("a"))
            #expect(try await client.chunk() != nil)
            try await engine.event(Sample.stop)
            try await engine.event("[DONE]")
            try await engine.endStream()
            while try await client.chunk() != nil {}
            try await running.value
            #expect(sink.records.map(\.result.outcome) == [.completed])
        }
    }

    @Test func whatDoesNotFinishInTimeIsCutOffAndRecorded() async throws {
        try await RawServer.with { server in
            let (proxy, sink) = try proxy(before: server, grace: .milliseconds(20))
            let (port, running) = try await start(proxy)
            let client = try await RawConnection.connect(port: port)
            try await client.post("/v1/chat/completions", Sample.stream)
            let engine = try await server.accept()
            _ = try await engine.message()
            running.cancel()
            try await running.value
            #expect(await client.rest().bytes.isEmpty)
            #expect(sink.records.map(\.result.outcome) == [.cancelled])
            await engine.waitForEnd()
        }
    }

    @Test func stoppingBeforeStartingStopsAtOnce() async throws {
        try await RawServer.with { server in
            let (proxy, _) = try proxy(before: server, grace: .seconds(1))
            proxy.stop()
            proxy.stop()
            try await proxy.run()
        }
    }

    @Test func aTakenPortIsAClearError() async throws {
        try await RawServer.with { server in
            var configuration = ProxyConfiguration()
            configuration.port = server.port
            let services = ProxyServices(sink: CollectingSink(), logger: CollectedLog().logger)
            let proxy = try RecordingProxy(configuration: configuration, services: services)
            let error = await #expect(throws: ProxyError.self) { try await proxy.run() }
            #expect(error?.code == .cannotListen)
            #expect(error?.description.contains("\(server.port)") == true)
        }
    }
}
