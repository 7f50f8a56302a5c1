// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Logging
import ParitySupport
import Synchronization
import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryRecording

@Suite struct SessionParityTests {
    static let suite = ParitySuite(file: "session", answer: answer)

    @Test func everyCaseComesOutRight() {
        for failure in Self.suite.failures() { Issue.record("\(failure)") }
    }

    @Test func noChangedNumberGoesUnnoticed() {
        for change in Self.suite.unnoticedChanges() { Issue.record("unnoticed: \(change)") }
    }

    @Sendable static func answer(_ parityCase: ParityCase) throws -> ParityAnswer {
        try parityCase.requireInput(["samples", "windows", "capacity"])
        let session = try session(parityCase)
        let windows = try parityCase.input["windows"].elements.map { window in
            guard let start = window.elements.first?.int, let end = window.elements.last?.int else {
                throw ParityError("\(parityCase.name): window \(window)")
            }
            return value(of: session, from: start, to: end)
        }
        return .value(["len": .integer(session.sampleCount), "windows": .array(windows)])
    }

    private static func session(_ parityCase: ParityCase) throws -> TelemetrySession {
        var configuration = SamplerConfiguration()
        configuration.sampleInterval = .zero
        configuration.meter.longestSilence = .seconds(60)
        if let capacity = parityCase.input["capacity"].int {
            configuration.sampleCapacity = capacity
            configuration.meter.capacity = capacity
        }
        let monitor = ScriptedPower()
        let sampler = EnergySampler(
            monitor: monitor,
            configuration: configuration,
            clock: monitor.clock,
            logger: Logger(label: "test")
        )
        for sample in parityCase.input["samples"].elements {
            guard sample.elements.count == 3, let time = sample.elements[0].int else {
                throw ParityError("\(parityCase.name): sample \(sample)")
            }
            monitor.set(time: Int64(time), watts: sample.elements.dropFirst().map(\.double))
            sampler.tick()
        }
        return TelemetrySession(sampler: sampler)
    }

    private static func value(of session: TelemetrySession, from start: Int, to end: Int) -> ParityValue {
        let (from, to) = (MonotonicInstant(nanoseconds: Int64(start)), MonotonicInstant(nanoseconds: Int64(end)))
        // A window that ends before it starts holds nothing.
        guard from <= to else { return ["n": 0, "energy_j": [nil, nil], "avg_power_w": [nil, nil]] }
        let components = [EnergyComponent.gpu, .cpu].map { session.energy(of: $0, in: from...to) }
        return [
            "n": .integer(session.samples(in: from...to).count),
            "energy_j": .array(components.map { ParityValue($0?.energy.joules) }),
            "avg_power_w": .array(components.map { ParityValue($0?.meanPower?.watts) }),
            "complete": ParityValue(session.energy(in: from...to)?.isComplete),
        ]
    }
}

/// Two sensors of power, of a GPU and of a processor, that say what they are told, when they are told.
final class ScriptedPower: EnergyMonitor {
    private struct State {
        var time: Int64 = 0
        var watts: [Double?] = [nil, nil]
    }

    let vendor = EnergyVendor.nvidia
    let sensors: [EnergySensor] = [.fakePower(.card), .fakePower(.package)]
    let statuses: [SensorStatus] = []
    let pollInterval = EnergyPollInterval(active: .milliseconds(100), idle: .milliseconds(100))
    private let state = Mutex(State())

    func set(time: Int64, watts: [Double?]) {
        state.withLock { $0 = State(time: time, watts: watts) }
    }

    var clock: TelemetryClock {
        TelemetryClock(
            instant: { MonotonicInstant(nanoseconds: self.state.withLock { $0.time }) },
            wall: { WallTime(microsecondsSinceEpoch: 0) }
        )
    }

    func readEnergy() -> [EnergyReading] {
        let watts = state.withLock { $0.watts }
        return zip(sensors, watts).map { sensor, watts in
            EnergyReading(
                channel: sensor.channel,
                value: watts.map { .power(.watts($0)) } ?? .failed(SensorFailure(.failed, "no reading"))
            )
        }
    }

    func readDevices() -> [DeviceReading] { [] }
    func close() {}
}
