// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import EnergyMonitors

/// Faults of the original's monitors, by their numbers in the list that this project keeps: each of these tests fails
/// where the fault is.
@Suite struct SeedDefectsMonitorTests {
    /// Reads each counter twice and gives the joules of what a total counts, by component where one is named.
    private func joules(
        _ monitor: any EnergyMonitor,
        _ component: EnergyComponent? = nil,
        between change: () throws -> Void
    ) rethrows -> Double? {
        let before = monitor.readEnergy()
        try change()
        let after = monitor.readEnergy()
        var total: Energy?
        for (sensor, readings) in zip(monitor.sensors, zip(before, after)) where sensor.isCounted {
            if let component, sensor.channel.domain.component != component { continue }
            guard case .count(let start) = readings.0.value, case .count(let end) = readings.1.value else { return nil }
            var counter = CounterAccumulator(format: sensor.format ?? .nanojoules)
            _ = counter.add(start, within: .seconds(1))
            guard case .advanced(let used) = counter.add(end, within: .seconds(1), limit: .watts(1e9)) else {
                return nil
            }
            total = (total ?? .zero) + .nanojoules(used)
        }
        return total?.joules
    }

    @Test("Defect 1: a snapshot has the power that the device draws") func defect1ASnapshotHasThePower() throws {
        let bench = try NVIDIABench("device uuid=GPU-a\npower 0:300")
        #expect(bench.monitor.readDevices().map(\.power) == [.watts(300)])
        let tree = try SysfsTree()
        try tree.setGraphicsCard(0, maker: "0x1002", model: "0x744c")
        try tree.setCardSensors(0, name: "amdgpu", files: ["power1_average": 300_000_000])
        #expect(AMDEnergyMonitor(access: .tree(tree)).readDevices().map(\.power) == [.watts(300)])
    }

    @Test("Defect 2: a Mac with sensors is measured and not guessed at") func defect2AMacWithSensorsIs() throws {
        let bench = try AppleBench("brand \"Apple M2\"\nchannel name=\"CPU Energy\" unit=mJ start=1\npower 0:3.72")
        #expect(bench.monitor.sensors.map(\.method) == [.hardwareCounter])
        _ = bench.readings(at: 0)
        let used = joules(bench.monitor) { _ = bench.readings(at: 10) }
        #expect(used == 37.2)
    }

    @Test("Defect 3: millijoules are millijoules") func defect3MillijoulesAreMillijoules() throws {
        let bench = try AppleBench(
            "channel name=\"CPU Energy\" unit=mJ start=1\npower 0:10\nchannel name=\"GPU Energy\" unit=mJ\npower 0:4.7"
        )
        #expect(joules(bench.monitor) { _ = bench.readings(at: 1) } == 14.7)
    }

    @Test("Defect 4: without a sensor there is no energy") func defect4WithoutASensorThereIs() throws {
        for brand in ["Apple M4 Ultra", "Apple M10", "Apple M5"] {
            let bench = try AppleBench("brand \"\(brand)\"")
            #expect(bench.readings(at: 10) == [])
            #expect(bench.monitor.sensors == [])
            #expect(bench.monitor.chip == String(brand.dropFirst(6)))
        }
    }

    @Test("Defect 6: a failed reading is never a number") func defect6AFailedReadingIsNever() throws {
        let bench = try NVIDIABench(
            "device counter_mj=5000000000 period_ms=0\npower 0:100\n"
                + "fail function=DeviceGetTotalEnergyConsumption code=999 from=1 until=2"
        )
        #expect(bench.reading(at: 0.5)?.count == 5_000_050_000)
        #expect(bench.reading(at: 1.5)?.count == nil)
        #expect(bench.reading(at: 1.5)?.failure != nil)
        #expect(joules(bench.monitor) { bench.move(to: 3) } == nil)
        #expect(joules(bench.monitor) { bench.move(to: 4) } == 100)
    }

    @Test("Defect 7: a package is not added to its cores, nor the platform to its packages")
    func defect7APackageIsNotAdded() throws {
        let zones = [
            ("intel-rapl:0", "package-0", 50), ("intel-rapl:0/intel-rapl:0:0", "core", 35),
            ("intel-rapl:0/intel-rapl:0:1", "uncore", 6), ("intel-rapl:0/intel-rapl:0:2", "dram", 4),
            ("intel-rapl:1", "psys", 80),
        ]
        let tree = try SysfsTree()
        for zone in zones { try tree.setPowercapZone(zone.0, name: zone.1, microjoules: 0) }
        let monitor = RAPLEnergyMonitor(access: .tree(tree))
        let used = try joules(monitor) {
            for zone in zones {
                try tree.setPowercapZone(zone.0, name: zone.1, microjoules: UInt64(zone.2) * 1_000_000)
            }
        }
        #expect(used == 54)
    }

    @Test("Defect 8: the second socket does not take the first one's place") func defect8TheSecondSocketDoesNot() throws
    {
        let zones = [
            ("intel-rapl:0", "package-0", 40), ("intel-rapl:0/intel-rapl:0:0", "dram", 6),
            ("intel-rapl:1", "package-1", 30), ("intel-rapl:1/intel-rapl:1:0", "dram", 5),
        ]
        let tree = try SysfsTree()
        for zone in zones { try tree.setPowercapZone(zone.0, name: zone.1, microjoules: 0) }
        let monitor = RAPLEnergyMonitor(access: .tree(tree))
        let change = {
            for zone in zones {
                try tree.setPowercapZone(zone.0, name: zone.1, microjoules: UInt64(zone.2) * 1_000_000)
            }
        }
        #expect(try joules(monitor, between: change) == 81)
    }

