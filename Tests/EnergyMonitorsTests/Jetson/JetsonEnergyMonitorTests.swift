// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import EnergyMonitors

@Suite struct JetsonEnergyMonitorTests {
    private func jetson(_ rails: [(label: String, millivolts: Int, milliamperes: Int)]) throws -> SysfsTree {
        let tree = try SysfsTree()
        let folder = "sys/bus/i2c/drivers/ina3221/1-0040/hwmon/hwmon3"
        for (index, rail) in rails.enumerated() {
            try tree.set("\(folder)/in\(index + 1)_label", rail.label)
            try tree.set("\(folder)/in\(index + 1)_input", rail.millivolts)
            try tree.set("\(folder)/curr\(index + 1)_input", rail.milliamperes)
        }
        try tree.link("\(folder)/device", to: "../..")
        try tree.set("proc/device-tree/model", "NVIDIA Jetson Orin Nano Developer Kit\0")
        return tree
    }

    @Test func `Power is voltage times current, and the input alone is counted`() throws {
        let tree = try jetson([("VDD_IN", 5_000, 2_000), ("VDD_CPU_GPU_CV", 5_000, 800), ("VDD_SOC", 5_000, 300)])
        let monitor = JetsonEnergyMonitor(access: .tree(tree))
        #expect(monitor.readEnergy().map(\.watts) == [10, 4, 1.5])
        #expect(monitor.sensors.map(\.isCounted) == [true, false, false])
        #expect(monitor.sensors.map(\.channel.domain) == [.module, .rail, .rail])
        #expect(monitor.sensors.first?.channel.device.identifier == "1-0040/VDD_IN")
        #expect(monitor.sensors.first?.deviceName == "NVIDIA Jetson Orin Nano Developer Kit")
        #expect(monitor.sensors.map(\.method).contains(.hardwareCounter) == false)
        #expect(monitor.readDevices().map(\.power) == [.watts(10), .watts(4), .watts(1.5)])
    }

    @Test func `Without an input the rails that are surely apart are counted`() throws {
        let tree = try jetson([
            ("VDD_GPU_SOC", 19_000, 1_000), ("VDD_CPU_CV", 19_000, 500), ("VIN_SYS_5V0", 5_000, 900),
        ])
        let monitor = JetsonEnergyMonitor(access: .tree(tree))
        #expect(monitor.sensors.map(\.channel.domain) == [.card, .package, .rail])
        #expect(monitor.sensors.map(\.isCounted) == [true, true, false])
    }

    @Test func `A slightly negative current is none, an unconnected rail no rail`() throws {
        let tree = try jetson([("VDD_IN", 5_000, -8), ("NC", 5_000, 1)])
        #expect(JetsonEnergyMonitor(access: .tree(tree)).readEnergy().map(\.watts) == [0])
    }

    @Test func `The older driver is read too`() throws {
        let tree = try SysfsTree()
        let folder = "sys/bus/i2c/drivers/ina3221x/7-0040/iio:device0"
        try tree.set("\(folder)/rail_name_0", "POM_5V_IN")
        try tree.set("\(folder)/in_power0_input", 4_250)
        try tree.set("\(folder)/rail_name_1", "POM_5V_GPU")
        try tree.set("\(folder)/in_power1_input", 1_000)
        let monitor = JetsonEnergyMonitor(access: .tree(tree))
        #expect(monitor.readEnergy().map(\.watts) == [4.25, 1])
        #expect(monitor.sensors.map(\.isCounted) == [true, false])
    }

    static func grace() throws -> SysfsTree {
        let tree = try SysfsTree()
        for (index, entry) in [("Module", 700), ("Grace", 250), ("CPU", 150), ("SysIO", 60)].enumerated() {
            let folder = "sys/class/hwmon/hwmon\(index)"
            try tree.set("\(folder)/name", "power_meter")
            try tree.set("\(folder)/power1_oem_info", "\(entry.0) Power Socket 0")
            try tree.set("\(folder)/power1_average", entry.1 * 1_000_000)
        }
        try tree.set("sys/class/hwmon/hwmon9/name", "nvme")
        return tree
    }

    @Test func `Grace's meters lie inside one another`() throws {
        let monitor = JetsonEnergyMonitor(access: .tree(try Self.grace()))
        #expect(monitor.readEnergy().map(\.watts) == [700, 250, 150, 60])
        #expect(monitor.sensors.map(\.channel.domain) == [.module, .package, .core, .uncore])
        #expect(monitor.sensors.map(\.isCounted) == [true, false, false, false])
    }

    @Test func `A rail that fails stands alone`() throws {
        let tree = try jetson([("VDD_IN", 5_000, 2_000), ("VDD_SOC", 5_000, 300)])
        let monitor = JetsonEnergyMonitor(access: .tree(tree))
        tree.remove("sys/bus/i2c/drivers/ina3221/1-0040/hwmon/hwmon3/curr1_input")
        #expect(monitor.readEnergy().map(\.watts) == [nil, 1.5])
        #expect(monitor.readEnergy().first?.failure?.code == .lost)
        monitor.close()
        #expect(monitor.readEnergy().compactMap(\.watts) == [])
    }

    @Test func `A denied rail is no sensor, and no Jetson is said`() throws {
        let tree = try jetson([("VDD_IN", 5_000, 2_000)])
        try tree.deny("sys/bus/i2c/drivers/ina3221/1-0040/hwmon/hwmon3/in1_input")
        let monitor = JetsonEnergyMonitor(access: .tree(tree))
        #expect(monitor.sensors == [])
        #expect(monitor.statuses.map(\.works) == [false])
        #expect(JetsonEnergyMonitor(access: .nothing()).statuses.first?.reason?.contains("no Jetson") == true)
    }
}
