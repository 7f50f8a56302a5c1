// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
public import TelemetryCore

/// A clock that stands still until a test moves it.
public final class ManualClock: Sendable {
    private let nanoseconds: Mutex<Int64>
    private let start: WallTime

    /// Creates a clock at an instant and a civil time.
    public init(
        at instant: MonotonicInstant = MonotonicInstant(nanoseconds: 1_000_000_000_000),
        wall: WallTime = WallTime(microsecondsSinceEpoch: 1_000_000_000)
    ) {
        nanoseconds = Mutex(instant.nanoseconds)
        start = wall.advanced(by: .nanoseconds(-instant.nanoseconds))
    }

    /// Moves both times forward, or back where a test wants a clock to misbehave.
    public func advance(by duration: Duration) {
        nanoseconds.withLock { $0 += duration.nanoseconds }
    }

    /// The present instant.
    public var now: MonotonicInstant {
        MonotonicInstant(nanoseconds: nanoseconds.withLock { $0 })
    }

    /// The clock as code under test takes it.
    public var clock: TelemetryClock {
        TelemetryClock(
            instant: { self.now },
            wall: { self.start.advanced(by: .nanoseconds(self.now.nanoseconds)) }
        )
    }
}
