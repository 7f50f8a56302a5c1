// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// Durations at the edges of formats: as numbers out, and from numbers that other programs wrote in.
@Suite struct DurationUnitTests {
    @Test func secondsAndMillisecondsAreTheSameTime() {
        for duration in [Duration.zero, .nanoseconds(1), .milliseconds(1_500), .seconds(-3), .seconds(86_400 * 365)] {
            #expect(abs(duration.seconds * 1e3 - duration.milliseconds) <= abs(duration.milliseconds) * 1e-15)
        }
        #expect(Duration.milliseconds(1_500).seconds == 1.5)
        #expect(Duration.microseconds(1).milliseconds == 0.001)
    }

    @Test func nanosecondsSaturate() {
        #expect(Duration.seconds(Int64.max).nanoseconds == .max)
        #expect(Duration.seconds(Int64.min).nanoseconds == .min)
        #expect(Duration(attoseconds: 1_999_999_999).nanoseconds == 1)
        #expect(Duration(attoseconds: -1_999_999_999).nanoseconds == -1)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e16, -1e16, .greatestFiniteMagnitude])
    func secondsThatCannotBeAreRefused(_ value: Double) {
        #expect(Duration.seconds(checking: value) == nil)
        #expect(Duration.milliseconds(checking: value * 1e4) == nil)
    }

    @Test(arguments: [0, 1e-9, 1.5, -2.25, 86_400, 1e15, -1e15])
    func secondsComeBackAsTheyWere(_ value: Double) throws {
        let duration = try #require(Duration.seconds(checking: value))
        #expect(duration.seconds == value)
        let milliseconds = try #require(Duration.milliseconds(checking: value))
        #expect(abs(milliseconds.milliseconds - value) <= abs(value) * 1e-15)
    }

    @Test func fractionalNanosecondsKeepAttoseconds() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<1_000 {
            let attoseconds = Int64.random(in: -9_000_000_000_000_000...9_000_000_000_000_000, using: &random)
            let duration = Duration(attoseconds: Int128(attoseconds))
            let back = Duration(fractionalNanoseconds: duration.fractionalNanoseconds)
            #expect(abs((back - duration).attoseconds) <= 1)
        }
        // Past nine seconds a machine word no longer holds it.
        #expect(Duration.seconds(10).fractionalNanoseconds == 1e10)
        #expect(Duration.seconds(-10).fractionalNanoseconds == -1e10)
    }

    @Test(arguments: [0.0, 1, 1_000_001, 1e12, -2.5e6])
    func microsecondsOfStatisticsAreExact(_ microseconds: Double) throws {
        let duration = try #require(Duration(microseconds: microseconds))
        #expect(abs(duration.seconds * 1e6 - microseconds) <= abs(microseconds) * 1e-15)
    }

    /// A sum of many calls may be longer than a duration can be told: it is absent, and no trap.
    @Test(arguments: [Double.nan, .infinity, -.infinity, 9.3e24, -9.3e24, 1e26, .greatestFiniteMagnitude])
    func microsecondsThatCannotBeAreRefused(_ microseconds: Double) {
        #expect(Duration(microseconds: microseconds) == nil)
    }
}
