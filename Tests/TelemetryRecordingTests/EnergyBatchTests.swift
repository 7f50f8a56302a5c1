// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryRecording

@Suite struct EnergyBatchTests {
    private let clock = ManualClock()

    private func configuration(warmup: Int) -> SteadyStateConfiguration {
        var configuration = SteadyStateConfiguration()
        configuration.warmupSamples = warmup
        configuration.windowSize = 2
        configuration.minimumSteadyWindows = 2
        return configuration
    }

    @Test func theFirstCallsAreWarmupAndLeftOutOfRatios() async throws {
        let batch = try EnergyBatch(steadyState: configuration(warmup: 2), clock: clock.clock, patience: .zero)
        await batch.sample { batch in
            // A cold engine: slow and costly at first.
            #expect(batch.recordRequest(tokens: 10, latency: .seconds(10), energy: .joules(100)))
            #expect(batch.recordRequest(tokens: 10, latency: .seconds(5), energy: .joules(50)))
            for _ in 0..<4 {
                #expect(!batch.recordRequest(tokens: 10, latency: .seconds(1), energy: .joules(20)))
            }
        }
        let metrics = try #require(batch.metrics)
        #expect(metrics.requestCount == 6)
        #expect(metrics.warmupCount == 2)
        #expect(metrics.tokenCount == 60)
        #expect(metrics.energy == .joules(230))
        #expect(metrics.joulesPerToken == 2)
        #expect(metrics.joulesPerRequest == 20)
        let steady = try #require(metrics.steadyState)
        #expect(steady.steadyStateReached)
        #expect(steady.warmupThroughputs == [1, 2])
        #expect(steady.steadyThroughputs == [10, 10])
    }

    @Test func theMeasuredEnergyOfABatchWithWarmupIsNotDividedByTheOthersTokens() throws {
        var warm = BatchRequest(tokens: 10, energy: .joules(100))
        warm.isWarmup = true
        var sample = EnergySample()
        sample.energy = .joules(160)
        let metrics = BatchMetrics(
            batchID: "b",
            requests: [warm, BatchRequest(tokens: 10, energy: .joules(20))],
            sample: sample,
            elapsed: .seconds(2)
        )
        #expect(metrics.energy == .joules(160))
        #expect(metrics.joulesPerToken == 2)
    }

    @Test func aNonsenseConfigurationIsRefused() {
        #expect(throws: CalculationError.self) {
            try EnergyBatch(steadyState: configuration(warmup: -1))
        }
    }

    @Test func theMarkReachesTheRecords() async throws {
        let bench = AccountingBench(watts: 100)
        let sink = RecordingSink()
        var telemetry = CallTelemetry()
        telemetry.sink = sink
        let session = TelemetrySession(sampler: bench.sampler, telemetry: telemetry, meterLock: nil)
        let batch = try EnergyBatch(
            id: "study",
            session: session,
            steadyState: configuration(warmup: 2),
            clock: bench.clock.clock,
            patience: .zero
        )
        var response = InferenceResponse(text: "x")
        response.usage = TokenUsage(source: .usage)
        response.usage?.completion = 10
        let engine = batch.instrument(
            ScriptedEngine(response: response, takes: .milliseconds(500), clock: bench.clock)
        )
        bench.run(for: 1)
        for _ in 0..<3 {
            _ = try await engine.generate(InferenceRequest(model: "m", messages: []))
            bench.run(for: 0.5)
        }
        #expect(sink.records.map(\.identity.isWarmup) == [true, true, false])
        #expect(Set(sink.records.map(\.identity.batch)) == ["study"])
        await batch.sample { _ in }
        #expect(batch.metrics?.requestCount == 0)
    }

    @Test func callsOfAnInstrumentedEngineAreTheBatchs() async throws {
        let batch = EnergyBatch(clock: clock.clock)
        var response = InferenceResponse(text: "x")
        response.usage = TokenUsage(source: .usage)
        response.usage?.completion = 10
        let engine = batch.instrument(ScriptedEngine(response: response, takes: .milliseconds(500), clock: clock))
        try await batch.sample { _ in
            for _ in 0..<3 { _ = try await engine.generate(InferenceRequest(model: "m", messages: [])) }
        }
        let metrics = try #require(batch.metrics)
        #expect(metrics.requestCount == 3)
        #expect(metrics.tokenCount == 30)
        #expect(metrics.tokensPerSecond == 20)
        #expect(metrics.warmupCount == 0)
        #expect(metrics.steadyState == nil)
    }
}
