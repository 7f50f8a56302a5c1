// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

/// A monitor that breaks one rule, or none.
private struct BrokenMonitor: EnergyMonitor {
    var sensors: [EnergySensor] = [.fakeCounter(.card)]
    var vendor = EnergyVendor.nvidia
    var pollInterval = EnergyPollInterval(active: .milliseconds(10), idle: .seconds(1))
    var statusesOf: @Sendable ([EnergySensor]) -> [SensorStatus] = { sensors in
        sensors.map { sensor in
            var status = SensorStatus(vendor: sensor.channel.device.vendor, name: sensor.name, works: true)
            status.domain = sensor.channel.domain
            return status
        }
    }
    var partsOf: (@Sendable (BrokenMonitor) -> [any EnergyMonitor])?
    var read: @Sendable (_ sensor: EnergySensor, _ turn: Int) -> [EnergyReading] = { sensor, turn in
        [EnergyReading(channel: sensor.channel, value: .count(UInt64(turn)))]
    }
    var devices: [DeviceReading] = []
    var closes = true
    let turn = Turn()

    final class Turn: Sendable {
        private let counter = ManualClock(at: MonotonicInstant(nanoseconds: 0))
        private let ending = ManualClock(at: MonotonicInstant(nanoseconds: 0))

        func next() -> Int {
            counter.advance(by: .nanoseconds(1))
            return Int(counter.now.nanoseconds)
        }

        func close() {
            ending.advance(by: .nanoseconds(1))
        }

        var isClosed: Bool { ending.now.nanoseconds > 0 }
    }

    var statuses: [SensorStatus] { statusesOf(sensors) }
    var parts: [any EnergyMonitor] { partsOf?(self) ?? [self] }

    func readEnergy() -> [EnergyReading] {
        let turn = turn.next()
        if closes, self.turn.isClosed {
            return sensors.map { EnergyReading(channel: $0.channel, value: .failed(SensorFailure(.lost, "closed"))) }
        }
        return sensors.flatMap { read($0, turn) }
    }

    func readDevices() -> [DeviceReading] { devices }
    func close() { turn.close() }
}

@Suite struct EnergyMonitorConformanceTests {
    private func rules(_ change: (inout BrokenMonitor) -> Void) -> [String] {
        var monitor = BrokenMonitor()
        change(&monitor)
        return EnergyMonitorConformance.check(monitor).map(\.rule)
    }

    @Test func aMonitorThatKeepsEveryRuleConforms() {
        #expect(rules { _ in } == [])
        #expect(rules { $0.sensors = [] } == [])
    }

    @Test func theFakeConforms() {
        let clock = ManualClock()
        let channels = [
            FakeEnergyMonitor.Channel(sensor: .fakeCounter(.card), curve: .constant(300)),
            FakeEnergyMonitor.Channel(sensor: .fakePower(.package), curve: .constant(50)),
        ]
        let monitor = FakeEnergyMonitor(channels: channels, clock: clock.clock)
        #expect(EnergyMonitorConformance.check(monitor) { clock.advance(by: .seconds(1)) } == [])
    }

    @Test func whatAMonitorSaysOfItselfIsChecked() {
        #expect(rules { $0.sensors += $0.sensors }.contains("unique-channels"))
        #expect(rules { $0.vendor = .amd } == ["vendor"])
        #expect(rules { $0.pollInterval.idle = .milliseconds(1) } == ["poll-interval"])
        #expect(rules { $0.partsOf = { _ in [] } } == ["parts"])
        #expect(rules { $0.partsOf = { [$0, $0] } } == ["parts"])
        #expect(rules { $0.sensors[0].method = .powerIntegral } == ["format"])
        #expect(rules { $0.statusesOf = { _ in [] } } == ["statuses"])
        #expect(
            rules { monitor in
                let good = monitor.statusesOf
                monitor.statusesOf = { good($0) + [SensorStatus(vendor: .amd, name: "x", works: false)] }
            } == ["reasons"]
        )
        #expect(
            rules { monitor in
                monitor.sensors = [.fakeCounter(.core)]
                monitor.sensors[0].isCounted = true
                monitor.vendor = .cpuRAPL
            } == ["counted-once"]
        )
    }

    @Test(
        arguments: [
            (rule: "one-reading-each", value: nil), ("kind", .power(.watts(1))),
            ("failure-reason", .failed(SensorFailure(.lost, ""))),
        ] as [(rule: String, value: EnergyReading.Value?)]
    )
    func eachReadingIsChecked(_ rule: String, _ value: EnergyReading.Value?) {
        let found = rules {
            $0.read = { sensor, _ in value.map { [EnergyReading(channel: sensor.channel, value: $0)] } ?? [] }
        }
        #expect(found == [rule])
    }

    @Test func countersAreChecked() {
        #expect(
            rules { $0.read = { [EnergyReading(channel: $0.channel, value: .count(UInt64(9 - $1)))] } } == [
                "never-backwards"
            ]
        )
        #expect(
            rules { monitor in
                monitor.sensors = [.fakeCounter(.card, format: CounterFormat.millijoules.wrapping(after: 2))]
            } == ["modulus"]
        )
        #expect(
            rules { monitor in
                monitor.read = { sensor, turn in
                    let time = MonotonicInstant(nanoseconds: Int64(9 - turn))
                    return [EnergyReading(channel: sensor.channel, value: .count(1), publishedAt: time)]
                }
            } == ["publication-order"]
        )
        #expect(rules { $0.closes = false } == ["closed"])
    }

    @Test(arguments: [-1.0, .infinity, .nan])
    func absurdPowersAreFound(_ watts: Double) {
        let found = rules { monitor in
            monitor.sensors = [.fakePower(.card)]
            monitor.read = { sensor, _ in [EnergyReading(channel: sensor.channel, value: .power(.watts(watts)))] }
        }
        #expect(found == ["power"])
    }

    @Test func deviceReadingsAreChecked() {
        let device = EnergyDeviceID(vendor: .nvidia, identifier: "a")
        func found(_ change: (inout DeviceReading) -> Void) -> [String] {
            var reading = DeviceReading(device: device)
            change(&reading)
            return rules { $0.devices = [reading] }
        }
        #expect(found { _ in } == [])
        #expect(found { $0.utilizationPercent = 101 } == ["utilization"])
        #expect(found { ($0.memoryUsedBytes, $0.memoryTotalBytes) = (2, 1) } == ["memory"])
        #expect(found { $0.power = .watts(-3) } == ["power"])
        #expect(found { $0.temperatureCelsius = 4_000 } == ["temperature"])
        #expect(
            rules { $0.devices = [DeviceReading(device: device), DeviceReading(device: device)] } == ["unique-devices"]
        )
    }
}
