// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization
import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryRecording

/// A session over fake sensors, read by hand, so that every figure is known.
@Suite struct TelemetrySessionTests {
    private let clock = ManualClock(at: MonotonicInstant(nanoseconds: 0))

    private func monitor(_ channels: [(EnergySensor, Double)]) -> FakeEnergyMonitor {
        FakeEnergyMonitor(
            channels: channels.map { .init(sensor: $0.0, curve: .constant($0.1)) },
            clock: clock.clock
        )
    }

    private func sampler(
        _ monitor: any EnergyMonitor,
        change: (inout SamplerConfiguration) -> Void = { _ in }
    ) -> EnergySampler {
        var configuration = SamplerConfiguration()
        change(&configuration)
        return EnergySampler(
            monitor: monitor,
            configuration: configuration,
            clock: clock.clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Reads every 20 ms for so many seconds.
    private func read(_ sampler: EnergySampler, seconds: Double, between: () -> Void = {}) {
        for _ in 0..<Int(seconds * 50) {
            sampler.tick()
            between()
            clock.advance(by: .milliseconds(20))
        }
    }

    private func span(_ start: Double, _ end: Double) -> ClosedRange<MonotonicInstant> {
        MonotonicInstant(nanoseconds: Int64(start * 1e9))...MonotonicInstant(nanoseconds: Int64(end * 1e9))
    }

    @Test func aSessionKnowsEachComponent() throws {
        let sampler = sampler(
            monitor([(.fakeCounter(.card), 300), (.fakeCounter(.package), 50), (.fakePower(.dram), 5)])
        )
        let session = TelemetrySession(sampler: sampler)
        #expect(session.now == session.startedAt)
        read(sampler, seconds: 3)
        for (component, watts) in [(EnergyComponent.gpu, 300.0), (.cpu, 50), (.dram, 5)] {
            let window = try #require(session.energy(of: component, in: span(1, 2)))
            #expect(abs(window.energy.joules - watts) <= window.bound.joules + 0.01)
        }
        #expect(session.energy(of: .ane, in: span(1, 2)) == nil)
        #expect(abs((session.meanPower(in: span(1, 2))?.watts ?? 0) - 355) < 4)
        #expect((session.peakPower(in: span(1, 2))?.watts ?? 0) > 340)
        #expect(session.windows(from: span(1, 2).lowerBound, to: span(1, 2).upperBound).count == 3)
        // A part of the sum is polled power, so that the whole is no better.
        #expect(session.sample(in: span(1, 2)).method == .powerIntegral)
    }

    @Test func samplesAreKeptAtTheirOwnPace() {
        let sampler = sampler(monitor([(.fakeCounter(.card), 300)])) {
            $0.sampleInterval = .milliseconds(500)
            $0.sampleCapacity = 4
        }
        let session = TelemetrySession(sampler: sampler)
        read(sampler, seconds: 5)
        #expect(session.sampleCount == 4)
        let instants = session.samples(in: span(0, 5)).map(\.instant)
        #expect(instants == instants.sorted() && instants.count == 4)
        #expect(session.samples(in: span(0, 1)).isEmpty)
        #expect(session.samples(in: span(9, 10)).isEmpty)
    }

    @Test func aWindowOutsideOfWhatWasReadSaysSo() throws {
        let sampler = sampler(monitor([(.fakeCounter(.card), 100)]))
        let session = TelemetrySession(sampler: sampler)
        clock.advance(by: .seconds(5))
        read(sampler, seconds: 2)
        #expect(session.energy(in: span(0, 4)) == nil)
        let early = try #require(session.energy(in: span(4, 6)))
        #expect(!early.isComplete && early.covered < .milliseconds(1_050))
        #expect(session.energy(in: span(6, 20))?.isComplete == false)
        #expect(session.sample(in: span(0, 4)).reason == "not measured")
        #expect(session.sample(in: span(4, 6)).reason == "not measured throughout")
    }

    @Test func reasonsAreTheSensorsOwn() {
        let fake = monitor([(.fakeCounter(.card), 100)])
        let sampler = sampler(fake)
        read(sampler, seconds: 1)
        fake.change { $0.failure = SensorFailure(.lost, "GPU 0 has fallen off the bus") }
        read(sampler, seconds: 1)
        let sample = sampler.sample(from: span(0.5, 1.5).lowerBound, to: span(0.5, 1.5).upperBound)
        #expect(sample.reason == "GPU 0 has fallen off the bus" && !sample.isComplete)
        let none = self.sampler(NoEnergyMonitor())
        #expect(none.sample(from: span(0, 1).lowerBound, to: span(0, 1).upperBound).reason == "no sensor")
    }

    @Test func measuringWaitsForThePublicationAfterTheEnd() async throws {
        let sampler = sampler(monitor([(.fakeCounter(.card), 100)]))
        let session = TelemetrySession(sampler: sampler)
        read(sampler, seconds: 1)
        let measured = await session.measure {
            read(sampler, seconds: 1)
            return "done"
        }
        // The clock stands still from here on: the wait is bounded by looks, not by time.
        #expect(measured.value == "done")
        let energy = try #require(measured.sample.energy)
        #expect(abs(energy.joules - 100) < 5)
        let settled = await session.settledSample(in: span(0.5, 1.5))
        #expect(settled.isComplete && settled.reason == nil && settled.duration == .seconds(1))
    }

    @Test func devicesAreLookedAtMoreSeldom() throws {
        let fake = monitor([(.fakeCounter(.card), 100)])
        var reading = DeviceReading(device: EnergySensor.fakeCounter(.card).channel.device)
        reading.utilizationPercent = 80
        reading.memoryUsedBytes = 4_000_000_000
        reading.temperatureCelsius = 61
        reading.power = .watts(99)
        fake.setDevices([reading])
        let seen = Mutex<[Int?]>([])
        let sampler = sampler(fake)
        sampler.observe { _, devices in seen.withLock { $0.append(devices?.count) } }
        sampler.tick(readsDevices: true)
        clock.advance(by: .milliseconds(20))
        sampler.tick(readsDevices: false)
        #expect(seen.withLock { $0 } == [1, nil])
        read(sampler, seconds: 1)
        let sample = sampler.sample(from: span(0.2, 0.8).lowerBound, to: span(0.2, 0.8).upperBound)
        #expect(sample.meanUtilizationPercent == 80 && sample.peakUtilizationPercent == 80)
        #expect(sample.meanMemoryUsedGigabytes == 4 && sample.peakTemperatureCelsius == 61)
        #expect(fake.snapshot().meanPower == .watts(99) && fake.snapshot().energy == nil)
        #expect(try #require(sampler.withState { $0.samples.last }).gpuUtilizationPercent == 80)
    }

    @Test func whatCameTooLateIsThrownAway() {
        let sampler = sampler(monitor([(.fakeCounter(.card), 100)]))
        let told = Mutex(0)
        sampler.observe { _, _ in told.withLock { $0 += 1 } }
        sampler.tick { false }
        sampler.tick(part: 7)
        #expect(told.withLock { $0 } == 0)
        #expect(sampler.withMeters { $0.meters[0].trace.count } == 0)
    }

    @Test func aBatchWithoutASessionHasItsCallsOwnEnergies() async throws {
        let batch = EnergyBatch(id: "b", clock: clock.clock)
        #expect(batch.metrics == nil)
        await batch.sample { batch in
            batch.recordRequest(tokens: 100, energy: .joules(20), prefillEnergy: .joules(5), decodeEnergy: .joules(15))
            batch.recordRequest(tokens: 300)
            clock.advance(by: .seconds(4))
        }
        let metrics = try #require(batch.metrics)
        #expect(metrics.batchID == "b" && metrics.requestCount == 2 && metrics.tokenCount == 400)
        #expect(metrics.energy == .joules(20) && metrics.meanPower == .watts(5))
        // Of the calls whose energy is known: the other's tokens have no joules in the sum.
        #expect(metrics.joulesPerToken == 0.2 && metrics.joulesPerRequest == 20)
        #expect(metrics.tokensPerSecond == 100)
        #expect(metrics.prefillEnergy == .joules(5) && metrics.decodeEnergy == .joules(15))
        #expect(metrics.energyPerRequest == [.joules(20), nil])
    }

    @Test func aBatchThatFailsHasItsMetrics() async {
        struct Stop: Error {}
        let batch = EnergyBatch(clock: clock.clock)
        #expect(!batch.id.isEmpty)
        await #expect(throws: Stop.self) {
            try await batch.sample { batch in
                batch.recordRequest(tokens: -5)
                throw Stop()
            }
        }
        #expect(batch.metrics?.requestCount == 1 && batch.metrics?.tokenCount == 0)
        #expect(batch.metrics?.energy == nil && batch.metrics?.joulesPerToken == nil)
        await batch.sample { _ in }
        #expect(batch.metrics?.requestCount == 0)
    }

    @Test func gpusAreWatchedByTheirPower() {
        let fake = monitor([(.fakeCounter(.card), 100), (.fakeCounter(.package), 40)])
        var reading = DeviceReading(device: EnergySensor.fakeCounter(.card).channel.device)
        reading.power = .watts(250)
        fake.setDevices([reading])
        let gpus = GPUMonitor(monitor: fake, clock: clock.clock)
        #expect(gpus.isAvailable)
        #expect(gpus.snapshots().map(\.power) == [.watts(250)])
        #expect(gpus.snapshots().first?.temperatureCelsius == nil)
        let processor = GPUMonitor(monitor: monitor([(.fakeCounter(.package), 40)]), clock: clock.clock)
        #expect(!processor.isAvailable && processor.snapshots().isEmpty)
    }
}
