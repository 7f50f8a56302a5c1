// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The two clocks of a measurement, as a value that tests replace.
public struct TelemetryClock: Sendable {
    private let readInstant: @Sendable () -> MonotonicInstant
    private let readWall: @Sendable () -> WallTime

    /// Creates a clock from two readers.
    public init(
        instant: @escaping @Sendable () -> MonotonicInstant,
        wall: @escaping @Sendable () -> WallTime
    ) {
        readInstant = instant
        readWall = wall
    }

    /// The machine's own clocks.
    public static let system = TelemetryClock(instant: SystemClocks.instant, wall: SystemClocks.wall)

    /// The present monotonic instant.
    public func instant() -> MonotonicInstant {
        readInstant()
    }

    /// The present civil time.
    public func wall() -> WallTime {
        readWall()
    }
}
