// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// The two kinds of time at their edges.
@Suite struct TimeTests {
    private func instant(_ nanoseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: nanoseconds)
    }

    @Test func differencesAndMovesAreEachOthersInverse() {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<1_000 {
            let start = instant(Int64.random(in: 0...(1 << 60), using: &random))
            let step = Duration.nanoseconds(Int64.random(in: -(1 << 60)...(1 << 60), using: &random))
            #expect(start.advanced(by: step) - start == step)
            #expect(start.advanced(by: step).advanced(by: .zero - step) == start)
        }
    }

    /// A limit that a person sets to "never" must not lie in the past.
    @Test func aMoveBeyondTheEndOfTimeStaysAtTheEnd() {
        let now = instant(1_000_000_000_000)
        #expect(now.advanced(by: .seconds(Int64.max)) == instant(.max))
        #expect(now.advanced(by: .nanoseconds(Int64.max)) > now)
        #expect(instant(-2).advanced(by: .seconds(Int64.min)) == instant(.min))
        #expect(instant(.max).advanced(by: .nanoseconds(-1)) == instant(.max - 1))
    }

    @Test func aDifferenceBeyondTheRangeSaturatesInItsOwnDirection() {
        #expect(instant(.max) - instant(.min) > .zero)
        #expect(instant(.min) - instant(.max) < .zero)
        #expect(instant(5) - instant(5) == .zero)
    }

    @Test func theSystemsClocksGoForward() {
        let clock = TelemetryClock.system
        var last = clock.instant()
        for _ in 0..<1_000 {
            let next = clock.instant()
            #expect(next >= last)
            last = next
        }
        // 2025 to 2200: a clock read in the wrong unit is outside.
        #expect((1_735_689_600...7_258_118_400).contains(clock.wall().secondsSinceEpoch))
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1.1e12, -1.1e12])
    func civilTimesThatCannotBeAreRefused(_ seconds: Double) {
        #expect(WallTime(secondsSinceEpoch: seconds) == nil)
    }

    @Test(arguments: [0, 1, -1, 1_800_000_000.123_456, 1e12, -1e12, 0.000_001])
    func civilTimesKeepTheMicrosecond(_ seconds: Double) throws {
        let time = try #require(WallTime(secondsSinceEpoch: seconds))
        #expect(time.secondsSinceEpoch == seconds)
    }

    @Test func civilTimeSaturates() {
        let last = WallTime(microsecondsSinceEpoch: .max)
        let first = WallTime(microsecondsSinceEpoch: .min)
        #expect(last.advanced(by: .seconds(1)) == last)
        #expect(first.advanced(by: .seconds(-1)) == first)
        #expect(first.advanced(by: .seconds(1)) > first)
        #expect(WallTime(microsecondsSinceEpoch: 5).advanced(by: .nanoseconds(1_999)).microsecondsSinceEpoch == 6)
    }

    @Test func aRangeHoldsItsBounds() {
        let (low, high) = (WallTime(microsecondsSinceEpoch: 10), WallTime(microsecondsSinceEpoch: 20))
        let range = TimeRange(since: low, until: high)
        #expect(range.contains(low) && range.contains(high))
        #expect(!range.contains(WallTime(microsecondsSinceEpoch: 9)))
        #expect(!range.contains(WallTime(microsecondsSinceEpoch: 21)))
        #expect(!range.isEmpty)
        #expect(!TimeRange(since: low, until: low).isEmpty)
        #expect(TimeRange(since: low, until: low).contains(low))
    }

    @Test func anOpenRangeHasOneBoundOrNone() {
        let (low, high) = (WallTime(microsecondsSinceEpoch: 10), WallTime(microsecondsSinceEpoch: 20))
        for extreme in [Int64.min, 0, Int64.max] {
            #expect(TimeRange.all.contains(WallTime(microsecondsSinceEpoch: extreme)))
        }
        #expect(TimeRange(since: low).contains(WallTime(microsecondsSinceEpoch: .max)))
        #expect(!TimeRange(since: low).contains(WallTime(microsecondsSinceEpoch: .min)))
        #expect(TimeRange(until: high).contains(WallTime(microsecondsSinceEpoch: .min)))
        #expect(!TimeRange.all.isEmpty && !TimeRange(since: low).isEmpty && !TimeRange(until: low).isEmpty)
    }

    @Test func aRangeThatEndsBeforeItStartsHoldsNothing() {
        let range = TimeRange(since: WallTime(microsecondsSinceEpoch: 20), until: WallTime(microsecondsSinceEpoch: 10))
        #expect(range.isEmpty)
        for time in [Int64.min, 9, 10, 15, 20, 21, Int64.max] {
            #expect(!range.contains(WallTime(microsecondsSinceEpoch: time)))
        }
    }

    @Test func aManualClockMovesBothTimes() {
        let manual = ManualClock(
            at: MonotonicInstant(nanoseconds: 500),
            wall: WallTime(microsecondsSinceEpoch: 1_000)
        )
        let clock = manual.clock
        manual.advance(by: .microseconds(7))
        #expect(clock.instant() == MonotonicInstant(nanoseconds: 7_500))
        #expect(clock.wall() == WallTime(microsecondsSinceEpoch: 1_007))
    }
}
