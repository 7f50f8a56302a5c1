// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A file that takes another's place once it is whole; until then nobody sees half of it.
///
/// What is no regular file (`/dev/stdout`, a pipe) is written as it stands, since nothing can take its place.
struct ReplacementFile {
    private let descriptor: Int32

    /// Writes a file with mode 0600 by a body; if that fails, what was there before stays.
    static func write(to path: String, _ body: (ReplacementFile) async throws -> Void) async throws {
        let inPlace = isSpecial(path)
        let temporary = inPlace ? path : "\(path).\(getpid()).tmp"
        let flags = inPlace ? O_WRONLY | O_CLOEXEC : O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
        let descriptor = open(temporary, flags, 0o600)
        guard descriptor >= 0 else { throw SystemError(code: errno, doing: "write \(path)") }
        var isOpen = true
        do {
            try await body(ReplacementFile(descriptor: descriptor))
            // Closed once, whatever comes of it: the number may be another file's a moment later.
            isOpen = false
            guard close(descriptor) == 0 else { throw SystemError(code: errno, doing: "write \(path)") }
            if !inPlace, rename(temporary, path) != 0 { throw SystemError(code: errno, doing: "write \(path)") }
        } catch {
            if isOpen { close(descriptor) }
            if !inPlace { unlink(temporary) }
            throw error
        }
    }

    /// Appends bytes.
    func append(_ bytes: [UInt8]) throws {
        try FileBytes.write(bytes, to: descriptor)
    }

    private static func isSpecial(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    }
}
