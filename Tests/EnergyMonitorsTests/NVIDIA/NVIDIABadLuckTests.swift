// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import EnergyMonitors

@Suite struct NVIDIABadLuckTests {
    private static let card = "device uuid=GPU-a counter_mj=1000 period_ms=0\npower 0:100\n"

    @Test func `A driver that is not there is said with its remedy`() throws {
        let monitor = NVIDIAEnergyMonitor(access: .nothing())
        #expect(monitor.sensors == [])
        #expect(monitor.readEnergy() == [])
        #expect(monitor.readDevices() == [])
        let status = try #require(monitor.statuses.first)
        #expect(!status.works && status.vendor == .nvidia)
        #expect(status.reason?.contains("libnvidia-ml") == true)
        #expect(status.remedy?.contains("--gpus all") == true)
    }

    @Test(arguments: [
        (9, "Driver Not Loaded", "modprobe nvidia"), (18, "Unknown Error", "restart the machine"),
        (4, "Insufficient Permissions", "/dev/nvidiactl"),
    ])
    func `A driver that does not start is said with its remedy`(code: Int, reason: String, remedy: String) throws {
        let bench = try NVIDIABench(Self.card.replacing("device", with: "fail function=Init_v2 code=\(code)\ndevice"))
        #expect(bench.monitor.sensors == [])
        let status = try #require(bench.monitor.statuses.first)
        #expect(status.reason?.contains(reason) == true)
        #expect(status.remedy?.contains(remedy) == true)
    }

    @Test func `No card is said`() throws {
        let bench = try NVIDIABench("")
        #expect(bench.monitor.statuses.map(\.reason) == ["NVIDIA's driver lists no card"])
    }

    @Test func `Each card is tried by itself`() throws {
        let bench = try NVIDIABench(
            """
            device uuid=GPU-a counter_mj=1 period_ms=0
            fail function=DeviceGetTotalEnergyConsumption code=3
            fail function=field:83 code=3
            power 0:70
            device uuid=GPU-b counter_mj=2 period_ms=0
            device uuid=GPU-c
            fail function=DeviceGetTotalEnergyConsumption code=3
            fail function=DeviceGetFieldValues code=3
            fail function=DeviceGetPowerUsage code=3
            """
        )
        #expect(bench.monitor.sensors.map(\.method) == [.powerIntegral, .hardwareCounter])
        let readings = bench.monitor.readEnergy()
        #expect(readings.map(\.watts) == [70, nil])
        #expect(readings.map(\.count) == [nil, 2])
        #expect(bench.monitor.statuses.map(\.works) == [true, true, false])
        #expect(bench.monitor.statuses[0].reason?.contains("no energy counter") == true)
        #expect(bench.monitor.statuses[2].reason?.contains("Not Supported") == true)
    }

    @Test func `The ways to energy are tried in order`() throws {
        func name(_ script: String, missing: [String] = []) throws -> String? {
            try NVIDIABench(Self.card + script, missing: missing).monitor.sensors.first?.name
        }
        let noFunction = "fail function=DeviceGetTotalEnergyConsumption code=3\n"
        #expect(try name("") == "nvmlDeviceGetTotalEnergyConsumption")
        #expect(try name(noFunction) == "nvmlDeviceGetFieldValues 83")
        #expect(try name("", missing: ["nvmlDeviceGetTotalEnergyConsumption"]) == "nvmlDeviceGetFieldValues 83")
        #expect(try name(noFunction + "fail function=field:83 code=3") == "nvmlDeviceGetFieldValues 186")
        #expect(try name(noFunction, missing: ["nvmlDeviceGetFieldValues"]) == "nvmlDeviceGetPowerUsage")
    }

    @Test func `A card that only fails as the monitor starts keeps its counter`() throws {
        let bench = try NVIDIABench(Self.card + "fail function=DeviceGetTotalEnergyConsumption code=999 until=1")
        #expect(bench.monitor.sensors.map(\.method) == [.hardwareCounter])
        #expect(bench.reading(at: 0.5)?.failure?.code == .failed)
        #expect(bench.reading(at: 2)?.count == 201_000)
    }

