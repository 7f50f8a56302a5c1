// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import EnergyMonitors

@Suite struct IntelGPUEnergyMonitorTests {
    private func tree(driver: String, _ files: [String: Int], labels: [String: String] = [:]) throws -> SysfsTree {
        let tree = try SysfsTree()
        try tree.setGraphicsCard(0, maker: "0x8086", model: "0xe20b")
        try tree.setCardSensors(0, name: driver, files: files, number: 4)
        for (file, label) in labels { try tree.set("\(SysfsTree.cardFolder(0))/hwmon/hwmon4/\(file)", label) }
        return tree
    }

    private static let both = ["energy1_label": "card", "energy2_label": "pkg"]

    @Test func `A card is counted, its package shown`() throws {
        let tree = try tree(driver: "xe", ["energy1_input": 90, "energy2_input": 70], labels: Self.both)
        let monitor = IntelGPUEnergyMonitor(access: .tree(tree))
        #expect(monitor.readEnergy().map(\.count) == [90, 70])
        #expect(monitor.sensors.map(\.channel.domain) == [.card, .cardPackage])
        #expect(monitor.sensors.map(\.isCounted) == [true, false])
        #expect(monitor.sensors.map(\.format) == [.microjoules, .microjoules])
        #expect(monitor.statuses[1].reason?.contains("the card contains it") == true)
    }

    @Test func `Where only the package has a counter it stands for the card`() throws {
        let tree = try tree(driver: "xe", ["energy2_input": 70], labels: ["energy2_label": "pkg"])
        let monitor = IntelGPUEnergyMonitor(access: .tree(tree))
        #expect(monitor.readEnergy().map(\.count) == [70])
        #expect(monitor.sensors.map(\.channel.domain) == [.card])
        #expect(monitor.sensors.map(\.isCounted) == [true])
        #expect(monitor.statuses.first?.reason?.contains("package alone") == true)
    }

    @Test func `The older driver has no labels and entries for tiles beside`() throws {
        let tree = try tree(driver: "i915", ["energy1_input": 55])
        try tree.setCardSensors(0, name: "i915_gt0", files: ["energy1_input": 50], number: 3)
        let monitor = IntelGPUEnergyMonitor(access: .tree(tree))
        #expect(monitor.readEnergy().map(\.count) == [55])
        #expect(monitor.sensors.first?.name == "i915 energy1_input")
    }

    @Test func `An integrated card has no counter and says where it is measured`() throws {
        let tree = try SysfsTree()
        try tree.setGraphicsCard(0, maker: "0x8086", model: "0x46a6")
        let monitor = IntelGPUEnergyMonitor(access: .tree(tree))
        #expect(monitor.sensors == [])
        #expect(monitor.statuses.first?.reason?.contains("uncore") == true)
    }

    @Test(
        arguments: [
            (["power1_max": 190_000_000], Power?(.watts(190))),
            (["power1_max": 0, "power1_rated_max": 150_000_000], .watts(150)),
            ([:], nil),
        ] as [([String: Int], Power?)]
    )
    func `A limit of 0 is none`(files: [String: Int], expected: Power?) throws {
        let tree = try tree(driver: "xe", files.merging(["energy1_input": 1]) { first, _ in first })
        #expect(IntelGPUEnergyMonitor(access: .tree(tree)).readEnergy().first?.powerLimit == expected)
    }

    @Test func `A card that sleeps is not woken`() throws {
        let tree = try tree(driver: "xe", ["energy1_input": 10, "temp2_input": 40_000])
        let monitor = IntelGPUEnergyMonitor(access: .tree(tree))
        #expect(monitor.readDevices().first?.temperatureCelsius == 40)
        try tree.set("\(SysfsTree.cardFolder(0))/power/runtime_status", "suspended")
        #expect(monitor.readEnergy().first?.failure?.code == .unusable)
        #expect(monitor.readDevices().first?.temperatureCelsius == nil)
        try tree.set("\(SysfsTree.cardFolder(0))/power/runtime_status", "active")
        #expect(monitor.readEnergy().first?.count == 10)
        try tree.set("\(SysfsTree.cardFolder(0))/power/runtime_status", "suspended")
        #expect(monitor.readEnergy().first?.count == 10)
    }

    @Test func `A denied file is no working sensor`() throws {
        let tree = try tree(driver: "xe", ["energy1_input": 10])
        try tree.deny("\(SysfsTree.cardFolder(0))/hwmon/hwmon4/energy1_input")
        let monitor = IntelGPUEnergyMonitor(access: .tree(tree))
        #expect(monitor.statuses.map(\.works) == [false])
        #expect(monitor.readEnergy().first?.failure?.code == .permissionDenied)
        monitor.close()
        #expect(monitor.readEnergy().first?.failure?.code == .failed)
    }
}
