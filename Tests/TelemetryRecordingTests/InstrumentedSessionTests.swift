// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization
import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryRecording

/// Engines inside a session: each call leaves a record with its share of what the session measured.
@Suite struct InstrumentedSessionTests {
    private static let request = InferenceRequest(model: "m", messages: [InferenceMessage(.user, "hello")])

    @Test(.timeLimit(.minutes(1)))
    func theEverydayScopeRecordsEnergy() async throws {
        let sink = RecordingSink()
        var telemetry = CallTelemetry()
        telemetry.sink = sink
        let monitor = FakeEnergyMonitor(
            channels: [.init(sensor: .fakeCounter(.card), curve: .constant(200), publication: .milliseconds(2))],
            clock: .system,
            pollInterval: EnergyPollInterval(active: .milliseconds(2), idle: .milliseconds(2))
        )
        try await withTelemetrySession(monitor: monitor, telemetry: telemetry, meterLock: nil) { session in
            let engine = session.instrument(WorkingEngine(monitor: monitor))
            for try await _ in try await engine.stream(Self.request) {}
            _ = try await engine.generate(Self.request)
        }
        try #require(sink.records.count == 2)
        for record in sink.records {
            let total = try #require(record.energy.total, "\(record.energy.reason ?? "no reason")")
            let latency = try #require(record.timing.latency)
            #expect(abs(total.joules - 200 * latency.seconds) <= (try #require(record.energy.bound)).joules)
        }
        let streamed = try #require(sink.records.first { $0.identity.isStreaming }).energy
        #expect(streamed.prefill != nil && streamed.decode != nil)
    }

    @Test(.timeLimit(.minutes(1)))
    func callsOfASessionThatFailsAreRecordedToo() async throws {
        let sink = RecordingSink()
        var telemetry = CallTelemetry()
        telemetry.sink = sink
        let clock = ManualClock()
        await #expect(throws: ScriptedFailure.self) {
            try await withTelemetrySession(monitor: nil, telemetry: telemetry, meterLock: nil) { session in
                let failure = ScriptedFailure(errorKind: .serverStatus, httpStatus: 500)
                let engine = session.instrument(ScriptedEngine(failure: failure, clock: clock))
                _ = try await engine.generate(Self.request)
            }
        }
        #expect(sink.records.map(\.energy.reason) == ["no sensor"])
        #expect(sink.records.map(\.result.outcome) == [.failed])
    }

    /// Four streams at once on a clock moved by hand: what the records hold is what the counter counted, no more.
    @Test func concurrentCallsShareWhatTheCounterCounted() async throws {
        let bench = AccountingBench(watts: 250)
        let sink = RecordingSink()
        var telemetry = CallTelemetry()
        telemetry.sink = sink
        let session = TelemetrySession(sampler: bench.sampler, telemetry: telemetry, meterLock: nil)
        let engine = session.instrument(ScriptedEngine(chunks: [], clock: bench.clock))
        bench.run(for: 1)
        let telemetryOfCalls = session.meteredTelemetry(devices: nil, of: "fake")
        var meters = (0..<4).map { _ in
            CallMeter(of: Self.request, to: engine.identity, tags: CallTags(), telemetry: telemetryOfCalls)
        }
        for index in meters.indices {
            meters[index].beginStream()
            bench.run(for: 0.2)
            meters[index].beginWaiting()
            meters[index].take(InferenceChunk(text: "a"))
        }
        for index in meters.indices {
            bench.run(for: 0.1)
            meters[index].finish()
        }
        bench.run(for: 0.5)
        try #require(sink.records.count == 4)
        let given = try sink.records.reduce(Energy.zero) { $0 + (try #require($1.energy.total)) }
        // From the first send to the last end: 4 x 0.2 s and 4 x 0.1 s at 250 W; the counter moves every 20 ms.
        #expect(abs(given.joules - 300) < 5)
        #expect(Set(sink.records.map(\.energy.sharing)) == ["shared(4)"])
        for record in sink.records {
            let energy = record.energy
            #expect(try #require(energy.prefill) + (try #require(energy.decode)) == energy.total)
        }
    }

    @Test func whereAnotherProcessMetersCallsSayWhich() async throws {
        let folder = try ScratchDirectory()
        let path = folder.path + "/meter.lock"
        let (lock, role) = MeterLock.acquire(path: path)
        #expect(role == .meter)
        let sink = RecordingSink()
        var telemetry = CallTelemetry()
        telemetry.sink = sink
        let bench = AccountingBench(watts: 100)
        let session = TelemetrySession(sampler: bench.sampler, telemetry: telemetry, meterLock: path)
        let engine = ScriptedEngine(response: InferenceResponse(text: "x"), takes: .zero, clock: bench.clock)
        _ = try await session.instrument(engine).generate(Self.request)
        #expect(sink.records.first?.energy.reason?.hasPrefix("metered by ") == true)
        lock?.release()
    }

    @Test func anEnginesDevicesAreThoseNamed() async throws {
        let sink = RecordingSink()
        var telemetry = CallTelemetry()
        telemetry.sink = sink
        let bench = AccountingBench(watts: 100)
        let session = TelemetrySession(sampler: bench.sampler, telemetry: telemetry, meterLock: nil)
        let engine = ScriptedEngine(response: InferenceResponse(text: "x"), takes: .zero, clock: bench.clock)
        _ = try await session.instrument(engine, devices: .devices(["GPU-elsewhere"])).generate(Self.request)
        #expect(sink.records.first?.energy.reason == "no sensor for GPU-elsewhere")
    }
}

/// An engine that works until the monitor was read a few times.
private struct WorkingEngine: InferenceEngine {
    let monitor: FakeEnergyMonitor
    let identity = EngineIdentity(kind: EngineKind(rawValue: "fake"), name: "fake", isLocal: true)

    func work() async {
        let target = monitor.readingCount + 10
        while monitor.readingCount < target { await Task.yield() }
    }

    func generate(_ request: InferenceRequest) async throws -> InferenceResponse {
        await work()
        return InferenceResponse(text: "x")
    }

    func stream(_ request: InferenceRequest) async throws -> AsyncThrowingStream<InferenceChunk, any Error> {
        AsyncThrowingStream { continuation in
            Task {
                for text in ["a", "b"] {
                    await work()
                    continuation.yield(InferenceChunk(text: text))
                }
                continuation.finish()
            }
        }
    }

    func models() async throws -> [EngineModel] { [] }
    func isHealthy() async -> Bool { true }
}
