// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A folder that stands for `/`, with the files of the kernel that a test wants.
///
/// In another process it takes the machine's place through `INFEROMETER_SYSFS_ROOT`.
public final class SysfsTree: Sendable {
    private let scratch: ScratchDirectory

    /// Makes an empty tree.
    ///
    /// - Throws: ``ScratchError`` if no folder can be made.
    public init() throws(ScratchError) {
        scratch = try ScratchDirectory()
    }

    /// The path that stands for `/`.
    public var root: String {
        scratch.path
    }

    /// What another process needs in its environment to see this tree in place of the machine's.
    public var environment: [String: String] {
        ["INFEROMETER_SYSFS_ROOT": root]
    }

    /// Writes a file as the kernel shows it, with a line's end.
    ///
    /// A reader sees the old content or the new.
    ///
    /// - Throws: ``ScratchError`` if it cannot be written.
    public func set(_ path: String, _ value: some CustomStringConvertible) throws(ScratchError) {
        try scratch.write("\(value)\n", to: path)
    }

    /// Writes a file of bytes.
    ///
    /// A reader sees the old content or the new.
    ///
    /// - Throws: ``ScratchError`` if it cannot be written.
    public func set(_ path: String, bytes: [UInt8]) throws(ScratchError) {
        try scratch.write(bytes, to: path)
    }

    /// Makes a symbolic link.
    ///
    /// - Throws: ``ScratchError`` if it cannot be made.
    public func link(_ path: String, to target: String) throws(ScratchError) {
        try scratch.link(path, to: target)
    }

    /// Takes a file or a folder away, as when a device vanishes.
    public func remove(_ path: String) {
        scratch.remove(path)
    }

    /// Forbids the reading of a file, to every user.
    ///
    /// For the administrator a file's mode forbids nothing; there the file becomes a link to one of the kernel's own that
    /// nobody may read.
    ///
    /// - Throws: ``ScratchError`` if that is not possible here.
    public func deny(_ path: String) throws(ScratchError) {
        let full = "\(root)/\(path)"
        guard geteuid() == 0 else {
            guard chmod(full, 0) == 0 else { throw ScratchError("forbidding \(full)") }
            return
        }
        try scratch.link(path, to: "/sys/bus/platform/drivers_probe")
        let descriptor = open(full, O_RDONLY)
        guard descriptor >= 0 else { return }
        close(descriptor)
        throw ScratchError(reason: "the administrator may read every file here")
    }
}

extension SysfsTree {
    /// Adds or updates a zone of the powercap tree, nested in its parent and flat beside it, as the kernel shows it.
    ///
    /// - Parameters:
    ///   - path: The zone names from the top, such as `intel-rapl:0/intel-rapl:0:2`.
    ///   - name: What it measures, such as `package-0`.
    ///   - microjoules: The counter.
    ///   - maximum: The counter's highest value, in microjoules.
    /// - Throws: ``ScratchError`` if a file cannot be written.
    public func setPowercapZone(
        _ path: String,
        name: String,
        microjoules: UInt64,
        maximum: UInt64 = 262_143_328_850
    ) throws(ScratchError) {
        let parts = path.split(separator: "/")
        let type = parts.first.map { $0.prefix { $0 != ":" } } ?? ""
        let folder = "sys/devices/virtual/powercap/\(type)/\(path)"
        try set("\(folder)/name", name)
        try set("\(folder)/max_energy_range_uj", maximum)
        try set("\(folder)/energy_uj", microjoules)
        if let own = parts.last {
            try link("sys/class/powercap/\(own)", to: "../../devices/virtual/powercap/\(type)/\(path)")
        }
    }

    /// The path of a powercap zone's counter.
    public static func powercapCounter(_ path: String) -> String {
        let type = path.prefix { $0 != ":" }
        return "sys/devices/virtual/powercap/\(type)/\(path)/energy_uj"
    }
}
