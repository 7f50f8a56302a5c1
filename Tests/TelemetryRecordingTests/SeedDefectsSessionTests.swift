// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization
import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryRecording

/// Faults of the API that this project began from, each by its number, that must not come back.
@Suite struct SeedDefectsSessionTests {
    private struct Stop: Error {}

    /// A session over a GPU of 300 W and a processor of 50 W, read by hand every 50 ms for some seconds.
    private func session(for seconds: Double, card: PowerCurve = .constant(300)) -> (TelemetrySession, ManualClock) {
        let clock = ManualClock(at: MonotonicInstant(nanoseconds: 0))
        let monitor = FakeEnergyMonitor(
            channels: [
                .init(sensor: .fakeCounter(.card), curve: card),
                .init(sensor: .fakeCounter(.package), curve: .constant(50)),
            ],
            clock: clock.clock
        )
        let sampler = EnergySampler(
            monitor: monitor,
            clock: clock.clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        for _ in 0...Int(seconds * 20) {
            sampler.tick()
            clock.advance(by: .milliseconds(50))
        }
        return (TelemetrySession(sampler: sampler), clock)
    }

    private func span(_ start: Double, _ end: Double) -> ClosedRange<MonotonicInstant> {
        MonotonicInstant(nanoseconds: Int64(start * 1e9))...MonotonicInstant(nanoseconds: Int64(end * 1e9))
    }

    @Test("Defect 1: a session over a GPU of 300 W saw 0 W for ever") func defect1ASessionSeesPower() throws {
        let (session, _) = session(for: 3)
        let last = try #require(session.samples(in: span(0, 3)).last)
        #expect(abs(try #require(last.gpuPower).watts - 300) < 60)
        #expect(try #require(last.gpuEnergy).joules > 800)
    }

    @Test(
        "Defect 10 and 11: windows shorter than the reading interval, and the rests at both edges, were lost",
        arguments: [(1.02, 1.025), (1.0, 1.099), (0.93, 1.83)]
    )
    func defect10And11EdgesAreNotLost(start: Double, end: Double) throws {
        let (session, _) = session(for: 3)
        let window = try #require(session.energy(of: .gpu, in: span(start, end)))
        #expect(abs(window.energy.joules - 300 * (end - start)) <= window.bound.joules)
        #expect(window.energy > .zero)
        #expect(window.isComplete)
    }

    @Test("Defect 11: mean power is energy over time, not a mean of samples") func defect11MeanPowerIsEnergyOverTime()
        throws
    {
        let (session, _) = session(for: 5, card: .steps(low: 100, high: 500, period: 1))
        let window = try #require(session.energy(in: span(1, 4)))
        #expect(session.meanPower(in: span(1, 4)) == window.energy / .seconds(3))
        #expect(abs(try #require(window.meanPower).watts - 350) < 25)
    }

    @Test("Defect 12: the interval that holds the first token belongs to both phases, in parts; tokens cost CPU too")
    func defect12PhasesMeetAtTheFirstToken() throws {
        let (session, _) = session(for: 3)
        let times = [1.0, 1.013, 2.5].map { MonotonicInstant(nanoseconds: Int64($0 * 1e9)) }
        let phases = try splitAtFirstToken(
            of: session,
            from: times[0],
            firstToken: times[1],
            to: times[2],
            inputTokens: 10,
            outputTokens: 100
        )
        let whole = try #require(session.energy(in: times[0]...times[2])).energy
        #expect(try #require(phases.prefill.energy) + (try #require(phases.decode.energy)) == whole)
        #expect(try #require(phases.prefill.energy) > .zero)
        let perToken = try #require(phases.decode.joulesPerToken)
        #expect(abs(perToken - 350 * 1.487 / 100) < 0.5)
    }

    @Test("Defect 13: the processor's power was always 0") func defect13TheProcessorIsMeasured() throws {
        let (session, _) = session(for: 3)
        #expect(abs(try #require(session.energy(of: .cpu, in: span(1, 2))).energy.joules - 50) < 5)
        #expect(try #require(session.samples(in: span(0, 3)).last?.cpuPower).watts > 30)
    }

    @Test("Defect 14: a first token after the end made negative energies; it is refused")
    func defect14TimesThatDoNotFollowAreRefused() {
        let (session, _) = session(for: 3)
        let times = [1.0, 2.5, 2.0].map { MonotonicInstant(nanoseconds: Int64($0 * 1e9)) }
        #expect(throws: CalculationError.self) {
            try splitAtFirstToken(
                of: session,
                from: times[0],
                firstToken: times[1],
                to: times[2],
                inputTokens: 1,
                outputTokens: 1
            )
        }
    }

