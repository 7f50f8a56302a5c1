// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A span of civil time with inclusive bounds, either of which may be open.
public struct TimeRange: Sendable, Hashable {
    /// The earliest time inside, or nothing for no bound.
    public var since: WallTime?
    /// The latest time inside, or nothing for no bound.
    public var until: WallTime?

    /// Creates a range, which contains nothing if its end lies before its start.
    public init(since: WallTime? = nil, until: WallTime? = nil) {
        self.since = since
        self.until = until
    }

    /// All of time.
    public static let all = TimeRange()

    /// Whether the range cannot contain any time, because its end lies before its start.
    public var isEmpty: Bool {
        guard let since, let until else { return false }
        return until < since
    }

    /// Whether a time lies inside, bounds included.
    public func contains(_ time: WallTime) -> Bool {
        if let since, time < since { return false }
        if let until, time > until { return false }
        return true
    }
}
