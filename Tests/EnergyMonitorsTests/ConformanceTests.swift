// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import EnergyMonitors

/// Every monitor that there is keeps the contract which third parties are held to.
@Suite struct ConformanceTests {
    private let clock = ManualClock.atZero()

    private func check(_ monitor: any EnergyMonitor, sensors: Int) {
        #expect(monitor.sensors.count == sensors)
        #expect(EnergyMonitorConformance.check(monitor) { clock.advance(by: .milliseconds(100)) } == [])
    }

    private func machine() throws -> SysfsTree {
        let tree = try SysfsTree()
        try tree.setPowercapZone("intel-rapl:0", name: "package-0", microjoules: 50_000_000)
        try tree.setPowercapZone("intel-rapl:0/intel-rapl:0:0", name: "core", microjoules: 35_000_000)
        try tree.setPowercapZone("intel-rapl:0/intel-rapl:0:1", name: "dram", microjoules: 4_000_000)
        try tree.setPowercapZone("intel-rapl:1", name: "psys", microjoules: 80_000_000)
        try tree.setGraphicsCard(0, maker: "0x8086", model: "0xe20b")
        try tree.setCardSensors(0, name: "xe", files: ["energy1_input": 90, "energy2_input": 70], number: 4)
        let folder = "\(SysfsTree.cardFolder(0))/hwmon/hwmon4"
        try tree.set("\(folder)/energy1_label", "card")
        try tree.set("\(folder)/energy2_label", "pkg")
        try tree.setGraphicsCard(1, maker: "0x1002", model: "0x74a1")
        let metrics = GPUMetricsBlob.bytes(format: 1, content: 3, energy: 65_536, power: 200)
        try tree.set("\(SysfsTree.cardFolder(1))/gpu_metrics", bytes: metrics)
        return tree
    }

    @Test func rapl() throws {
        check(RAPLEnergyMonitor(access: .tree(try machine(), clock: clock)), sensors: 4)
    }

    @Test func intel() throws {
        check(IntelGPUEnergyMonitor(access: .tree(try machine(), clock: clock)), sensors: 2)
    }

    @Test func amd() throws {
        check(AMDEnergyMonitor(access: .tree(try machine(), clock: clock)), sensors: 1)
    }

    @Test func jetson() throws {
        let tree = try SysfsTree()
        let folder = "sys/bus/i2c/drivers/ina3221/1-0040/hwmon/hwmon3"
        for (index, label) in ["VDD_IN", "VDD_CPU_GPU_CV"].enumerated() {
            try tree.set("\(folder)/in\(index + 1)_label", label)
            try tree.set("\(folder)/in\(index + 1)_input", 5_000)
            try tree.set("\(folder)/curr\(index + 1)_input", 1_000)
        }
        check(JetsonEnergyMonitor(access: .tree(tree, clock: clock)), sensors: 2)
    }

    @Test func nvidia() throws {
        let bench = try NVIDIABench(
            """
            device name="NVIDIA H100 80GB HBM3" uuid=GPU-aaaa counter_mj=5000 period_ms=100
            power 0:300
            device name="Tesla K80" uuid=GPU-bbbb
            power 0:90
            """
        )
        #expect(bench.monitor.sensors.count == 2)
        #expect(EnergyMonitorConformance.check(bench.monitor) { bench.move(to: 1) } == [])
    }

    @Test func apple() throws {
        let bench = try AppleBench(
            """
            brand "Apple M4 Max"
            timebase numer=125 denom=3
            channel name="CPU Energy" unit=mJ start=500
            power 0:10
            channel name="GPU Energy" unit=nJ start=7
            power 0:20
            channel name="DRAM" unit=uJ
            power 0:2
            """
        )
        #expect(bench.monitor.sensors.count == 3)
        #expect(EnergyMonitorConformance.check(bench.monitor) { _ = bench.readings(at: 2) } == [])
    }

    @Test func allTogether() throws {
        let monitor = EnergyMonitorFactory.makeMonitor(access: .tree(try machine(), clock: clock))
        check(monitor, sensors: 7)
        check(EnergyMonitorFactory.makeMonitor(access: .nothing(clock: clock)), sensors: 0)
    }
}
