// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import EnergyMonitors

/// Monitors under the meter that reads them in earnest.
@Suite struct MeteringTests {
    /// Polls from a time to another, every 20 ms with a jitter, and moves the fake's clock along.
    private func poll(
        _ monitor: any EnergyMonitor,
        _ meters: inout EnergyMeters,
        from start: Double,
        until end: Double,
        every step: Double = 0.02,
        move: (Double) -> Void
    ) {
        var random = SeededGenerator(seed: 11)
        var time = start
        while time <= end {
            move(time)
            let instant = Self.instant(time)
            _ = meters.take(monitor.readEnergy(), from: instant, to: instant)
            time += step * Double.random(in: 0.7...1.3, using: &random)
        }
    }

    private static func instant(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64(seconds * 1e9))
    }

    @Test func `A card's window agrees with its curve within the bound, through a reset`() throws {
        let bench = try NVIDIABench(
            "device uuid=GPU-a counter_mj=77 limit_mw=700000 period_ms=100\npower 0:70 3:70 3:650 6:650 9:90 20:90\nreset at=12"
        )
        var meters = EnergyMeters(sensors: bench.monitor.sensors)
        poll(bench.monitor, &meters, from: 0, until: 20, move: bench.move)
        var random = SeededGenerator(seed: 12)
        for _ in 0..<200 {
            let from = Double.random(in: 0.2...9, using: &random)
            let until = Double.random(in: from...11, using: &random)
            let window = try #require(meters.windows(from: Self.instant(from), to: Self.instant(until)).first?.window)
            let error = abs(window.energy.joules - bench.fake.joules(from: from, until: until))
            // The counter shows whole millijoules.
            #expect(error <= window.bound.joules + 0.002)
            #expect(window.isComplete)
        }
        let across = meters.windows(from: Self.instant(5), to: Self.instant(15)).first
        #expect(across?.window.isComplete == false)
    }

    @Test func `Graphics at rest is measured as nothing, and the call after it gets its own`() throws {
        let bench = try AppleBench(
            "channel name=\"CPU Energy\" unit=mJ start=1 batch_ms=2000\npower 0:5\n"
                + "channel name=\"GPU Energy\" unit=nJ start=9\npower 0:0 30:0 30:20 60:20"
        )
        var meters = EnergyMeters(sensors: bench.monitor.sensors)
        poll(bench.monitor, &meters, from: 0, until: 40, every: 0.1) { _ = bench.readings(at: $0) }
        func graphics(_ from: Double, _ until: Double) -> EnergyWindow? {
            meters.windows(from: Self.instant(from), to: Self.instant(until)).first { $0.sensor.name == "GPU Energy" }?
                .window
        }
        #expect(graphics(5, 25)?.energy == .zero)
        #expect(graphics(5, 25)?.isComplete == true)
        let call = try #require(graphics(30.05, 32))
        #expect(call.isComplete)
        #expect(abs(call.energy.joules - 39) <= call.bound.joules)
        #expect(call.bound.joules < 4)
        #expect(meters.isSettled(at: Self.instant(37.9)))
    }

    @Test func `A card that slept is measured from its first joule on`() throws {
        let tree = try SysfsTree()
        let clock = ManualClock.atZero()
        try tree.setGraphicsCard(0, maker: "0x8086", model: "0xe20b")
        try tree.setCardSensors(0, name: "xe", files: ["energy1_input": 5_000_000])
        let monitor = IntelGPUEnergyMonitor(access: .tree(tree, clock: clock))
        var meters = EnergyMeters(sensors: monitor.sensors)
        poll(monitor, &meters, from: 0, until: 1, move: clock.set)
        try tree.set("\(SysfsTree.cardFolder(0))/power/runtime_status", "suspended")
        poll(monitor, &meters, from: 1, until: 30, every: 0.5, move: clock.set)
        try tree.set("\(SysfsTree.cardFolder(0))/power/runtime_status", "active")
        try tree.setCardSensors(0, name: "xe", files: ["energy1_input": 15_000_000])
        poll(monitor, &meters, from: 30.1, until: 30.2, move: clock.set)
        try tree.setCardSensors(0, name: "xe", files: ["energy1_input": 15_500_000])
        poll(monitor, &meters, from: 30.25, until: 30.3, move: clock.set)
        #expect(meters.windows(from: Self.instant(1), to: Self.instant(29)).first?.window.energy == .zero)
        let window = try #require(meters.windows(from: Self.instant(1), to: Self.instant(30.15)).first?.window)
        #expect(window.isComplete)
        #expect(abs(window.energy.joules - 10) <= window.bound.joules)
        // A level stretch is kept as its two ends, however often it was looked at.
        #expect(meters.meters[0].trace.count < 6)
    }
}