    @Test func `Old drivers are read by old names`() throws {
        let bench = try NVIDIABench(
            Self.card + "process pid=7 bytes=5",
            missing: [
                "nvmlInit_v2", "nvmlDeviceGetCount_v2", "nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetMemoryInfo_v2",
                "nvmlDeviceGetTemperatureV", "nvmlDeviceGetComputeRunningProcesses_v3",
                "nvmlDeviceGetComputeRunningProcesses_v2", "nvmlDeviceGetEnforcedPowerLimit",
                "nvmlDeviceGetProcessUtilization", "nvmlDeviceGetMigMode",
            ]
        )
        #expect(bench.reading(at: 1)?.count == 101_000)
        let reading = try #require(bench.monitor.readDevices().first)
        #expect(reading.memoryUsedBytes == 1_073_741_824)
        #expect(reading.temperatureCelsius == 55)
        #expect(reading.powerLimit == .watts(700))
        #expect(reading.processes == [DeviceProcess(processID: 7, memoryUsedBytes: 5)])
        #expect(bench.fake.calls(of: "DeviceGetComputeRunningProcesses") == 1)
    }

    @Test func `What one value lacks takes nothing from the others`() throws {
        let bench = try NVIDIABench(
            Self.card + "fail function=DeviceGetTemperatureV code=3\nfail function=DeviceGetTemperature code=3\n"
                + "fail function=DeviceGetUtilizationRates code=3"
        )
        let reading = try #require(bench.monitor.readDevices().first)
        #expect(reading.temperatureCelsius == nil)
        #expect(reading.utilizationPercent == nil)
        #expect(reading.power == .watts(100))
        #expect(reading.memoryUsedBytes != nil)
        #expect(bench.reading(at: 1)?.count != nil)
    }

    @Test func `A card that is lost in mid-run fails, and the others are read`() throws {
        let bench = try NVIDIABench(
            "device uuid=GPU-a period_ms=0\npower 0:100\nfail function=* code=15 from=5\n"
                + "device uuid=GPU-b period_ms=0\npower 0:50"
        )
        #expect(bench.reading(at: 4)?.count == 400_000)
        #expect(bench.reading(at: 6)?.failure?.code == .lost)
        #expect(bench.reading(at: 6, of: 1)?.count == 300_000)
    }

    @Test func `A lost card does not cost a new start at every reading`() throws {
        let bench = try NVIDIABench(Self.card + "fail function=* code=15 from=5")
        for step in 0..<600 { _ = bench.reading(at: 5 + Double(step) * 0.1) }
        // A minute of tries at growing distance: after 0, 1, 3, 7, 15, 31 s.
        #expect(bench.fake.calls(of: "Init_v2") == 1 + 6)
    }

    @Test func `A driver that comes back is found again, its counters starting anew`() throws {
        let bench = try NVIDIABench(
            "device uuid=GPU-a counter_mj=9000000 period_ms=0\npower 0:100\nreload at=10 down=5"
        )
        #expect(bench.reading(at: 9)?.count == 9_900_000)
        #expect(bench.reading(at: 11)?.failure?.code == .lost)
        #expect(bench.reading(at: 14.9)?.failure?.code == .lost)
        #expect(bench.reading(at: 20)?.count == 500_000)
        #expect(bench.monitor.readDevices().first?.power == .watts(100))
    }

    @Test func `A counter that is reset, stands or jumps is handed on as it is`() throws {
        let bench = try NVIDIABench(Self.card + "reset at=10\nstale from=20 until=30\njump at=40 mj=-500000")
        #expect(bench.reading(at: 9)?.count == 901_000)
        #expect(bench.reading(at: 11)?.count == 100_000)
        #expect(bench.reading(at: 29)?.count == 1_000_000)
        #expect(bench.reading(at: 31)?.count == 2_100_000)
        #expect(bench.reading(at: 41)?.count == 2_600_000)
    }

    @Test func `A forbidden reading says so`() throws {
        let bench = try NVIDIABench(Self.card + "fail function=DeviceGetTotalEnergyConsumption code=4 from=5")
        #expect(bench.reading(at: 6)?.failure?.code == .permissionDenied)
        #expect(bench.reading(at: 6)?.failure?.reason.contains("GPU 0") == true)
    }

    @Test func `A slow driver gives right readings`() throws {
        let bench = try NVIDIABench(Self.card + "slow function=DeviceGetTotalEnergyConsumption seconds=0.1 from=5")
        let clock = ContinuousClock()
        let took = clock.measure { #expect(bench.reading(at: 6)?.count == 601_000) }
        #expect(took >= .milliseconds(100))
    }

    @Test func `After closing every reading fails`() throws {
        let bench = try NVIDIABench(Self.card)
        bench.monitor.close()
        bench.monitor.close()
        #expect(bench.reading(at: 1)?.failure?.code == .failed)
        #expect(bench.fake.calls(of: "Shutdown") == 1)
        #expect(bench.fake.calls(of: "Init_v2") == 1)
    }
}
