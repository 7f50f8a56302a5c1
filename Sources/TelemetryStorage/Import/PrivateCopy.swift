// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A copy of a database with what stands beside it, in a directory that goes with it.
///
/// Reading a file whose log holds rows would change the file or leave something beside it; reading a copy does not.
struct PrivateCopy: ~Copyable {
    /// The copy's path.
    let path: String
    private let directory: String
    private static let suffixes = ["", "-wal", "-journal"]

    private init(directory: String) {
        self.directory = directory
        path = directory + "/source.db"
    }

    /// Copies a database; again if it changes meanwhile.
    static func make(of source: String) throws(TelemetryStoreError) -> PrivateCopy {
        let base = FileManager.default.temporaryDirectory.path
        var template = Array((base + "/inferometer-import-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw FileSystem.writing(base, errno) }
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let copy = PrivateCopy(directory: directory)
        // Where this fails, the end of the value removes what was copied.
        try copyUnchanged(source, to: copy.path)
        return copy
    }

    deinit {
        Self.remove(directory, path)
    }

    private static func copyUnchanged(_ source: String, to target: String) throws(TelemetryStoreError) {
        for _ in 0..<5 {
            let before = suffixes.map { FileSystem.fingerprint(of: source + $0) }
            for suffix in suffixes {
                try copy(source + suffix, to: target + suffix)
            }
            if before == suffixes.map({ FileSystem.fingerprint(of: source + $0) }) { return }
        }
        throw TelemetryStoreError(
            code: .locked,
            message: "\(source) is being written all the time. Stop the program that writes it and try again."
        )
    }

    private static func copy(_ source: String, to target: String) throws(TelemetryStoreError) {
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else {
            unlink(target)
            if errno == ENOENT { return }
            throw .reading(source, errno)
        }
        defer { close(input) }
        let output = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw FileSystem.writing(target, errno) }
        defer { close(output) }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(input, &buffer, buffer.count)
            guard count >= 0 else { throw .reading(source, errno) }
            if count == 0 { return }
            guard write(output, buffer, count) == count else { throw FileSystem.writing(target, errno) }
        }
    }

    private static func remove(_ directory: String, _ path: String) {
        for suffix in suffixes + ["-shm"] {
            unlink(path + suffix)
        }
        rmdir(directory)
    }
}
