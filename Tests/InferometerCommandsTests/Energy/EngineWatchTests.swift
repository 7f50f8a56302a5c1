// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import InferometerCommands

@Suite struct EngineWatchTests {
    private let first = EnergyDeviceID(vendor: .nvidia, identifier: "GPU-a")
    private let second = EnergyDeviceID(vendor: .nvidia, identifier: "GPU-b")

    @Test func aDescendantsDeviceIsItsEngines() {
        let use = use([("one", .processes([10])), ("two", .processes([20]))], [first: [12], second: [21, 99]])
        #expect(use.devices == ["one": [first], "two": [second]])
        #expect(use.processes == ["one": [12], "two": [21]])
        #expect(use.allProcesses == [12, 21])
        #expect(use.seen == [12, 21, 99])
    }

    @Test func anEngineMayUseSeveralDevices() {
        let use = use([("one", .processes([10]))], [first: [10], second: [11]])
        #expect(use.devices == ["one": [first, second]])
    }

    /// Whatever one of them does could then look like another's work.
    @Test(arguments: [
        PortOwners.unknown("another user's"), .processes([50]),
    ])
    func oneEngineThatCannotBeToldMakesForeignWorkUnknown(_ owners: PortOwners) {
        let use = use([("one", .processes([10])), ("two", owners)], [first: [10, 99]])
        #expect(use.allProcesses == nil)
        #expect(use.devices["one"] == [first])
    }

    @Test func anEngineThatDoesNotRunIsInNobodysWay() {
        let use = use([("one", .processes([10])), ("two", .nobody)], [first: [10, 99]])
        #expect(use.allProcesses == [10])
    }

    @Test func aRingOfParentsEnds() {
        let use = EngineUse(
            engines: [("one", .processes([10]))],
            lists: [first: [1_000]],
            parent: { $0 == 1_000 ? 1_001 : 1_000 }
        )
        #expect(use.processes == ["one": []])
    }

    @Test func theWatchAsksWhenThereIsNews() throws {
        var tree = try ProcessTree()
        try tree.listen(ProcessTree.loopback, port: 8_080, inode: 5)
        try tree.process(40, parent: 1, sockets: [5])
        try tree.process(41, parent: 40)
        let watch = EngineWatch(folder: tree.folder)
        watch.setEngines([LocalEngine(name: "near", host: "127.0.0.1", port: 8_080)])
        // No driver lists anything: nothing to compare with, nothing asked.
        #expect(watch.refresh(at: at(0)) == nil)
        watch.take([reading(first, [41]), reading(second, [])])
        #expect(watch.devices(of: "near") == nil)
        #expect(watch.refresh(at: at(1))?.devices == ["near": [first]])
        #expect(watch.devices(of: "near") == [first])
        #expect(watch.refresh(at: at(2)) == nil)
        // A new process on a list is news at once.
        try tree.process(42, parent: 40)
        watch.take([reading(first, [41]), reading(second, [42])])
        #expect(watch.refresh(at: at(3))?.devices == ["near": [first, second]])
        watch.take([reading(first, nil), reading(second, nil)])
        #expect(watch.refresh(at: at(4)) == nil)
    }

    /// An engine that is started anew is seen with the calls; without any, within a minute.
    @Test(arguments: [true, false])
    func theWatchAsksAgain(withCalls: Bool) throws {
        var tree = try ProcessTree()
        try tree.listen(ProcessTree.loopback, port: 8_080, inode: 5)
        try tree.process(40, parent: 1, sockets: [5])
        let watch = EngineWatch(folder: tree.folder)
        watch.setEngines([LocalEngine(name: "near", host: "localhost", port: 8_080)])
        watch.take([reading(first, [40, 50])])
        #expect(watch.refresh(at: at(0))?.processes == ["near": [40]])
        tree.tree.remove("proc/40")
        try tree.process(50, parent: 1, sockets: [5])
        if withCalls { watch.noteCall() }
        #expect(watch.refresh(at: at(4)) == nil)
        #expect((watch.refresh(at: at(6)) != nil) == withCalls)
        _ = watch.refresh(at: at(66))
        #expect(watch.devices(of: "near") == [first])
    }

    @Test func whereProcessesCannotBeSeenNothingIsKnown() {
        let watch = EngineWatch(folder: nil)
        watch.setEngines([LocalEngine(name: "near", host: "localhost", port: 1)])
        watch.take([reading(first, [1])])
        #expect(watch.refresh(at: at(0)) == nil)
        #expect(watch.devices(of: "near") == nil)
    }

    /// 11 and 12 descend from 10, 21 from 20.
    private func use(
        _ engines: [(name: String, owners: PortOwners)],
        _ lists: [EnergyDeviceID: Set<Int32>]
    ) -> EngineUse {
        let parents: [Int32: Int32] = [10: 1, 11: 10, 12: 11, 20: 1, 21: 20, 99: 1]
        return EngineUse(engines: engines, lists: lists, parent: { parents[$0] })
    }

    private func reading(_ device: EnergyDeviceID, _ processes: [Int32]?) -> DeviceReading {
        var reading = DeviceReading(device: device)
        reading.processes = processes?.map { DeviceProcess(processID: $0) }
        return reading
    }

    private func at(_ seconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: seconds * 1_000_000_000)
    }
}
