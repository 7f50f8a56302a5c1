// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import EnergyMonitors

@Suite struct ProcessorEstimateTests {
    /// Captured on a machine with two processors.
    private static let stat = """
        cpu  4705 150 1120 16250 520 30 45 700 12 0
        cpu0 2350 75 560 8125 260 15 22 350 6 0
        cpu1 2355 75 560 8125 260 15 23 350 6 0
        intr 114930548 113199788 3 0 5 263 0 4 [...]
        ctxt 1990473
        """

    @Test func busyTimeIsWhatWasWorked() throws {
        let tree = try SysfsTree()
        try tree.set("proc/stat", Self.stat)
        let time = try #require(ProcessorTime(root: SysfsDirectory(path: tree.root)))
        #expect(time.processors == 2)
        // Idle, waiting for disks and what the host took away are no work.
        #expect(abs(time.busySeconds - 60.5) < 1e-9)
        let joules = Double(time.nanojoules(over: 100)) / 1e9
        #expect(abs(joules - 314.98) < 1e-6)
    }

    @Test func energyFollowsTheLoad() throws {
        let (tree, clock) = (try SysfsTree(), ManualClock())
        try tree.set("proc/stat", "cpu 0 0 0 0 0 0 0\ncpu0 0\ncpu1 0")
        let monitor = ProcessorEstimateMonitor(root: tree.root, clock: clock.clock)
        #expect(monitor.sensors.map(\.method) == [.estimated])
        #expect(monitor.statuses.map(\.works) == [true])
        #expect(monitor.readEnergy().map(\.value) == [.count(0)])
        clock.advance(by: .seconds(10))
        // One of the two worked for all of the ten seconds.
        try tree.set("proc/stat", "cpu 1000 0 0 1000 0 0 0\ncpu0 0\ncpu1 0")
        guard case .count(let count) = try #require(monitor.readEnergy().first).value else {
            Issue.record("no count")
            return
        }
        let joules = Double(count) / 1e9
        #expect(abs(joules - 42.4) < 1e-6)
    }

    @Test(arguments: ["", "cpu 1 2 3\ncpu0 1", "cpu a b c d e f g\ncpu0 1", "cpu 1 2 3 4 5 6 7"])
    func whatTheKernelDoesNotSayIsNotEstimated(_ text: String) throws {
        let tree = try SysfsTree()
        try tree.set("proc/stat", text)
        let monitor = ProcessorEstimateMonitor(root: tree.root, clock: .system)
        #expect(monitor.sensors.isEmpty && monitor.statuses.map(\.works) == [false])
    }

    @Test func aFolderThatVanishesMakesTheEstimateFail() throws {
        let tree = try SysfsTree()
        try tree.set("proc/stat", Self.stat)
        let monitor = ProcessorEstimateMonitor(root: tree.root, clock: .system)
        tree.remove("proc/stat")
        guard case .failed = try #require(monitor.readEnergy().first).value else {
            Issue.record("no failure")
            return
        }
    }
}
