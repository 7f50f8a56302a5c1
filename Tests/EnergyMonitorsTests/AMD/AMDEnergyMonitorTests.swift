// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import EnergyMonitors

@Suite struct AMDEnergyMonitorTests {
    private func tree(cards: Int = 1, model: String = "0x74a1") throws -> SysfsTree {
        let tree = try SysfsTree()
        for index in 0..<cards {
            try tree.setGraphicsCard(index, maker: "0x1002", model: model)
            try setEnergy(UInt64(65_536 * (index + 1)), of: index, in: tree)
        }
        return tree
    }

    private func setEnergy(_ energy: UInt64?, of index: Int = 0, in tree: SysfsTree) throws {
        let bytes = GPUMetricsBlob.bytes(format: 1, content: 3, energy: energy, power: 200)
        try tree.set("\(SysfsTree.cardFolder(index))/gpu_metrics", bytes: bytes)
    }

    @Test func `Cards are found by maker, connectors and other makers left out`() throws {
        let tree = try tree(cards: 2)
        try tree.setGraphicsCard(2, maker: "0x8086", model: "0x56a0")
        let monitor = AMDEnergyMonitor(access: .tree(tree))
        #expect(monitor.sensors.map(\.channel.device.identifier) == ["0000:03:00.0", "0000:04:00.0"])
        #expect(monitor.readEnergy().map(\.count) == [65_536, 131_072])
        #expect(monitor.sensors.map(\.method) == [.hardwareCounter, .hardwareCounter])
        #expect(monitor.sensors.map(\.format) == Array(repeating: .joulesDividedByTwo(toThe: 16), count: 2))
    }

    @Test func `A card keeps its identity by the number that its maker gave it`() throws {
        let tree = try tree(cards: 2)
        try tree.set("\(SysfsTree.cardFolder(0))/unique_id", "d6ac9f2a1c3e5b70")
        try tree.set("\(SysfsTree.cardFolder(1))/unique_id", "0x0")
        try tree.set("\(SysfsTree.cardFolder(0))/product_name", "AMD Instinct MI300X")
        let monitor = AMDEnergyMonitor(access: .tree(tree))
        #expect(monitor.sensors.map(\.channel.device.identifier) == ["AMD-d6ac9f2a1c3e5b70", "0000:04:00.0"])
        #expect(monitor.sensors.map(\.deviceName) == ["AMD Instinct MI300X", "AMD GPU 0x74a1"])
    }

    @Test func `A card without an accumulator is polled, the average first`() throws {
        let tree = try tree()
        try setEnergy(nil, in: tree)
        try tree.setCardSensors(0, name: "amdgpu", files: ["power1_average": 250_000_000, "power1_input": 260_000_000])
        let monitor = AMDEnergyMonitor(access: .tree(tree))
        #expect(monitor.readEnergy().map(\.watts) == [250])
        #expect(monitor.sensors.map(\.method) == [.powerIntegral])
        #expect(monitor.statuses.first?.reason?.contains("no energy counter") == true)
        #expect(monitor.readDevices().first?.power == .watts(260))
    }

    @Test func `A card without any file of power is polled by its metrics`() throws {
        let tree = try tree()
        try setEnergy(nil, in: tree)
        #expect(AMDEnergyMonitor(access: .tree(tree)).readEnergy().map(\.watts) == [200])
    }

    @Test func `A processor with graphics is a whole socket`() throws {
        let tree = try tree(model: "0x150e")
        let bytes = GPUMetricsBlob.bytes(format: 3, content: 0, power: 28_500)
        try tree.set("\(SysfsTree.cardFolder(0))/gpu_metrics", bytes: bytes)
        let monitor = AMDEnergyMonitor(access: .tree(tree))
        #expect(monitor.sensors.map(\.channel.domain) == [.module])
        #expect(monitor.readEnergy().map(\.watts) == [28.5])
        #expect(monitor.statuses.first?.reason?.contains("whole socket") == true)
    }

