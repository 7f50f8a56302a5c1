// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import EnergyMonitors

@Suite struct SysfsDirectoryTests {
    private let tree: SysfsTree
    private let directory: SysfsDirectory

    init() throws {
        tree = try SysfsTree()
        directory = SysfsDirectory(path: tree.root)
    }

    @Test func `Numbers and texts are read without white space`() throws {
        try tree.set("a", " 42 ")
        try tree.set("b", -7)
        #expect(try directory.unsigned("a") == 42)
        #expect(try directory.integer("b") == -7)
        #expect(try directory.text("a") == "42")
        #expect(directory.optionalInteger("c") == nil)
    }

    @Test(arguments: ["", "x", "1.5", "-1", "18446744073709551616", "0x10"])
    func `What is no whole number is malformed`(text: String) throws {
        try tree.set("a", text)
        #expect { try directory.unsigned("a") } throws: { ($0 as? SysfsError)?.code == .malformed }
    }

    @Test func `Missing, denied and failing files are told apart`() throws {
        try tree.set("denied", 1)
        try tree.deny("denied")
        try tree.set("folder/file", 1)
        func code(_ file: String) -> SysfsError.Code? {
            do {
                _ = try directory.bytes(file)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code("missing") == .missing)
        #expect(code("denied") == .denied)
        #expect(code("folder/file/x") == .missing)
        if case .failed? = code("folder") {} else { Issue.record("a folder is no file") }
    }

    @Test func `Entries stand in the order of their numbers`() throws {
        for name in ["card10", "card9", "card1", "card1-DP-1"] { try tree.set("d/\(name)/x", 1) }
        #expect(try directory["d"].entries() == ["card1", "card1-DP-1", "card9", "card10"])
        #expect(directory["none"].directories { _ in true } == [])
    }

    @Test func `A file is read to its limit`() throws {
        try tree.set("long", bytes: [UInt8](repeating: 65, count: 10_000))
        #expect(try directory.bytes("long").count == 4_096)
        #expect(try directory.bytes("long", limit: 20_000).count == 10_000)
    }
}

@Suite struct DynamicLibraryTests {
    @Test func `All reasons are kept`() {
        #expect {
            try DynamicLibrary(firstOf: ["/nonexistent/a.so", "/nonexistent/b.so"])
        } throws: { error in
            "\(error)".contains("a.so") && "\(error)".contains("b.so")
        }
    }

    @Test func `Functions are found by the first name that is there`() throws {
        typealias Clock = @Sendable @convention(c) () -> Int
        let fake = try FakeIOReport(script: "")
        let library = try DynamicLibrary(firstOf: ["/nonexistent/a.so", fake.libraryPath])
        #expect(library.name == fake.libraryPath)
        #expect(library.function(firstOf: ["nothing", "fake_ioreport_objects"], as: Clock.self)?() == 0)
        #expect(library.function("nothing", as: Clock.self) == nil)
    }
}

/// The fakes are measuring instruments too: what they say must be right.
@Suite struct FakeLibraryTests {
    @Test func `Copies do not share what they are told`() throws {
        let one = try FakeNVML(script: "clock manual\ndevice counter_mj=1")
        let other = try FakeNVML(script: "clock manual\ndevice counter_mj=2")
        #expect(one.counter(at: 0) == 1)
        #expect(other.counter(at: 0) == 2)
    }

    @Test(arguments: ["nonsense", "power 0:1", "device\npower 1:2 0:1", "device\npower x", "device\nfoo"])
    func `A line that is not understood is refused with its number`(script: String) throws {
        let number = script.split(separator: "\n").count
        #expect {
            try FakeNVML(script: script)
        } throws: { error in
            "\(error)".contains("line \(number) of the script")
        }
    }

    @Test(arguments: [
        (0.0, 2.0, 200.0), (2, 4, 600), (1, 3, 400), (4, 6, 400), (5, 10, 670), (-2, 0, 200), (3, 3, 0), (2, 1, 0),
    ])
    func `Joules are the area under the curve`(from: Double, until: Double, joules: Double) throws {
        // Level at 100 W, a step to 300 W at 2 s, a ramp down from 4 s to 100 W at 6 s, a step to 130 W.
        let fake = try FakeNVML(script: "clock manual\ndevice\npower 0:100 2:100 2:300 4:300 6:100 6:130")
        #expect(abs(fake.joules(from: from, until: until) - joules) < 1e-9)
    }

    @Test func `A function that is hidden is not there`() throws {
        let fake = try FakeNVML(script: "", missing: ["nvmlDeviceGetFieldValues"])
        let library = try DynamicLibrary(firstOf: [fake.libraryPath])
        #expect(library.address(of: "nvmlDeviceGetFieldValues") == nil)
        #expect(library.address(of: "nvmlDeviceGetName") != nil)
        #expect(throws: ScratchError.self) { try FakeNVML(script: "", missing: ["nvmlNothing"]) }
    }

    @Test func `A counter publishes by its period`() throws {
        let fake = try FakeNVML(script: "clock manual\ndevice period_ms=100\npower 0:1000")
        #expect(fake.counter(at: 0.099) == 0)
        #expect(fake.counter(at: 0.1) == 100_000)
        #expect(fake.counter(at: 0.35) == 300_000)
    }

    @Test func `Another process is told where to look`() throws {
        let fake = try FakeNVML(script: "device")
        let folder = try #require(fake.environment["LD_LIBRARY_PATH"])
        #expect(fake.libraryPath == folder + "/libnvidia-ml.so.1")
        #expect(try SysfsDirectory(path: folder).text("script") == "device")
        #expect(fake.environment["FAKE_NVML_SCRIPT"] == folder + "/script")
    }
}