    @Test("Defect 16: mean power was polled while energy was counted, and the two disagreed")
    func defect16PowerAndEnergyAgree() throws {
        let (session, _) = session(for: 5, card: .sine(mean: 300, amplitude: 250, period: 0.37))
        let sample = session.sample(in: span(1, 4))
        let (energy, power) = (try #require(sample.energy), try #require(sample.meanPower))
        #expect(abs(power.watts - energy.joules / 3) < 1e-6)
        #expect(sample.gpuEnergy.map { $0 + (sample.cpuEnergy ?? .zero) } == energy)
        #expect(sample.deviceCount == 2 && sample.vendor == .nvidia && sample.method == .hardwareCounter)
    }

    @Test("Defect 18: a machine with a GPU had no CPU and memory energy") func defect18AllSensorsCount() {
        let (session, _) = session(for: 3)
        let sample = session.sample(in: span(1, 2))
        #expect(sample.gpuEnergy != nil && sample.cpuEnergy != nil && sample.dramEnergy == nil)
    }

    @Test("Defect 20: a body that throws left energy 0 and metrics empty") func defect20ABodyThatThrowsIsMeasured()
        async throws
    {
        let (session, clock) = session(for: 3)
        let batch = EnergyBatch(id: "b", session: session, clock: clock.clock, patience: .zero)
        await #expect(throws: Stop.self) {
            try await batch.sample { batch in
                batch.recordRequest(tokens: 7)
                for _ in 0..<20 {
                    clock.advance(by: .milliseconds(50))
                    session.sampler.tick()
                }
                throw Stop()
            }
        }
        let metrics = try #require(batch.metrics)
        #expect(metrics.requestCount == 1 && metrics.tokenCount == 7)
        // What the sensors had published when it threw, and said so.
        let energy = try #require(metrics.energy).joules
        #expect(energy > 300 && energy < 351)
        #expect(metrics.sample?.isComplete == false)
    }

    @Test("Defect 22: parts do not add up to the total where a component has no place; ours has one for each")
    func defect22ComponentsAddUp() throws {
        var meters = EnergyMeters(sensors: [
            .fakeCounter(.package), .fakeCounter(.card), .fakeCounter(.dram), .fakeCounter(.ane),
        ])
        for second in 0...3 {
            let time = MonotonicInstant(nanoseconds: Int64(second) * 1_000_000_000)
            let readings = meters.sensors.map {
                EnergyReading(channel: $0.channel, value: .count(UInt64(second) * 1_000))
            }
            _ = meters.take(readings, from: time, to: time)
        }
        let windows = meters.windows(
            from: MonotonicInstant(nanoseconds: 0),
            to: MonotonicInstant(nanoseconds: 3_000_000_000)
        )
        let parts = EnergyComponent.allCases.compactMap { windows.energy(of: $0)?.energy }
        #expect(parts.count == 4)
        #expect(parts.reduce(.zero, +) == windows.total?.energy)
    }

