// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A reading of the one clock that all durations are measured on.
///
/// The clock counts suspended time (`CLOCK_BOOTTIME` on Linux, `mach_continuous_time` on macOS) and never goes back.
/// It says nothing about civil time: see ``WallTime``.
public struct MonotonicInstant: Sendable, Hashable, Comparable {
    /// Nanoseconds since an arbitrary start, that of the machine.
    public let nanoseconds: Int64

    /// Creates an instant from nanoseconds since the machine's start.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func < (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The time from an earlier instant to this one.
    public static func - (later: MonotonicInstant, earlier: MonotonicInstant) -> Duration {
        .nanoseconds(later.nanoseconds &- earlier.nanoseconds)
    }

    /// The instant moved by a duration.
    public func advanced(by duration: Duration) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: nanoseconds &+ duration.nanoseconds)
    }
}
