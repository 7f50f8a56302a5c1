// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A folder of its own for one test, removed with all that is in it when the process ends.
///
/// It does not go with the last reference: a program under test knows the path alone.
public final class ScratchDirectory: Sendable {
    /// The folder's path.
    public let path: String

    /// Makes an empty folder below the system's place for temporary files.
    ///
    /// - Throws: ``ScratchError`` if it cannot be made.
    public init() throws(ScratchError) {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/inferometer-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw ScratchError("making a folder in \(base)") }
        path = String(cString: made)
        Self.removeAtExit(path)
    }

    /// Writes a file, and the folders above it where they are missing.
    ///
    /// A reader sees the old content or the new.
    ///
    /// - Throws: ``ScratchError`` if it cannot be written.
    public func write(_ bytes: [UInt8], to name: String) throws(ScratchError) {
        try makeParents(of: name)
        let target = "\(path)/\(name)"
        let fresh = target + ".new"
        guard let file = fopen(fresh, "wb") else { throw ScratchError("opening \(fresh)") }
        let written = fwrite(bytes, 1, bytes.count, file)
        guard fclose(file) == 0, written == bytes.count else { throw ScratchError("writing \(fresh)") }
        guard rename(fresh, target) == 0 else { throw ScratchError("renaming \(fresh)") }
    }

    /// Writes a text file as ``write(_:to:)-([UInt8],_)`` does.
    ///
    /// - Throws: ``ScratchError`` if it cannot be written.
    public func write(_ text: String, to name: String) throws(ScratchError) {
        try write(Array(text.utf8), to: name)
    }

    /// Makes a symbolic link in place of what was there.
    ///
    /// - Throws: ``ScratchError`` if it cannot be made.
    public func link(_ name: String, to target: String) throws(ScratchError) {
        try makeParents(of: name)
        unlink("\(path)/\(name)")
        guard symlink(target, "\(path)/\(name)") == 0 else { throw ScratchError("linking \(name)") }
    }

    /// Makes a folder, and those above it where they are missing.
    ///
    /// - Throws: ``ScratchError`` if it cannot be made.
    public func makeDirectory(_ name: String) throws(ScratchError) {
        try makeParents(of: name + "/-")
    }

    /// Removes a file or a whole folder, if it is there.
    public func remove(_ name: String) {
        Self.removeAll("\(path)/\(name)")
    }

    private static let made = Mutex<[String]>([])

    private static func removeAtExit(_ path: String) {
        let isFirst = made.withLock { paths in
            paths.append(path)
            return paths.count == 1
        }
        guard isFirst else { return }
        atexit {
            for path in ScratchDirectory.made.withLock({ $0 }) { ScratchDirectory.removeAll(path) }
        }
    }

    private func makeParents(of name: String) throws(ScratchError) {
        var folder = path
        for part in name.split(separator: "/").dropLast() {
            folder += "/\(part)"
            guard mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw ScratchError("making \(folder)") }
        }
    }

    private static func removeAll(_ path: String) {
        guard unlink(path) != 0, let stream = opendir(path) else { return }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { removeAll("\(path)/\(name)") }
        }
        closedir(stream)
        rmdir(path)
    }
}

/// A file of a test that could not be made.
public struct ScratchError: Error, CustomStringConvertible {
    /// What failed, and the system's reason.
    public let description: String

    init(_ action: String) {
        description = "\(action) failed: \(String(cString: strerror(errno)))"
    }

    init(reason: String) {
        description = reason
    }
}
