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
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
#endif
