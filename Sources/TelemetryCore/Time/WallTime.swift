// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A point in civil time: when something happened, never how long it took.
public struct WallTime: Sendable, Hashable, Comparable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let microsecondsSinceEpoch: Int64

    /// Creates a time from microseconds since the Unix epoch.
    public init(microsecondsSinceEpoch: Int64) {
        self.microsecondsSinceEpoch = microsecondsSinceEpoch
    }

    /// Creates a time from seconds since the Unix epoch, or nothing if it is not finite or beyond the year 33,000.
    public init?(secondsSinceEpoch seconds: Double) {
        guard seconds.isFinite, abs(seconds) <= 1e12 else { return nil }
        self.init(microsecondsSinceEpoch: Int64((seconds * 1e6).rounded()))
    }

    /// Seconds since the Unix epoch.
    public var secondsSinceEpoch: Double {
        Double(microsecondsSinceEpoch) / 1e6
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func < (left: WallTime, right: WallTime) -> Bool {
        left.microsecondsSinceEpoch < right.microsecondsSinceEpoch
    }

    /// The time moved by a duration.
    public func advanced(by duration: Duration) -> WallTime {
        let (sum, overflow) = microsecondsSinceEpoch.addingReportingOverflow(duration.nanoseconds / 1_000)
        return WallTime(microsecondsSinceEpoch: overflow ? (duration < .zero ? .min : .max) : sum)
    }
}
