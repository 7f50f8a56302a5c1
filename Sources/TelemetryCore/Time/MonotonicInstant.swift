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

    /// The time from an earlier instant to this one, which ends at 292 years either way.
    public static func - (later: MonotonicInstant, earlier: MonotonicInstant) -> Duration {
        let (difference, overflow) = later.nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
        guard overflow else { return .nanoseconds(difference) }
        return .nanoseconds(later < earlier ? Int64.min : Int64.max)
    }

    /// The instant moved by a duration, no further than to the end of time.
    ///
    /// A limit that means "never" lies in the future, whatever the present instant.
    public func advanced(by duration: Duration) -> MonotonicInstant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.nanoseconds)
        guard overflow else { return MonotonicInstant(nanoseconds: sum) }
        return MonotonicInstant(nanoseconds: duration < .zero ? .min : .max)
    }
}
