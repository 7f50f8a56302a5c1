// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TelemetryCore
import TelemetryTesting
import Testing

@testable import EnergyMonitors

@Suite struct PerfEnergyEventTests {
    /// Two sockets whose powercap counters are closed and whose power unit offers three events.
    private func server() throws -> SysfsTree {
        let tree = try SysfsTree()
        for socket in 0...1 {
            try tree.setPowercapZone("intel-rapl:\(socket)", name: "package-\(socket)", microjoules: 1)
            try tree.deny(SysfsTree.powercapCounter("intel-rapl:\(socket)"))
            try tree.set("sys/devices/system/cpu/cpu\(socket * 18)/topology/physical_package_id", socket)
        }
        let unit = "sys/bus/event_source/devices/power"
        try tree.set("\(unit)/type", 21)
        try tree.set("\(unit)/cpumask", "0,18")
        for (name, number) in [("pkg", 2), ("ram", 3), ("psys", 5)] {
            try tree.set("\(unit)/events/energy-\(name)", "event=0x0\(number)")
            try tree.set("\(unit)/events/energy-\(name).scale", "2.3283064365386963e-10")
        }
        try tree.set("proc/sys/kernel/perf_event_paranoid", 2)
        return tree
    }

    @Test func `The kernel's events are read for each socket, the platform once`() throws {
        let events = PerfEnergyEvent.all(root: SysfsDirectory(path: try server().root))
        #expect(events.map(\.domain) == [.package, .package, .dram, .dram, .psys])
        #expect(events.map(\.processor) == [0, 18, 0, 18, 0])
        #expect(events.map(\.socket) == [0, 1, 0, 1, 0])
        #expect(events.map(\.configuration) == [2, 2, 3, 3, 5])
        #expect(events.allSatisfy { $0.type == 21 && $0.format == .joulesDividedByTwo(toThe: 32) })
    }

    @Test func `Where powercap is closed and perf is open, perf is read`() throws {
        let closed = Mutex(0)
        let monitor = RAPLEnergyMonitor(access: .tree(try server())) { (event) throws(SysfsError) in
            PerfCounter(read: { UInt64(event.processor) + event.configuration }, close: { closed.withLock { $0 += 1 } })
        }
        #expect(monitor.readEnergy().map(\.count) == [2, 20, 3, 21, 5])
        #expect(monitor.sensors.filter(\.isCounted).count == 4)
        #expect(!monitor.statuses.map(\.works).contains(false))
        monitor.close()
        monitor.close()
        #expect(closed.withLock { $0 } == 5)
    }

    @Test func `Where both are closed, both reasons and both remedies are given`() throws {
        let monitor = RAPLEnergyMonitor(access: .tree(try server())) { (event) throws(SysfsError) in
            throw SysfsError(code: .denied, path: "perf event", detail: "denied")
        }
        #expect(monitor.sensors == [])
        #expect(monitor.statuses.count == 2)
        let status = try #require(monitor.statuses.first)
        #expect(status.reason?.contains("energy_uj may not be read") == true)
        #expect(status.reason?.contains("perf_event_paranoid is 2") == true)
    }

    @Test func `An event that fails in mid-run fails by itself`() throws {
        let monitor = RAPLEnergyMonitor(access: .tree(try server())) { (event) throws(SysfsError) in
            PerfCounter(
                read: { () throws(SysfsError) in
                    if event.domain == .dram { throw SysfsError(code: .failed(5), path: "perf", detail: "gone") }
                    return 1
                },
                close: {}
            )
        }
        #expect(monitor.readEnergy().map(\.count) == [1, 1, nil, nil, 1])
    }

    @Test(arguments: [("0", [0]), ("0,18", [0, 18]), ("0-2", [0, 1, 2]), ("0-1,8", [0, 1, 8]), ("", []), ("x", [])])
    func `A mask of processors`(mask: String, expected: [Int]) {
        #expect(PerfEnergyEvent.processors(in: mask) == expected)
    }

    @Test(arguments: ["0.5", "1", "2.3283064365386963e-10"])
    func `A scale is a power of two`(scale: String) {
        #expect(PerfEnergyEvent.format(scale: scale) != nil)
    }

    @Test(arguments: ["", "0", "-1", "3e-10", "nan", "inf", "1e-300"])
    func `Any other scale is refused`(scale: String) {
        #expect(PerfEnergyEvent.format(scale: scale) == nil)
    }

    @Test func `The kernel is really asked`() {
        // The event of a type that no kernel has.
        let event = PerfEnergyEvent(
            type: .max,
            configuration: 0,
            processor: 0,
            socket: 0,
            domain: .package,
            format: .joules
        )
        #expect(throws: SysfsError.self) { _ = try PerfCounter.open(event) }
    }
}
