// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The lock file by which one process alone shares out a machine's energy.
///
/// The system lets go of the lock when the process ends, however it ends, so that a file left behind locks nobody out.
public final class MeterLock: Sendable {
    /// The lock file of this machine, which every meter of this project takes.
    public static let machinePath = "/tmp/inferometer-meter.lock"

    private let descriptor: Mutex<Int32?>

    private init(descriptor: Int32) {
        self.descriptor = Mutex(descriptor)
    }

    deinit {
        release()
    }

    /// Takes the lock, or finds out who has it.
    ///
    /// - Parameter path: A file in a folder that all users of the machine share; it is made if it is not there.
    /// - Returns: The lock and the role that goes with it. Where no lock file can be made there is no lock, and the
    ///   process meters all the same: it cannot be told whether another does.
    public static func acquire(path: String) -> (lock: MeterLock?, role: MeterRole) {
        let descriptor = openFile(path)
        guard descriptor >= 0 else { return (nil, .meter) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = readNumber(descriptor)
            close(descriptor)
            return (nil, .meteredBy(holder ?? 0))
        }
        writeNumber(getpid(), to: descriptor)
        return (MeterLock(descriptor: descriptor), .meter)
    }

    /// Lets go of the lock.
    public func release() {
        let held = descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
        guard let held else { return }
        _ = ftruncate(held, 0)
        close(held)
    }

    private static func openFile(_ path: String) -> Int32 {
        // An existing file is opened without O_CREAT: in a sticky folder the system refuses it for another's file.
        for flags in [O_RDWR, O_RDWR | O_CREAT, O_RDONLY] {
            let descriptor = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o666)
            guard descriptor >= 0 else { continue }
            if flags & O_CREAT != 0 { _ = fchmod(descriptor, 0o666) }
            return descriptor
        }
        return -1
    }

    private static func readNumber(_ descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes[..<count].prefix { $0 >= 48 && $0 <= 57 }, as: UTF8.self))
    }

    private static func writeNumber(_ number: Int32, to descriptor: Int32) {
        let text = Array("\(number)\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.count, 0)
    }
}
