// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Logging
import ServiceLifecycle
import Synchronization
import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryRecording

/// The parts that a server starts and stops with its service group, run by a real one.
@Suite struct ServiceTests {
    private static let request = InferenceRequest(model: "m", messages: [InferenceMessage(.user, "hello")])
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func monitor(_ watts: Double = 200) -> FakeEnergyMonitor {
        FakeEnergyMonitor(
            channels: [.init(sensor: .fakeCounter(.card), curve: .constant(watts), publication: .milliseconds(2))],
            clock: .system,
            pollInterval: EnergyPollInterval(active: .milliseconds(2), idle: .milliseconds(2))
        )
    }

    private func session(_ monitor: FakeEnergyMonitor, _ sink: RecordingSink) -> TelemetrySession {
        var telemetry = CallTelemetry()
        telemetry.sink = sink
        let sampler = EnergySampler(monitor: monitor, clock: .system, logger: Self.silent)
        return TelemetrySession(sampler: sampler, telemetry: telemetry, meterLock: nil)
    }

    /// Runs services as a server does, and shuts them down gracefully once the body has ended.
    private func withGroup(_ services: [any Service], _ body: (ServiceGroup) async throws -> Void) async throws {
        let group = ServiceGroup(services: services, logger: Self.silent)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body(group)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func wait(until condition: () -> Bool) async {
        while !condition(), !Task.isCancelled { await Task.yield() }
    }

    @Test(.timeLimit(.minutes(1)))
    func aSamplerReadsWhileItsGroupRunsAndAgainInTheNext() async throws {
        let monitor = monitor()
        let sampler = EnergySampler(monitor: monitor, clock: .system, logger: Self.silent)
        for _ in 0..<2 {
            let before = monitor.readingCount
            let start = TelemetryClock.system.instant()
            try await withGroup([sampler]) { _ in
                await wait { monitor.readingCount > before + 30 }
            }
            let windows = sampler.windows(from: start, to: TelemetryClock.system.instant())
            #expect((windows.total?.energy ?? .zero) > .zero)
        }
    }

    /// What a session holds when the group shuts down is given out before its service ends.
    @Test(.timeLimit(.minutes(1)))
    func aSessionFlushesWhatItHolds() async throws {
        let (monitor, sink) = (monitor(), RecordingSink())
        let session = session(monitor, sink)
        let engine = session.instrument(ReadingEngine(monitor: monitor))
        try await withGroup([session]) { _ in
            await wait { monitor.readingCount > 10 }
            for _ in 0..<3 { _ = try await engine.generate(Self.request) }
        }
        // The group has ended: nothing is waited for any more.
        #expect(sink.records.count == 3)
        for record in sink.records {
            let total = try #require(record.energy.total, "\(record.energy.reason ?? "no reason")")
            let latency = try #require(record.timing.latency)
            #expect(abs(total.joules - 200 * latency.seconds) <= (try #require(record.energy.bound)).joules)
            #expect(!record.energy.isPending)
        }
        #expect(Set(sink.records.map(\.id)).count == 3)
    }

    /// A service that makes calls until it is shut down ends before the session that was started ahead of it.
    @Test(.timeLimit(.minutes(1)))
    func callsOfALaterServiceAreMeteredToTheirLast() async throws {
        let (monitor, sink) = (monitor(), RecordingSink())
        let session = session(monitor, sink)
        let worker = Worker(engine: session.instrument(ReadingEngine(monitor: monitor)), monitor: monitor)
        try await withGroup([session, worker]) { _ in await wait { sink.records.count >= 3 } }
        #expect(sink.records.count == worker.calls.withLock { $0 })
        for record in sink.records {
            #expect(record.energy.total != nil, "\(record.energy.reason ?? "no reason")")
            #expect(record.result.outcome == .completed)
        }
    }

    /// A call that is still under way when the session ends leaves its one record, without energy and with the reason.
    @Test(.timeLimit(.minutes(1)))
    func aCallThatOutlivesTheSessionIsRecordedWithoutEnergy() async throws {
        let (monitor, sink) = (monitor(), RecordingSink())
        let session = session(monitor, sink)
        let (chunks, source) = AsyncThrowingStream<InferenceChunk, any Error>.makeStream()
        let closures = ClosureEngine(
            EngineIdentity(kind: EngineKind(rawValue: "fake"), name: "fake", isLocal: true),
            generate: { _ in InferenceResponse() },
            stream: { _ in chunks }
        )
        let stream = try await session.instrument(closures).stream(Self.request)
        try await withGroup([session]) { _ in await wait { monitor.readingCount > 10 } }
        #expect(sink.records.isEmpty)
        source.yield(InferenceChunk(text: "late"))
        source.finish()
        for try await _ in stream {}
        await wait { !sink.records.isEmpty }
        let record = try #require(sink.records.first)
        #expect(sink.records.count == 1 && record.result.outcome == .completed)
        #expect(record.energy.total == nil && record.energy.reason != nil && !record.energy.isPending)
    }

    @Test(.timeLimit(.minutes(1)))
    func aCancelledGroupEndsItsSessionToo() async throws {
        let (monitor, sink) = (monitor(), RecordingSink())
        let session = session(monitor, sink)
        let engine = session.instrument(ReadingEngine(monitor: monitor))
        let group = ServiceGroup(services: [session], logger: Self.silent)
        let run = Task { try await group.run() }
        await wait { monitor.readingCount > 10 }
        _ = try await engine.generate(Self.request)
        run.cancel()
        _ = await run.result
        await wait { !sink.records.isEmpty }
        #expect(sink.records.count == 1 && sink.records.first?.energy.isPending == false)
    }

    /// The accounts of the minute that is open go out with the service.
    @Test(.timeLimit(.minutes(1)))
    func anAccountingGivesOutItsOpenMinute() async throws {
        let bench = AccountingBench(watts: 100)
        bench.run(for: 2)
        #expect(bench.minutes.isEmpty)
        let isUp = Signal()
        try await withGroup([bench.accounting, isUp]) { _ in await wait { isUp.isSet.load(ordering: .acquiring) } }
        let measured = bench.minutes.reduce(0) { $0 + $1.accounts.measured }
        #expect(abs(Double(measured) / 1e9 - 200) < 5)
        for minute in bench.minutes {
            let accounts = minute.accounts
            #expect(accounts.measured == accounts.attributed + accounts.idle + accounts.foreign + accounts.residual)
        }
    }
}

/// A service that says that it was started.
private final class Signal: Service {
    let isSet = Atomic<Bool>(false)

