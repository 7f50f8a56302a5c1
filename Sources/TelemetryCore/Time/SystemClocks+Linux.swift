// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Readers of the kernel's clocks.
enum SystemClocks {
    @Sendable static func instant() -> MonotonicInstant {
        MonotonicInstant(nanoseconds: read(CLOCK_BOOTTIME))
    }

    @Sendable static func wall() -> WallTime {
        WallTime(microsecondsSinceEpoch: read(CLOCK_REALTIME) / 1_000)
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        // In an optimised build of a module that also imports Synchronization the members of `timespec` are not
        // visible (Swift 6.3), so the two words are read as such: seconds, then nanoseconds.
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 2) { words in
            words.initialize(repeating: 0)
            guard let start = words.baseAddress else { return 0 }
            clock_gettime(clock, UnsafeMutableRawPointer(start).assumingMemoryBound(to: timespec.self))
            return Int64(words[0]) &* 1_000_000_000 &+ Int64(words[1])
        }
    }
}
#endif
