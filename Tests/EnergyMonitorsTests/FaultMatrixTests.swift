// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import EnergyMonitors

/// What bad luck does to each vendor's counter, through the meters that hold it: never a zero, never a guess.
@Suite struct FaultMatrixTests {
    /// A vendor's one counter in a machine that is made up, and how to move and to break it.
    struct Machine: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let make: @Sendable (SysfsTree, ManualClock) throws -> any EnergyMonitor
        /// Sets the counter to so many joules since the test began.
        let set: @Sendable (SysfsTree, Double) throws -> Void
        /// The counter's file.
        let file: String

        static let all = [rapl, amd, intel]

        static let rapl = Machine(
            testDescription: "powercap",
            make: { tree, clock in
                try Self.setRAPL(tree, 0)
                return RAPLEnergyMonitor(access: .tree(tree, clock: clock))
            },
            set: { try Self.setRAPL($0, $1) },
            file: SysfsTree.powercapCounter("intel-rapl:0")
        )

        static let amd = Machine(
            testDescription: "amdgpu",
            make: { tree, clock in
                try tree.setGraphicsCard(0, maker: "0x1002", model: "0x74a1")
                try Self.setAMD(tree, 0)
                return AMDEnergyMonitor(access: .tree(tree, clock: clock))
            },
            set: { try Self.setAMD($0, $1) },
            file: "\(SysfsTree.cardFolder(0))/gpu_metrics"
        )

        static let intel = Machine(
            testDescription: "xe",
            make: { tree, clock in
                try tree.setGraphicsCard(0, maker: "0x8086", model: "0xe20b")
                try Self.setIntel(tree, 0)
                return IntelGPUEnergyMonitor(access: .tree(tree, clock: clock))
            },
            set: { try Self.setIntel($0, $1) },
            file: "\(SysfsTree.cardFolder(0))/hwmon/hwmon0/energy1_input"
        )

        private static func setRAPL(_ tree: SysfsTree, _ joules: Double) throws {
            try tree.setPowercapZone("intel-rapl:0", name: "package-0", microjoules: 5_000_000 + UInt64(joules * 1e6))
        }

        private static func setAMD(_ tree: SysfsTree, _ joules: Double) throws {
            let energy = UInt64((5 + joules) * 65_536)
            let bytes = GPUMetricsBlob.bytes(format: 1, content: 3, energy: energy, power: 200)
            try tree.set("\(SysfsTree.cardFolder(0))/gpu_metrics", bytes: bytes)
        }