    func run() async throws {
        isSet.store(true, ordering: .releasing)
        try await gracefulShutdown()
    }
}

/// A service that makes one call after the other.
private final class Worker: Service {
    let engine: InstrumentedEngine<ReadingEngine>
    let monitor: FakeEnergyMonitor
    let calls = Mutex(0)

    init(engine: InstrumentedEngine<ReadingEngine>, monitor: FakeEnergyMonitor) {
        self.engine = engine
        self.monitor = monitor
    }

    func run() async throws {
        // Services start side by side: the first call waits until the machine is measured.
        while monitor.readingCount < 20 { await Task.yield() }
        while !Task.isShuttingDownGracefully {
            _ = try await engine.generate(InferenceRequest(model: "m", messages: []))
            calls.withLock { $0 += 1 }
        }
    }
}

/// An engine whose work takes ten readings of the monitor.
private struct ReadingEngine: InferenceEngine {
    let monitor: FakeEnergyMonitor
    let identity = EngineIdentity(kind: EngineKind(rawValue: "fake"), name: "fake", isLocal: true)

    func generate(_ request: InferenceRequest) async throws -> InferenceResponse {
        let target = monitor.readingCount + 10
        while monitor.readingCount < target, !Task.isCancelled { await Task.yield() }
        return InferenceResponse(text: "x")
    }

    func stream(_ request: InferenceRequest) async throws -> AsyncThrowingStream<InferenceChunk, any Error> {
        AsyncThrowingStream { $0.finish() }
    }

    func models() async throws -> [EngineModel] { [] }
    func isHealthy() async -> Bool { true }
}
