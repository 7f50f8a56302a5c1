// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import EnergyMonitors

extension HardwareAccess {
    /// A machine whose kernel folders are those of a tree, and which has nothing else.
    static func tree(_ tree: SysfsTree, clock: ManualClock = .atZero()) -> HardwareAccess {
        var access = nothing(clock: clock)
        access.root = tree.root
        return access
    }
}

@Suite struct RAPLEnergyMonitorTests {
    /// A desktop with all five zones, and the mmio tree that repeats the package.
    private func desktop() throws -> SysfsTree {
        let tree = try SysfsTree()
        try tree.setPowercapZone("intel-rapl:0", name: "package-0", microjoules: 50_000_000)
        try tree.setPowercapZone("intel-rapl:0/intel-rapl:0:0", name: "core", microjoules: 35_000_000)
        try tree.setPowercapZone("intel-rapl:0/intel-rapl:0:1", name: "uncore", microjoules: 6_000_000)
        try tree.setPowercapZone(
            "intel-rapl:0/intel-rapl:0:2",
            name: "dram",
            microjoules: 4_000_000,
            maximum: 65_712_999_613
        )
        try tree.setPowercapZone("intel-rapl:1", name: "psys", microjoules: 80_000_000)
        try tree.setPowercapZone("intel-rapl-mmio:0", name: "package-0", microjoules: 50_000_000)
        return tree
    }

    @Test func `Every zone is found once, by its path`() throws {
        let monitor = RAPLEnergyMonitor(access: .tree(try desktop()))
        #expect(
            monitor.sensors.map(\.name) == [
                "intel-rapl:0 package-0", "intel-rapl:0/intel-rapl:0:0 core", "intel-rapl:0/intel-rapl:0:1 uncore",
                "intel-rapl:0/intel-rapl:0:2 dram", "intel-rapl:1 psys",
            ]
        )
        #expect(monitor.readEnergy().map(\.count) == [50_000_000, 35_000_000, 6_000_000, 4_000_000, 80_000_000])
        #expect(!monitor.statuses.map(\.works).contains(false))
    }

    @Test func `A total counts packages and memory`() throws {
        let monitor = RAPLEnergyMonitor(access: .tree(try desktop()))
        #expect(monitor.sensors.filter(\.isCounted).map(\.channel.domain) == [.package, .dram])
    }

    @Test func `The counter's range is the zone's own`() throws {
        let monitor = RAPLEnergyMonitor(access: .tree(try desktop()))
        #expect(
            monitor.sensors.map(\.format?.modulus) == [
                262_143_328_851, 262_143_328_851, 262_143_328_851, 65_712_999_614, 262_143_328_851,
            ]
        )
    }

    @Test func `Sockets are kept apart though their zones have equal names`() throws {
        let tree = try SysfsTree()
        for socket in 0...1 {
            try tree.setPowercapZone(
                "intel-rapl:\(socket)",
                name: "package-\(socket)",
                microjoules: UInt64(10 + socket)
            )
            try tree.setPowercapZone(
                "intel-rapl:\(socket)/intel-rapl:\(socket):0",
                name: "dram",
                microjoules: UInt64(20 + socket)
            )
        }
        let monitor = RAPLEnergyMonitor(access: .tree(tree))
        let readings = monitor.readEnergy()
        #expect(Set(readings.map(\.channel)).count == 4)
        #expect(readings.map(\.count) == [10, 20, 11, 21])
    }

    @Test func `A second tree counts where the first is not there`() throws {
        let tree = try SysfsTree()
        try tree.setPowercapZone("intel-rapl-mmio:0", name: "package-0", microjoules: 7)
        #expect(RAPLEnergyMonitor(access: .tree(tree)).readEnergy().map(\.count) == [7])
    }

    @Test func `A counter that may not be read is no sensor, and the remedy opens no other file`() throws {
        let tree = try desktop()
        for path in ["intel-rapl:0", "intel-rapl:0/intel-rapl:0:0", "intel-rapl:1"] {
            try tree.deny(SysfsTree.powercapCounter(path))
        }
        let monitor = RAPLEnergyMonitor(access: .tree(tree))
        #expect(monitor.sensors.map(\.channel.domain) == [.uncore, .dram])
        let denied = monitor.statuses.filter { !$0.works }
        #expect(denied.map(\.domain) == [.package, .core, .psys])
        for status in denied {
            #expect(try #require(status.reason).contains("may not be read"))
            let remedy = try #require(status.remedy)
            #expect(remedy.contains("tmpfiles.d") && remedy.contains("cap_perfmon"))
            #expect(!remedy.lowercased().contains("dac_read_search") && !remedy.contains("dac_override"))
        }
    }

    @Test func `A virtual machine without counters says so`() throws {
        let monitor = RAPLEnergyMonitor(access: .tree(try SysfsTree()))
        #expect(monitor.sensors == [])
        #expect(monitor.readEnergy() == [])
        let status = try #require(monitor.statuses.first)
        #expect(!status.works)
        #expect(status.reason?.contains("no intel-rapl zone") == true)
        #expect(status.remedy?.contains("modprobe intel_rapl_msr") == true)
    }

    @Test func `A zone that vanishes fails by itself`() throws {
        let tree = try desktop()
        let monitor = RAPLEnergyMonitor(access: .tree(tree))
        tree.remove(SysfsTree.powercapCounter("intel-rapl:0/intel-rapl:0:2"))
        let readings = monitor.readEnergy()
        #expect(readings.map(\.count) == [50_000_000, 35_000_000, 6_000_000, nil, 80_000_000])
        #expect(readings[3].failure?.code == .lost)
        try tree.setPowercapZone("intel-rapl:0/intel-rapl:0:2", name: "dram", microjoules: 5)
        #expect(monitor.readEnergy()[3].count == 5)
    }

    @Test func `Content that is no number is unusable`() throws {
        let tree = try desktop()
        let monitor = RAPLEnergyMonitor(access: .tree(tree))
        try tree.set(SysfsTree.powercapCounter("intel-rapl:0"), "")
        #expect(monitor.readEnergy()[0].failure?.code == .unusable)
    }

    @Test func `After closing every reading fails`() throws {
        let monitor = RAPLEnergyMonitor(access: .tree(try desktop()))
        monitor.close()
        monitor.close()
        #expect(monitor.readEnergy().compactMap(\.count) == [])
        #expect(monitor.readEnergy().count == 5)
    }
}