    @Test("Defect 23: a batch's phases were never added up, and calls recorded by several tasks were lost")
    func defect23ABatchAddsUpItsPhases() async throws {
        let batch = EnergyBatch()
        await batch.sample { batch in
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        batch.recordRequest(
                            tokens: 10,
                            energy: .joules(3),
                            prefillEnergy: .joules(1),
                            decodeEnergy: .joules(2)
                        )
                    }
                }
            }
        }
        let metrics = try #require(batch.metrics)
        #expect(metrics.requestCount == 100 && metrics.tokenCount == 1_000)
        #expect(metrics.prefillEnergy == .joules(100) && metrics.decodeEnergy == .joules(200))
        #expect(metrics.joulesPerToken == 0.3 && metrics.joulesPerRequest == 3)
        #expect(metrics.meanPower != nil)
        #expect(EnergyBatch().id != EnergyBatch().id)
    }

    @Test("Defect 48: asking for windows while samples arrive crashed") func defect48WindowsWhileSamplesArrive() async {
        let clock = ManualClock()
        let monitor = FakeEnergyMonitor(
            channels: [.init(sensor: .fakeCounter(.card), curve: .constant(300))],
            clock: clock.clock
        )
        var configuration = SamplerConfiguration()
        configuration.sampleCapacity = 500
        configuration.meter.capacity = 500
        configuration.sampleInterval = .zero
        let sampler = EnergySampler(
            monitor: monitor,
            configuration: configuration,
            clock: clock.clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let session = TelemetrySession(sampler: sampler)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<5_000 {
                    clock.advance(by: .milliseconds(20))
                    sampler.tick()
                }
            }
            for _ in 0..<3 {
                group.addTask {
                    for _ in 0..<500 {
                        let now = clock.now
                        let span = now.advanced(by: .seconds(-5))...now
                        _ = session.samples(in: span)
                        #expect(session.energy(in: span)?.energy ?? .zero >= .zero)
                    }
                }
            }
        }
        #expect(session.sampleCount == 500)
    }

    @Test("Defect 49: a window beyond what is kept, or over a suspend, said nothing of it")
    func defect49WindowsSayWhatTheyLack() throws {
        let clock = ManualClock(at: MonotonicInstant(nanoseconds: 0))
        let monitor = FakeEnergyMonitor(
            channels: [.init(sensor: .fakeCounter(.card), curve: .constant(300))],
            clock: clock.clock
        )
        var configuration = SamplerConfiguration()
        configuration.meter.capacity = 200
        let sampler = EnergySampler(
            monitor: monitor,
            configuration: configuration,
            clock: clock.clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let run = { (seconds: Int) in
            for _ in 0..<(seconds * 20) {
                sampler.tick()
                clock.advance(by: .milliseconds(50))
            }
        }
        run(20)
        let session = TelemetrySession(sampler: sampler)
        let lost = try #require(session.energy(in: span(1, 19)))
        #expect(!lost.isComplete && lost.covered < .seconds(11))
        // An hour asleep.
        clock.advance(by: .seconds(3_600))
        run(5)
        let gap = try #require(session.energy(in: span(18, 3_624)))
        #expect(!gap.isComplete)
        #expect(gap.energy.joules < 2_500)
        #expect(gap.covered < .seconds(8))
        #expect(session.sample(in: span(18, 3_624)).reason == "not measured throughout")
    }

    @Test("Defect 49: a window costs the same however long it is: two look-ups") func defect49AWindowIsTwoLookUps()
        throws
    {
        var trace = EnergyTrace(capacity: 100_000)
        trace.restart(at: MonotonicInstant(nanoseconds: 0))
        for tick in 1...150_000 {
            let time = MonotonicInstant(nanoseconds: Int64(tick) * 20_000_000)
            trace.append(nanojoules: 6_000_000_000, publishedBetween: time, and: time)
        }
        let clock = ContinuousClock()
        var sum = Energy.zero
        let time = clock.measure {
            for index in 0..<1_000 {
                let start = MonotonicInstant(nanoseconds: 1_100_000_000_000 + Int64(index) * 10_000_000)
                sum += trace.window(from: start, to: start.advanced(by: .seconds(1_500)))?.energy ?? .zero
            }
        }
        #expect(abs(sum.joules - 1_000 * 450_000) < 1)
        // A full scan of 75,000 points takes milliseconds; a thousand look-ups in debug stay far below one scan each.
        #expect(time < .seconds(1))
    }

    @Test func aSessionWithoutAMonitorRunsItsBody() async {
        let value = await withTelemetrySession(monitor: nil) { session in
            #expect(session.samples(in: session.startedAt...session.now).isEmpty)
            #expect(session.energy(in: session.startedAt...session.now) == nil)
            #expect(session.sample(in: session.startedAt...session.now).reason == "no sensor")
            return 42
        }
        #expect(value == 42)
    }

    /// Defect 20: what a body throws passes through, and a monitor that fails never fails the body (defect 40).
    @Test func aMonitorThatFailsDoesNotFailTheBody() async throws {
        var broken = FakeEnergyMonitor.Channel(sensor: .fakeCounter(.card), curve: .constant(1))
        broken.failure = SensorFailure(.lost, "fell off the bus")
        let monitor = FakeEnergyMonitor(channels: [broken], clock: .system)
        let (value, sample) = await withEnergySample(monitor: monitor) { 7 }
        #expect(value == 7)
        #expect(sample.energy == nil && sample.reason == "fell off the bus")
        await #expect(throws: Stop.self) {
            try await withEnergySample(monitor: monitor) { throw Stop() }
        }
    }

    @Test func gpuMonitorWatchesWhileTheBodyRuns() async throws {
        let monitor = FakeEnergyMonitor(
            channels: [.init(sensor: .fakeCounter(.card), curve: .constant(300))],
            clock: .system
        )
        var device = DeviceReading(device: EnergyChannel.fake(.card).device)
        device.power = .watts(300)
        device.utilizationPercent = 90
        monitor.setDevices([device])
        let gpu = GPUMonitor(monitor: monitor, interval: .milliseconds(1))
        #expect(gpu.isAvailable)
        #expect(gpu.snapshots().first?.power == .watts(300))
        let (_, sample) = try await gpu.sample {
            let target = monitor.readingCount + 10
            while monitor.readingCount < target { await Task.yield() }
        }
        #expect(sample.snapshotCount >= 5)
        #expect(sample.peakPower == .watts(300) && sample.meanUtilizationPercent == 90)
        #expect(monitor.snapshot().meanPower == .watts(300))
    }
}
