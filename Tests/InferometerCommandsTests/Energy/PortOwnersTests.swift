// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import InferometerCommands

@Suite struct PortOwnersTests {
    @Test(arguments: [
        (ProcessTree.loopback, "127.0.0.1", true), (ProcessTree.loopback, "localhost", true),
        (ProcessTree.wildcard, "127.0.0.1", true), (ProcessTree.wildcard6, "127.0.0.1", true),
        (ProcessTree.loopback6, "::1", true), (ProcessTree.loopback6, "localhost", true),
        (ProcessTree.mappedLoopback, "127.0.0.1", true), (ProcessTree.wildcard, "192.0.2.7", true),
        (ProcessTree.loopback, "gpu1", true), (ProcessTree.loopback6, "127.0.0.1", false),
        (ProcessTree.loopback, "192.0.2.7", false),
    ])
    func aListenerHearsAnAddress(_ kernel: String, _ host: String, _ isHeard: Bool) throws {
        var tree = try ProcessTree()
        try tree.listen(kernel, port: 8_080, inode: 77)
        try tree.process(40, parent: 1, sockets: [77])
        #expect(owners(tree, host, 8_080) == (isHeard ? .processes([40]) : .nobody))
        #expect(owners(tree, host, 8_081) == .nobody)
    }

    @Test func theVeryAddressWinsOverAllAddresses() throws {
        var tree = try ProcessTree()
        try tree.listen(ProcessTree.wildcard, port: 80, inode: 1)
        try tree.listen(ProcessTree.loopback, port: 80, inode: 2)
        try tree.process(10, parent: 1, sockets: [1])
        try tree.process(20, parent: 1, sockets: [2])
        #expect(owners(tree, "127.0.0.1", 80) == .processes([20]))
        #expect(owners(tree, "192.0.2.7", 80) == .processes([10]))
    }

    @Test func aConnectionIsNoListener() throws {
        var tree = try ProcessTree()
        try tree.listen(ProcessTree.loopback, port: 80, inode: 1, state: "01")
        try tree.process(10, parent: 1, sockets: [1])
        #expect(owners(tree, "127.0.0.1", 80) == .nobody)
    }

    /// Workers of one server each have a socket of their own, or all the same one.
    @Test func allWhoListenAreOwners() throws {
        var tree = try ProcessTree()
        try tree.listen(ProcessTree.wildcard, port: 80, inode: 1)
        try tree.listen(ProcessTree.wildcard, port: 80, inode: 2)
        try tree.process(10, parent: 1, sockets: [1])
        try tree.process(11, parent: 10, sockets: [1])
        try tree.process(12, parent: 10, sockets: [2])
        #expect(owners(tree, "127.0.0.1", 80) == .processes([10, 11, 12]))
    }

    /// A service manager keeps the sockets of its services; in a container the engine itself may be process 1.
    @Test func theFirstProcessIsAnOwnerOnlyAlone() throws {
        var tree = try ProcessTree()
        try tree.listen(ProcessTree.wildcard, port: 80, inode: 1)
        try tree.process(1, parent: 0, sockets: [1])
        #expect(owners(tree, "127.0.0.1", 80) == .processes([1]))
        try tree.process(9, parent: 1, sockets: [1])
        #expect(owners(tree, "127.0.0.1", 80) == .processes([9]))
    }

    @Test func anotherUsersEngineIsNotGuessed() throws {
        var tree = try ProcessTree()
        try tree.listen(ProcessTree.wildcard, port: 80, inode: 1)
        try tree.process(9, parent: 1, sockets: nil)
        #expect(owners(tree, "127.0.0.1", 80).processes == nil)
        // Half of an answer is none.
        try tree.listen(ProcessTree.wildcard, port: 80, inode: 2)
        try tree.process(10, parent: 1, sockets: [2])
        #expect(owners(tree, "127.0.0.1", 80).processes == nil)
    }

    @Test func withoutTheKernelsTablesNothingIsKnown() throws {
        let tree = try SysfsTree()
        #expect(!ProcessFolder(root: tree.root).exists)
        var finder = PortOwnerFinder(folder: ProcessFolder(root: tree.root))
        #expect(finder.owners(of: [("127.0.0.1", 80)])[0].processes == nil)
    }

    @Test func anEngineThatIsStartedAnewIsFoundAgain() throws {
        var tree = try ProcessTree()
        try tree.listen(ProcessTree.loopback, port: 80, inode: 1)
        try tree.process(10, parent: 1, sockets: [1])
        var finder = PortOwnerFinder(folder: tree.folder)
        #expect(finder.owners(of: [("127.0.0.1", 80)]) == [.processes([10])])
        tree.tree.remove("proc/10")
        try tree.process(30, parent: 1, sockets: [1])
        #expect(finder.owners(of: [("127.0.0.1", 80)]) == [.processes([30])])
    }

    /// A name may hold what ends it.
    @Test(arguments: ["engine", "a) S 99 (b", "", "with space"])
    func aParentIsReadWhateverTheName(_ name: String) throws {
        let tree = try ProcessTree()
        try tree.process(10, parent: 7, name: name)
        #expect(tree.folder.parent(of: 10) == 7)
        #expect(tree.folder.parent(of: 11) == nil)
    }

    @Test(arguments: ["", "0100007", "ZZ00007F", "0100007F00", "0000000000000000FFFF00000100007FAA"])
    func whatIsNoAddressIsNone(_ digits: String) {
        #expect(NetworkAddress(kernelDigits: digits) == nil)
    }

    private func owners(_ tree: ProcessTree, _ host: String, _ port: Int) -> PortOwners {
        var finder = PortOwnerFinder(folder: tree.folder)
        return finder.owners(of: [(host, port)])[0]
    }
}
