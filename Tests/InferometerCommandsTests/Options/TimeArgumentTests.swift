// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import InferometerCommands

@Suite struct TimeArgumentTests {
    private static let now = WallTime(microsecondsSinceEpoch: 1_800_000_000_000_000)

    @Test(arguments: [
        ("1748000017.609168", 1_748_000_017_609_168),
        ("0", 0),
        ("1e9", 1_000_000_000_000_000),
        ("2026-11-24T10:30:00Z", 1_795_516_200_000_000),
        ("2026-11-24t10:30:00z", 1_795_516_200_000_000),
        ("2026-11-24 10:30Z", 1_795_516_200_000_000),
        ("2026-11-24T11:30:00+01:00", 1_795_516_200_000_000),
        ("2026-11-24T11:30:00+01", 1_795_516_200_000_000),
        ("2026-11-24T05:00:00-0530", 1_795_516_200_000_000),
        ("2026-11-24T10:30:00.25Z", 1_795_516_200_250_000),
        ("2026-11-24T10:30:00,1234567Z", 1_795_516_200_123_456),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000_000),
        ("1969-12-31T23:59:59Z", -1_000_000),
    ])
    func pointsInTime(_ text: String, _ microseconds: Int64) throws {
        let time = try #require(TimeArgument(argument: text))
        #expect(time.resolved(at: Self.now).microsecondsSinceEpoch == microseconds)
    }

    @Test(arguments: [
        ("90s", 90), ("30m", 1_800), ("24h", 86_400), ("7d", 604_800), ("2w", 1_209_600), ("1.5h", 5_400),
    ])
    func ages(_ text: String, _ seconds: Int) throws {
        let time = try #require(TimeArgument(argument: text))
        #expect(time.resolved(at: Self.now) == Self.now.advanced(by: .seconds(-seconds)))
    }

    @Test func withoutAZoneItIsLocalTime() throws {
        let local = try #require(TimeArgument(argument: "2026-11-24T10:30:00")).resolved(at: Self.now)
        let utc = try #require(TimeArgument(argument: "2026-11-24T10:30:00Z")).resolved(at: Self.now)
        // Zones are whole quarters of an hour, at most 14 hours away.
        let difference = local.microsecondsSinceEpoch - utc.microsecondsSinceEpoch
        #expect(difference % 900_000_000 == 0 && abs(difference) <= 50_400_000_000)
    }

    @Test(arguments: [
        "", "h", "-5h", "5x", "1h30m", "yesterday", "nan", "inf", "0x10", "1e400", "2026-11", "2026-13-01",
        "2026-02-29",
        "2026-11-24T", "2026-11-24T25:00", "2026-11-24T10:60", "2026-11-24T10:30:00Zjunk", "2026-11-24T10:30:00.Z",
        "2026-11-24T10:30:00+25:00", "99999999999999w", "\u{0661}h",
    ])
    func whatIsNoTimeIsRefused(_ text: String) {
        #expect(TimeArgument(argument: text) == nil)
    }
}
