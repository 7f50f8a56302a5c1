// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A terminal that nobody sits at.
final class PseudoTerminal: Sendable {
    /// What a program would write to.
    let descriptor: Int32
    private let controller: Int32

    init(columns: UInt16) throws {
        controller = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        descriptor = try Self.other(end: controller)
        guard descriptor >= 0 else { throw CannotOpen() }
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        guard ioctl(descriptor, UInt(TIOCSWINSZ), &size) == 0 else { throw CannotOpen() }
    }

    #if os(Linux)
    /// Glibc's own functions for this are hidden from Swift; these are the kernel's.
    private static func other(end controller: Int32) throws -> Int32 {
        var (isLocked, number) = (Int32(0), Int32(0))
        guard ioctl(controller, 0x4004_5431, &isLocked) == 0, ioctl(controller, 0x8004_5430, &number) == 0 else {
            throw CannotOpen()
        }
        return open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    }
    #else
    private static func other(end controller: Int32) throws -> Int32 {
        guard grantpt(controller) == 0, unlockpt(controller) == 0, let name = ptsname(controller) else {
            throw CannotOpen()
        }
        return open(name, O_RDWR | O_NOCTTY)
    }
    #endif

    deinit {
        close(descriptor)
        close(controller)
    }

    struct CannotOpen: Error {}
}
