// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin

/// Readers of the kernel's clocks.
enum SystemClocks {
    @Sendable static func instant() -> MonotonicInstant {
        // CLOCK_MONOTONIC_RAW counts suspended time on Darwin: it is mach_continuous_time in nanoseconds.
        MonotonicInstant(nanoseconds: Int64(clamping: clock_gettime_nsec_np(CLOCK_MONOTONIC_RAW)))
    }

    @Sendable static func wall() -> WallTime {
        WallTime(microsecondsSinceEpoch: Int64(clamping: clock_gettime_nsec_np(CLOCK_REALTIME) / 1_000))
    }
}
#endif