        private static func setIntel(_ tree: SysfsTree, _ joules: Double) throws {
            try tree.setCardSensors(0, name: "xe", files: ["energy1_input": Int((5 + joules) * 1e6)])
        }
    }

    private let clock = ManualClock.atZero()

    private static func instant(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64(seconds * 1e9))
    }

    /// Reads every 50 ms from one time to another; `joules` is what the counter shows then, nothing where it is broken.
    private func run(
        _ machine: Machine,
        on tree: SysfsTree,
        _ monitor: any EnergyMonitor,
        _ meters: inout EnergyMeters,
        from start: Double,
        to end: Double,
        joules: (Double) -> Double?
    ) throws {
        for tick in Int((start * 20).rounded(.up))..<Int((end * 20).rounded()) {
            let time = Double(tick) / 20
            clock.set(time)
            if let joules = joules(time) { try machine.set(tree, joules) }
            _ = meters.take(monitor.readEnergy(), from: Self.instant(time), to: Self.instant(time))
        }
    }

    private func prepared(_ machine: Machine) throws -> (SysfsTree, any EnergyMonitor, EnergyMeters) {
        let tree = try SysfsTree()
        let monitor = try machine.make(tree, clock)
        try #require(monitor.sensors.count == 1)
        return (tree, monitor, EnergyMeters(sensors: monitor.sensors))
    }

    private func measured(_ meters: EnergyMeters, _ from: Double, _ to: Double) -> EnergyWindow? {
        meters.windows(from: Self.instant(from), to: Self.instant(to)).first?.window
    }

    @Test(arguments: Machine.all) func `A counter that works is followed`(machine: Machine) throws {
        var (tree, monitor, meters) = try prepared(machine)
        try run(machine, on: tree, monitor, &meters, from: 0, to: 4) { 120 * $0 }
        let window = try #require(measured(meters, 1, 3))
        #expect(window.isComplete && abs(window.energy.joules - 240) <= window.bound.joules)
        #expect(window.bound.joules < 20)
    }

    /// A hiccup: the counter counted on unseen, so nothing is lost.
    @Test(arguments: Machine.all) func `A file that is gone for a second costs nothing`(machine: Machine) throws {
        var (tree, monitor, meters) = try prepared(machine)
        try run(machine, on: tree, monitor, &meters, from: 0, to: 1) { 120 * $0 }
        tree.remove(machine.file)
        try run(machine, on: tree, monitor, &meters, from: 1, to: 2) { _ in nil }
        #expect(meters.meters[0].failure != nil)
        try run(machine, on: tree, monitor, &meters, from: 2, to: 3) { 120 * $0 }
        #expect(meters.meters[0].failure == nil)
        let whole = try #require(measured(meters, 0.5, 2.5))
        #expect(whole.isComplete && abs(whole.energy.joules - 240) <= whole.bound.joules)
    }

    @Test(arguments: Machine.all) func `A file that stays away is a failure and no zero`(machine: Machine) throws {
        var (tree, monitor, meters) = try prepared(machine)
        try run(machine, on: tree, monitor, &meters, from: 0, to: 1) { 120 * $0 }
        tree.remove(machine.file)
        try run(machine, on: tree, monitor, &meters, from: 1, to: 4) { _ in nil }
        let failure = try #require(meters.meters[0].failure)
        #expect(!failure.reason.isEmpty)
        #expect(measured(meters, 0.5, 3.5)?.isComplete == false)
        #expect(measured(meters, 2, 3) == nil)
        #expect(measured(meters, 0.2, 0.8)?.isComplete == true)
    }

    @Test(arguments: Machine.all) func `What is forbidden in mid-run says so`(machine: Machine) throws {
        var (tree, monitor, meters) = try prepared(machine)
        try run(machine, on: tree, monitor, &meters, from: 0, to: 1) { 120 * $0 }
        try tree.deny(machine.file)
        try run(machine, on: tree, monitor, &meters, from: 1, to: 1.2) { _ in nil }
        #expect(meters.meters[0].failure?.code == .permissionDenied)
        #expect(measured(meters, 1.1, 1.2) == nil)
    }

    @Test(arguments: Machine.all) func `A counter that goes back begins anew`(machine: Machine) throws {
        var (tree, monitor, meters) = try prepared(machine)
        try run(machine, on: tree, monitor, &meters, from: 0, to: 2) { 400 + 120 * $0 }
        try run(machine, on: tree, monitor, &meters, from: 2, to: 4) { 120 * ($0 - 2) }
        let across = try #require(measured(meters, 1, 3))
        #expect(!across.isComplete)
        // What is given is the covered part, and neither a wrap of the whole range nor a negative.
        #expect(across.energy.joules > 200 && across.energy.joules < 240)
        let after = try #require(measured(meters, 2.5, 3.5))
        #expect(after.isComplete && abs(after.energy.joules - 120) <= after.bound.joules)
    }

    @Test(arguments: Machine.all) func `A counter that leaps ahead is not believed`(machine: Machine) throws {
        var (tree, monitor, meters) = try prepared(machine)
        try run(machine, on: tree, monitor, &meters, from: 0, to: 2) { 120 * $0 }
        try run(machine, on: tree, monitor, &meters, from: 2, to: 4) { 90_000 + 120 * $0 }
        let across = try #require(measured(meters, 1, 3))
        #expect(!across.isComplete && across.energy.joules < 240)
    }

    @Test(arguments: Machine.all) func `A counter that is stuck leaves a gap and no free lunch`(machine: Machine) throws
    {
        var (tree, monitor, meters) = try prepared(machine)
        try run(machine, on: tree, monitor, &meters, from: 0, to: 2) { 120 * $0 }
        try run(machine, on: tree, monitor, &meters, from: 2, to: 10) { _ in 120 * 1.95 }
        #expect(measured(meters, 1, 9)?.isComplete == false)
        try run(machine, on: tree, monitor, &meters, from: 10, to: 12) { 120 * $0 }
        #expect(measured(meters, 1, 11)?.isComplete == false)
        #expect(measured(meters, 10.5, 11.5)?.isComplete == true)
    }

    @Test(arguments: Machine.all) func `Content that means nothing is a failure`(machine: Machine) throws {
        var (tree, monitor, meters) = try prepared(machine)
        try run(machine, on: tree, monitor, &meters, from: 0, to: 1) { 120 * $0 }
        try tree.set(machine.file, "")
        try run(machine, on: tree, monitor, &meters, from: 1, to: 1.2) { _ in nil }
        #expect(meters.meters[0].failure != nil)
        try tree.set(machine.file, "-1")
        try run(machine, on: tree, monitor, &meters, from: 1.2, to: 1.4) { _ in nil }
        #expect(meters.meters[0].failure != nil)
        #expect(measured(meters, 0.2, 0.8)?.isComplete == true)
    }

    /// 500 W in a range of 65,536 J, as an old processor has it, wrap every 131 s.
    @Test func `A wrap is undone with the zone's own range`() throws {
        let tree = try SysfsTree()
        let range: UInt64 = 65_532_610_987
        func show(_ seconds: Double) throws {
            let count = (65_000_000_000 + UInt64(seconds * 500e6)) % (range + 1)
            try tree.setPowercapZone("intel-rapl:0", name: "package-0", microjoules: count, maximum: range)
        }
        try show(0)
        let monitor = RAPLEnergyMonitor(access: .tree(tree, clock: clock))
        var meters = EnergyMeters(sensors: monitor.sensors)
        for tick in 0..<400 {
            let time = Double(tick)
            try show(time)
            _ = meters.take(monitor.readEnergy(), from: Self.instant(time), to: Self.instant(time))
        }
        let window = try #require(measured(meters, 1, 390))
        #expect(window.isComplete && abs(window.energy.joules - 389 * 500) <= window.bound.joules)
        #expect(window.bound.joules < 1_100)
    }
}