    @Test func `The second die of a card with two is no sensor`() throws {
        let tree = try tree(cards: 2, model: "0x740c")
        try setEnergy(0, of: 1, in: tree)
        let monitor = AMDEnergyMonitor(access: .tree(tree))
        #expect(monitor.sensors.count == 1)
        #expect(monitor.statuses.map(\.works) == [true, false])
        #expect(monitor.statuses[1].reason?.contains("first die reports for both") == true)
    }

    @Test func `A card that sleeps is not woken, and its counter stands`() throws {
        let tree = try tree()
        let monitor = AMDEnergyMonitor(access: .tree(tree))
        #expect(monitor.readEnergy().map(\.count) == [65_536])
        try tree.set("\(SysfsTree.cardFolder(0))/power/runtime_status", "suspended")
        // Reading now would wake the card: the file must not be touched.
        tree.remove("\(SysfsTree.cardFolder(0))/gpu_metrics")
        #expect(monitor.readEnergy().map(\.count) == [65_536])
        #expect(monitor.readDevices().first?.power == nil)
        try tree.set("\(SysfsTree.cardFolder(0))/power/runtime_status", "active")
        try setEnergy(100_000, in: tree)
        #expect(monitor.readEnergy().map(\.count) == [100_000])
    }

    @Test func `Values besides energy stand alone`() throws {
        let tree = try tree()
        try tree.setCardSensors(0, name: "amdgpu", files: ["power1_cap": 750_000_000, "temp2_input": 61_500])
        try tree.set("\(SysfsTree.cardFolder(0))/gpu_busy_percent", 93)
        try tree.set("\(SysfsTree.cardFolder(0))/mem_info_vram_used", 17_000)
        let monitor = AMDEnergyMonitor(access: .tree(tree))
        let reading = try #require(monitor.readDevices().first)
        #expect(reading.utilizationPercent == 93)
        #expect(reading.memoryUsedBytes == 17_000)
        #expect(reading.memoryTotalBytes == nil)
        #expect(reading.temperatureCelsius == 61.5)
        #expect(reading.powerLimit == .watts(750))
        #expect(monitor.readEnergy().first?.powerLimit == .watts(750))
    }

    @Test func `A file that fails in mid-run is a failure and comes back`() throws {
        let tree = try tree(cards: 2)
        let monitor = AMDEnergyMonitor(access: .tree(tree))
        try tree.deny("\(SysfsTree.cardFolder(0))/gpu_metrics")
        #expect(monitor.readEnergy().map(\.count) == [nil, 131_072])
        #expect(monitor.readEnergy().first?.failure?.code == .permissionDenied)
        tree.remove("\(SysfsTree.cardFolder(0))/gpu_metrics")
        #expect(monitor.readEnergy().first?.failure?.code == .lost)
        try tree.set("\(SysfsTree.cardFolder(0))/gpu_metrics", bytes: [1, 2])
        #expect(monitor.readEnergy().first?.failure?.code == .unusable)
        try setEnergy(nil, in: tree)
        #expect(monitor.readEnergy().first?.failure?.code == .unusable)
        try setEnergy(7, in: tree)
        #expect(monitor.readEnergy().first?.count == 7)
        monitor.close()
        #expect(monitor.readEnergy().compactMap(\.count) == [])
    }

    @Test func `No card, and a card that says nothing, are told apart`() throws {
        let none = AMDEnergyMonitor(access: .nothing())
        #expect(none.statuses.first?.reason?.contains("no card of AMD's") == true)
        let tree = try SysfsTree()
        try tree.setGraphicsCard(0, maker: "0x1002", model: "0x1")
        let mute = AMDEnergyMonitor(access: .tree(tree))
        #expect(mute.sensors == [])
        #expect(mute.statuses.first?.deviceName == "AMD GPU 0x1")
        #expect(mute.statuses.first?.reason?.contains("does not exist") == true)
    }
}
