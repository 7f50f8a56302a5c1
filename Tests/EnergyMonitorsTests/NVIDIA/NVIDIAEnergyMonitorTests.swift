// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import EnergyMonitors

/// A fake driver, the monitor on top of it, and one clock for both.
struct NVIDIABench {
    let fake: FakeNVML
    let monitor: NVIDIAEnergyMonitor
    private let clock = ManualClock.atZero()

    init(_ script: String, missing: [String] = []) throws {
        fake = try FakeNVML(script: "clock manual\n" + script, missing: missing)
        var access = HardwareAccess.nothing(clock: clock)
        access.nvidiaLibraries = [fake.libraryPath]
        monitor = NVIDIAEnergyMonitor(access: access)
    }

    func move(to seconds: Double) {
        fake.setTime(seconds)
        clock.set(seconds)
    }

    func reading(at seconds: Double, of index: Int = 0) -> EnergyReading? {
        move(to: seconds)
        let readings = monitor.readEnergy()
        return readings.indices.contains(index) ? readings[index] : nil
    }
}

@Suite struct NVIDIAEnergyMonitorTests {
    private static let h100 = #"device name="NVIDIA H100 80GB HBM3" uuid=GPU-aaaa counter_mj=5000 period_ms=100"#

    @Test func `A card is described by its own driver`() throws {
        let bench = try NVIDIABench(Self.h100 + "\npower 0:300")
        let sensor = try #require(bench.monitor.sensors.first)
        #expect(
            sensor.channel
                == EnergyChannel(device: EnergyDeviceID(vendor: .nvidia, identifier: "GPU-aaaa"), domain: .card)
        )
        #expect(sensor.deviceName == "NVIDIA H100 80GB HBM3")
        #expect(sensor.method == .hardwareCounter)
        #expect(sensor.format == .millijoules)
        #expect(bench.monitor.statuses.map(\.works) == [true])
        #expect(bench.monitor.statuses.first?.reason == nil)
    }

    @Test func `The counter is read in its own unit and follows the curve`() throws {
        let bench = try NVIDIABench(Self.h100 + "\npower 0:100 2:100 2:300")
        #expect(bench.reading(at: 0)?.count == 5_000)
        #expect(bench.reading(at: 2)?.count == 205_000)
        #expect(bench.reading(at: 3.05)?.count == 505_000)
        #expect(bench.fake.joules(from: 0, until: 3) == 500)
        #expect(bench.reading(at: 3.1)?.powerLimit == .watts(700))
    }

    @Test func `What a card does is read value by value`() throws {
        let bench = try NVIDIABench(
            Self.h100 + " utilization=87 temperature=64 limit_mw=650000 memory_bytes=1000 used_bytes=400\npower 0:120"
        )
        let reading = try #require(bench.monitor.readDevices().first)
        #expect(reading.power == .watts(120))
        #expect(reading.powerLimit == .watts(650))
        #expect(reading.utilizationPercent == 87)
        #expect(reading.temperatureCelsius == 64)
        #expect(reading.memoryUsedBytes == 400)
        #expect(reading.memoryTotalBytes == 1_000)
        #expect(reading.processes == [])
    }
}