    @Test("Defect 9: a counter that may not be read is not available, and not zero") func defect9ACounterThatMayNot()
        throws
    {
        let tree = try SysfsTree()
        try tree.setPowercapZone("intel-rapl:0", name: "package-0", microjoules: 200_000_000_000)
        let open = RAPLEnergyMonitor(access: .tree(tree))
        let used = try joules(open) { try tree.deny(SysfsTree.powercapCounter("intel-rapl:0")) }
        #expect(used == nil)
        let closed = RAPLEnergyMonitor(access: .tree(tree))
        #expect(closed.sensors == [])
        #expect(closed.statuses.map(\.works) == [false])
    }

    @Test("Defect 15: a temperature that is not there takes no power away") func defect15ATemperatureThatIsNot() throws
    {
        let bench = try NVIDIABench(
            "device\npower 0:300\nfail function=DeviceGetTemperatureV code=3\nfail function=DeviceGetTemperature code=3"
        )
        #expect(bench.monitor.readDevices().map(\.power) == [.watts(300)])
        #expect(bench.monitor.readDevices().map(\.temperatureCelsius) == [nil])
    }

    @Test("Defect 17: who uses which card is told, so that not every card is billed") func defect17WhoUsesWhichCardIs()
        throws
    {
        let bench = try NVIDIABench("device uuid=GPU-a\nprocess pid=10\ndevice uuid=GPU-b\nprocess pid=20")
        let users = bench.monitor.readDevices().map { $0.processes?.map(\.processID) }
        #expect(users == [[10], [20]])
    }

    @Test("Defect 18: a card and a processor are read together, and a wrong preference is refused")
    func defect18ACardAndAProcessor() throws {
        let tree = try SysfsTree()
        try tree.setPowercapZone("intel-rapl:0", name: "package-0", microjoules: 1)
        let fake = try FakeNVML(script: "clock manual\ndevice counter_mj=2")
        var access = HardwareAccess.tree(tree)
        access.nvidiaLibraries = [fake.libraryPath]
        let monitor = try EnergyMonitorFactory.makeMonitor(preferringVendorNamed: "nvidia", access: access)
        #expect(monitor.sensors.map(\.channel.domain.component) == [.gpu, .cpu])
        #expect {
            try EnergyMonitorFactory.makeMonitor(preferringVendorNamed: "nvdia", access: access)
        } throws: { error in
            "\(error)".contains("nvdia") && "\(error)".contains("nvidia, amd, apple, cpu_rapl")
        }
    }

    @Test("Defect 18: a monitor that cannot start is not in the set") func defect18AMonitorThatCannotStart() throws {
        let fake = try FakeNVML(script: "clock manual\nfail function=Init_v2 code=999\ndevice")
        var access = HardwareAccess.nothing()
        access.nvidiaLibraries = [fake.libraryPath]
        let monitor = EnergyMonitorFactory.makeMonitor(access: access)
        #expect(monitor.parts.isEmpty)
        #expect(monitor.statuses.first?.reason?.contains("Unknown Error") == true)
    }

    @Test("Defect 19: a card without an accumulator has no counter that stands at 0")
    func defect19ACardWithoutAnAccumulator() throws {
        let tree = try SysfsTree()
        try tree.setGraphicsCard(0, maker: "0x1002", model: "0x744c")
        try tree.set("\(SysfsTree.cardFolder(0))/gpu_metrics", bytes: GPUMetricsBlob.bytes(format: 1, content: 3))
        let monitor = AMDEnergyMonitor(access: .tree(tree))
        #expect(monitor.sensors == [])
        #expect(monitor.statuses.map(\.works) == [false])
    }

    @Test("Defect 21: the longest pause between two readings is short against a wrap")
    func defect21TheLongestPauseBetweenTwo() throws {
        let tree = try SysfsTree()
        let smallest: UInt64 = 65_532_610_987
        try tree.setPowercapZone("intel-rapl:0", name: "package-0", microjoules: 0, maximum: smallest)
        let monitor = RAPLEnergyMonitor(access: .tree(tree))
        let range = Double(smallest) / 1e6
        // A socket of 500 W must be seen twice a wrap.
        #expect(monitor.pollInterval.idle.seconds <= range / (2 * 500))
        var counter = CounterAccumulator(format: try #require(monitor.sensors.first?.format))
        var total: UInt64 = 0
        for step in 0..<100 {
            let microjoules = UInt64(step) * 15_000_000_000 % (smallest + 1)
            try tree.setPowercapZone("intel-rapl:0", name: "package-0", microjoules: microjoules, maximum: smallest)
            let count = try #require(monitor.readEnergy().first?.count)
            if case .advanced(let used) = counter.add(count, within: .seconds(30)) { total += used }
        }
        #expect(total == 99 * 15_000 * 1_000_000_000)
    }

    @Test("Defect 22: a neural engine is a component, and the components make the total")
    func defect22ANeuralEngineIsA() throws {
        let bench = try AppleBench(
            """
            channel name="CPU Energy" unit=mJ start=1
            power 0:5
            channel name="GPU Energy" unit=nJ
            power 0:7
            channel name="ANE" unit=mJ
            power 0:0.98
            channel name="DRAM" unit=mJ
            power 0:2
            """
        )
        func used(_ component: EnergyComponent?) -> Double? {
            _ = bench.readings(at: 0)
            return joules(bench.monitor, component) { _ = bench.readings(at: 1) }
        }
        #expect(used(.ane) == 0.98)
        #expect(used(nil) == 14.98)
        #expect([EnergyComponent.cpu, .gpu, .ane, .dram].map(used) == [5, 7, 0.98, 2])
    }
}
