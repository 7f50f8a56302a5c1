// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryTesting
import Testing

@Suite struct ScratchTests {
    @Test func filesAreWrittenWithTheFoldersAboveThem() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("one", to: "a/b/c.txt")
        try scratch.write([0, 255], to: "a/b/d.bin")
        try scratch.write("two", to: "a/b/c.txt")
        try scratch.makeDirectory("e/f")
        try scratch.link("a/link", to: "b/c.txt")
        #expect(try String(contentsOfFile: scratch.path + "/a/link", encoding: .utf8) == "two")
        #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path + "/a/b/d.bin")) == Data([0, 255]))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/a/b").sorted() == ["c.txt", "d.bin"]
        )
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/e") == ["f"])
        #expect(throws: ScratchError.self) { try scratch.write("x", to: "a/b/c.txt/d") }
    }

    /// A link goes by itself, and not with what it points to.
    @Test func whatIsRemovedGoesWithoutWhatItPointsTo() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("kept", to: "kept/file")
        try scratch.link("gone/link", to: scratch.path + "/kept")
        try scratch.write("x", to: "gone/deep/er/file")
        scratch.remove("gone")
        scratch.remove("never there")
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["kept"])
        #expect(try String(contentsOfFile: scratch.path + "/kept/file", encoding: .utf8) == "kept")
    }

    @Test func aPowercapZoneIsNestedAndFlat() throws {
        let tree = try SysfsTree()
        #expect(tree.environment == ["INFEROMETER_SYSFS_ROOT": tree.root])
        try tree.setPowercapZone("intel-rapl:0", name: "package-0", microjoules: 5)
        try tree.setPowercapZone("intel-rapl:0/intel-rapl:0:2", name: "dram", microjoules: 7, maximum: 9)
        let flat = tree.root + "/sys/class/powercap/intel-rapl:0:2/"
        #expect(try String(contentsOfFile: flat + "energy_uj", encoding: .utf8) == "7\n")
        #expect(try String(contentsOfFile: flat + "max_energy_range_uj", encoding: .utf8) == "9\n")
        try tree.set(SysfsTree.powercapCounter("intel-rapl:0/intel-rapl:0:2"), 8)
        #expect(try String(contentsOfFile: flat + "energy_uj", encoding: .utf8) == "8\n")
        #expect(
            try String(contentsOfFile: tree.root + "/sys/class/powercap/intel-rapl:0/name", encoding: .utf8)
                == "package-0\n"
        )
        tree.remove("sys/devices/virtual/powercap/intel-rapl/intel-rapl:0/intel-rapl:0:2")
        #expect(!FileManager.default.fileExists(atPath: flat + "energy_uj"))
    }
}
