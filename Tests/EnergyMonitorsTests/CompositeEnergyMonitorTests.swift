// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import EnergyMonitors

@Suite struct CompositeEnergyMonitorTests {
    private func access(_ tree: SysfsTree, _ fake: FakeNVML? = nil) -> HardwareAccess {
        var access = HardwareAccess.tree(tree)
        if let fake { access.nvidiaLibraries = [fake.libraryPath] }
        return access
    }

    private func server() throws -> SysfsTree {
        let tree = try SysfsTree()
        try tree.setPowercapZone("intel-rapl:0", name: "package-0", microjoules: 5)
        try tree.setPowercapZone("intel-rapl:0/intel-rapl:0:0", name: "dram", microjoules: 2)
        return tree
    }

    private func counted(_ monitor: CompositeEnergyMonitor) -> [EnergyDomain] {
        monitor.sensors.filter(\.isCounted).map(\.channel.domain)
    }

    @Test func `All vendors that work are read together`() throws {
        let tree = try server()
        try tree.setGraphicsCard(0, maker: "0x8086", model: "0xe20b")
        try tree.setCardSensors(0, name: "xe", files: ["energy1_input": 3])
        let fake = try FakeNVML(script: "clock manual\ndevice uuid=GPU-a counter_mj=7\ndevice uuid=GPU-b counter_mj=8")
        let monitor = EnergyMonitorFactory.makeMonitor(access: access(tree, fake))
        #expect(monitor.vendor == .nvidia)
        #expect(monitor.parts.map(\.vendor) == [.nvidia, .intel, .cpuRAPL])
        #expect(monitor.readEnergy().map(\.count) == [7, 8, 3, 5, 2])
        #expect(counted(monitor) == [.card, .card, .card, .package, .dram])
        #expect(monitor.readDevices().count == 3)
        #expect(monitor.pollInterval == EnergyPollInterval(active: .milliseconds(10), idle: .seconds(1)))
        #expect(Set(monitor.statuses.map(\.vendor)) == Set(EnergyVendor.allCases))
        monitor.close()
        #expect(monitor.readEnergy().compactMap(\.count) == [])
    }

    @Test func `A preference sets who stands first and leaves nothing out`() throws {
        let fake = try FakeNVML(script: "clock manual\ndevice uuid=GPU-a")
        let access = access(try server(), fake)
        let monitor = EnergyMonitorFactory.makeMonitor(preferring: .cpuRAPL, access: access)
        #expect(monitor.parts.map(\.vendor) == [.cpuRAPL, .nvidia])
        let missing = EnergyMonitorFactory.makeMonitor(preferring: .amd, access: access)
        #expect(missing.vendor == .nvidia)
        #expect(missing.statuses.first?.vendor == .amd)
        #expect(missing.statuses.first?.works == false)
    }

    @Test(arguments: [("nvidia", EnergyVendor.nvidia), ("NVIDIA", .nvidia), ("rapl", .cpuRAPL), ("cpu_rapl", .cpuRAPL)])
    func `Vendors have names`(name: String, vendor: EnergyVendor) throws {
        #expect(try EnergyVendor(named: name) == vendor)
    }

    @Test func `A machine with nothing says why for each vendor`() {
        let monitor = EnergyMonitorFactory.makeMonitor(access: .nothing())
        #expect(monitor.sensors == [])
        #expect(monitor.parts.isEmpty)
        #expect(monitor.readEnergy() == [])
        #expect(Set(monitor.statuses.map(\.vendor)) == Set(EnergyVendor.allCases))
        for status in monitor.statuses {
            #expect(!status.works)
            #expect(status.reason?.isEmpty == false)
        }
    }

    @Test func `A Grace Hopper driver counts its processor, so Grace's meters do not`() throws {
        let fake = try FakeNVML(script: "clock manual\ndevice name=\"NVIDIA GH200 480GB\" scope=module")
        let monitor = EnergyMonitorFactory.makeMonitor(access: access(try JetsonEnergyMonitorTests.grace(), fake))
        #expect(counted(monitor) == [.module])
        #expect(monitor.sensors.filter(\.isCounted).map(\.channel.device.vendor) == [.nvidia])
        let module = try #require(monitor.statuses.first { $0.name == "Module Power Socket 0" })
        #expect(module.reason?.contains("another sensor of this machine contains it") == true)
    }

    @Test func `Beside cards of their own Grace's processor is counted, its module not`() throws {
        let fake = try FakeNVML(script: "clock manual\ndevice name=\"NVIDIA GB200\"")
        let monitor = EnergyMonitorFactory.makeMonitor(access: access(try JetsonEnergyMonitorTests.grace(), fake))
        #expect(counted(monitor) == [.card, .package])
    }

    @Test func `The parts say the same as the whole`() throws {
        let fake = try FakeNVML(script: "clock manual\ndevice name=\"NVIDIA GB200\"")
        let monitor = EnergyMonitorFactory.makeMonitor(access: access(try JetsonEnergyMonitorTests.grace(), fake))
        #expect(monitor.parts.flatMap(\.sensors) == monitor.sensors)
    }

    @Test func `A Jetson's input feeds its graphics`() throws {
        let tree = try SysfsTree()
        let folder = "sys/bus/i2c/drivers/ina3221/1-0040/hwmon/hwmon3"
        try tree.set("\(folder)/in1_label", "VDD_IN")
        try tree.set("\(folder)/in1_input", 5_000)
        try tree.set("\(folder)/curr1_input", 1_000)
        let fake = try FakeNVML(script: "clock manual\ndevice name=Orin")
        #expect(counted(EnergyMonitorFactory.makeMonitor(access: access(tree, fake))) == [.module])
    }

    @Test func `A processor with graphics is counted once`() throws {
        let tree = try server()
        try tree.setGraphicsCard(0, maker: "0x1002", model: "0x150e")
        let bytes = GPUMetricsBlob.bytes(format: 3, content: 0, power: 28_500)
        try tree.set("\(SysfsTree.cardFolder(0))/gpu_metrics", bytes: bytes)
        let both = EnergyMonitorFactory.makeMonitor(access: access(tree))
        #expect(both.sensors.map(\.channel.domain) == [.module, .package, .dram])
        #expect(counted(both) == [.package, .dram])
        tree.remove("sys/devices/virtual")
        tree.remove("sys/class/powercap")
        #expect(counted(EnergyMonitorFactory.makeMonitor(access: access(tree))) == [.module])
    }
}
