// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization
import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryRecording

@Suite struct EnergySamplerTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test(arguments: [
        (last: 100, interval: 20, now: 105, next: 120), (last: 100, interval: 20, now: 120, next: 140),
        (last: 100, interval: 20, now: 171, next: 180), (last: 100, interval: 0, now: 171, next: 100),
    ])
    func deadlinesKeepToTheGrid(last: Int, interval: Int, now: Int, next: Int) {
        let milliseconds = { (value: Int) in MonotonicInstant(nanoseconds: Int64(value) * 1_000_000) }
        let deadline = EnergySampler.deadline(
            after: milliseconds(last),
            interval: .milliseconds(interval),
            now: milliseconds(now)
        )
        #expect(deadline == milliseconds(next))
    }

    @Test func aRunReadsUntilItsEnd() async {
        let monitor = FakeEnergyMonitor(
            channels: [.init(sensor: .fakeCounter(.card), curve: .constant(100))],
            clock: .system,
            pollInterval: EnergyPollInterval(active: .milliseconds(1), idle: .milliseconds(1))
        )
        let sampler = EnergySampler(monitor: monitor, logger: Self.quiet)
        await sampler.withSampling {
            while monitor.readingCount < 20 { await Task.yield() }
        }
        #expect(sampler.withMeters { $0.meters[0].trace.count } > 0)
    }

    /// A sensor that hangs delays no other, and the run's end does not wait for it.
    @Test func aHangingSensorDelaysNobody() async {
        let gate = Gate()
        let quick = FakeEnergyMonitor(
            channels: [.init(sensor: .fakeCounter(.package), curve: .constant(100))],
            clock: .system,
            pollInterval: EnergyPollInterval(active: .milliseconds(1), idle: .milliseconds(1))
        )
        let monitor = PartsMonitor(parts: [HangingMonitor(gate: gate), quick])
        let sampler = EnergySampler(monitor: monitor, logger: Self.quiet)
        let run = sampler.begin()
        while quick.readingCount < 50 { await Task.yield() }
        sampler.end(run)
        #expect(run.threads >= 1)
        gate.open()
        while run.threads > 0 { await Task.yield() }
        // What the hanging reading brought after the end was thrown away.
        #expect(sampler.withMeters { $0.meters[0].trace.count } == 0)
    }

    @Test("Defect 50: a thread that outlived its run never reads for the next one")
    func defect50AThreadBelongsToOneRun() async {
        let gate = Gate()
        let hanging = HangingMonitor(gate: gate)
        let sampler = EnergySampler(monitor: hanging, logger: Self.quiet)
        let first = sampler.begin()
        while hanging.started < 1 { await Task.yield() }
        sampler.end(first)
        let second = sampler.begin()
        while hanging.started < 2 { await Task.yield() }
        gate.open()
        while first.threads > 0 { await Task.yield() }
        #expect(second.threads == 1)
        sampler.end(second)
        while second.threads > 0 { await Task.yield() }
    }

    /// A sleeping thread reads at once when a call begins.
    @Test func activityWakesASleepingThread() async {
        let monitor = FakeEnergyMonitor(
            channels: [.init(sensor: .fakeCounter(.card), curve: .constant(100))],
            clock: .system,
            pollInterval: EnergyPollInterval(active: .milliseconds(5), idle: .seconds(60))
        )
        var configuration = SamplerConfiguration()
        configuration.pace = .onDemand
        configuration.longestIdleInterval = .seconds(60)
        let sampler = EnergySampler(monitor: monitor, configuration: configuration, logger: Self.quiet)
        await sampler.withSampling {
            sampler.beginActivity()
            while monitor.readingCount < 5 { await Task.yield() }
            sampler.endActivity()
        }
        #expect(monitor.readingCount >= 5)
    }

    @Test func eachCauseMakesOneLine() {
        let lines = Mutex<[String]>([])
        let clock = ManualClock()
        let monitor = FakeEnergyMonitor(
            channels: [.init(sensor: .fakeCounter(.card), curve: .constant(100))],
            clock: clock.clock
        )
        let handler = LineHandler { line in lines.withLock { $0.append(line) } }
        let sampler = EnergySampler(
            monitor: monitor,
            clock: clock.clock,
            logger: Logger(label: "test") { _ in handler }
        )
        let run = { (count: Int) in
            for _ in 0..<count {
                clock.advance(by: .milliseconds(20))
                sampler.tick()
            }
        }
        run(10)
        monitor.change { $0.failure = SensorFailure(.lost, "gone") }
        run(100)
        monitor.change { $0.failure = SensorFailure(.permissionDenied, "denied") }
        run(10)
        monitor.change { $0.failure = nil }
        run(10)
        #expect(
            lines.withLock { $0 } == [
                "A sensor cannot be read.", "A sensor cannot be read.", "A sensor can be read again.",
            ]
        )
    }
}

/// Keeps readers waiting until it is opened.
final class Gate: Sendable {
    private let isOpen = Mutex(false)

    func open() {
        isOpen.withLock { $0 = true }
    }

    var isShut: Bool { isOpen.withLock { !$0 } }
}

/// A monitor whose driver does not answer while the gate is shut.
final class HangingMonitor: EnergyMonitor {
    let vendor = EnergyVendor.nvidia
    let sensors: [EnergySensor] = [.fakeCounter(.card)]
    let statuses: [SensorStatus] = []
    let pollInterval = EnergyPollInterval(active: .milliseconds(1), idle: .milliseconds(1))
    private let gate: Gate
    private let count = Mutex(0)

    init(gate: Gate) {
        self.gate = gate
    }

    var started: Int { count.withLock { $0 } }

    func readEnergy() -> [EnergyReading] {
        count.withLock { $0 += 1 }
        while gate.isShut { WakeSignal().wait(for: .milliseconds(1)) }
        return [EnergyReading(channel: sensors[0].channel, value: .count(1))]
    }

    func readDevices() -> [DeviceReading] { [] }
    func close() {}
}

/// Several monitors as one.
struct PartsMonitor: EnergyMonitor {
    let parts: [any EnergyMonitor]
    let vendor = EnergyVendor.nvidia
    var sensors: [EnergySensor] { parts.flatMap(\.sensors) }
    let statuses: [SensorStatus] = []
    let pollInterval = EnergyPollInterval(active: .milliseconds(1), idle: .milliseconds(1))

    func readEnergy() -> [EnergyReading] { parts.flatMap { $0.readEnergy() } }
    func readDevices() -> [DeviceReading] { [] }
    func close() {}
}

/// Hands the messages of a logger to a closure.
struct LineHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    let take: @Sendable (String) -> Void

    init(take: @escaping @Sendable (String) -> Void) {
        self.take = take
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        take("\(event.message)")
    }
}
