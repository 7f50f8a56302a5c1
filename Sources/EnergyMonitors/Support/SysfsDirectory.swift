// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A folder of the kernel's, below a root that tests replace.
struct SysfsDirectory: Sendable, Hashable, CustomStringConvertible {
    /// The folder's path.
    let path: String

    /// Creates a folder from its path.
    init(path: String) {
        self.path = path
    }

    var description: String {
        path
    }

    /// The last part of the path.
    var name: String {
        String(path.split(separator: "/").last ?? "")
    }

    /// A path below this folder.
    subscript(_ component: String) -> SysfsDirectory {
        SysfsDirectory(path: path.hasSuffix("/") ? path + component : path + "/" + component)
    }

    /// Whether anything is there.
    var exists: Bool {
        access(path, F_OK) == 0
    }

    /// The path with every symbolic link followed, or the path itself if it cannot be followed.
    var realPath: String {
        guard let found = realpath(path, nil) else { return path }
        defer { free(found) }
        return String(cString: found)
    }

    /// The names inside, digits compared as numbers, so that `card10` follows `card9`.
    func entries() throws(SysfsError) -> [String] {
        guard let stream = opendir(path) else { throw SysfsError(path: path, errno: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted { NaturalOrder.precedes($0, $1) }
    }

    /// The folders inside whose name fits; none if this folder cannot be read.
    func directories(where fits: (String) -> Bool) -> [SysfsDirectory] {
        let names = (try? entries()) ?? []
        return names.filter(fits).map { self[$0] }
    }

    /// The first bytes of a file.
    func bytes(_ file: String, limit: Int = 4_096) throws(SysfsError) -> [UInt8] {
        let target = self[file].path
        let descriptor = open(target, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw SysfsError(path: target, errno: errno) }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: limit)
        var filled = 0
        while filled < limit {
            let count = buffer.withUnsafeMutableBytes { bytes in
                read(descriptor, bytes.baseAddress.map { $0 + filled }, limit - filled)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw SysfsError(path: target, errno: errno) }
            if count == 0 { break }
            filled += count
        }
        buffer.removeLast(limit - filled)
        return buffer
    }

    /// The text of a file without surrounding white space.
    func text(_ file: String) throws(SysfsError) -> String {
        let bytes = try bytes(file)
        let isSpace: (UInt8) -> Bool = { $0 <= 32 }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }),
            let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }

    /// The whole number in a file.
    func integer(_ file: String) throws(SysfsError) -> Int64 {
        let text = try text(file)
        guard let value = Int64(text) else { throw SysfsError(malformed: self[file].path, text: text) }
        return value
    }

    /// The whole number in a file, which cannot be negative.
    func unsigned(_ file: String) throws(SysfsError) -> UInt64 {
        // Counters are read a hundred times a second: one short read and no text, where the file is as it should be.
        if let value = Self.shortNumber(at: self[file].path) { return value }
        let text = try text(file)
        guard let value = UInt64(text) else { throw SysfsError(malformed: self[file].path, text: text) }
        return value
    }

    /// The digits of a short file as a number; nothing where the file is anything else, or cannot be read.
    private static func shortNumber(at path: String) -> UInt64? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return withUnsafeTemporaryAllocation(byteCount: 32, alignment: 1) { buffer in
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            guard count > 0, count < buffer.count else { return nil }
            var digits = buffer[..<count]
            while let last = digits.last, last <= 32 { digits = digits.dropLast() }
            // Nineteen digits always fit.
            guard !digits.isEmpty, digits.count < 20 else { return nil }
            var value: UInt64 = 0
            for byte in digits {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                value = value * 10 + UInt64(byte - UInt8(ascii: "0"))
            }
            return value
        }
    }

    /// The text of a file, or nothing if it cannot be read or is empty.
    func optionalText(_ file: String) -> String? {
        guard let text = try? text(file), !text.isEmpty else { return nil }
        return text
    }

    /// The whole number in a file, or nothing if it cannot be read.
    func optionalInteger(_ file: String) -> Int64? {
        try? integer(file)
    }
}

extension SysfsError {
    /// Creates an error from the kernel's error number.
    init(path: String, errno number: Int32) {
        let code: Code =
            switch number {
            case ENOENT, ENOTDIR: .missing
            case EACCES, EPERM: .denied
            default: .failed(number)
            }
        self.init(code: code, path: path, detail: String(cString: strerror(number)))
    }

    /// Creates an error about content that is no whole number.
    init(malformed path: String, text: String) {
        self.init(code: .malformed, path: path, detail: "\"\(text.prefix(40))\", which is no whole number in range")
    }
}
