// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import InferometerCommands

@Suite struct HumanTimeTests {
    private static let now = WallTime(microsecondsSinceEpoch: 1_800_000_000_000_000)

    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (-1_000_000, "1969-12-31T23:59:59Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00Z"), (951_868_799_999_999, "2000-02-29T23:59:59Z"),
        (4_107_542_400_000_000, "2100-03-01T00:00:00Z"), (1_795_516_200_000_000, "2026-11-24T10:30:00Z"),
        (-62_135_596_800_000_000, "0001-01-01T00:00:00Z"),
    ])
    func datesAreOfUTC(_ microseconds: Int64, _ text: String) {
        #expect(HumanTime.iso8601.text(WallTime(microsecondsSinceEpoch: microseconds)) == text)
    }

    /// No time that a record may have ends the program that shows it.
    @Test(arguments: [Int64.min, .min + 1, .max - 1, .max])
    func timesAtTheEdgesAreShown(_ microseconds: Int64) {
        let time = WallTime(microsecondsSinceEpoch: microseconds)
        #expect(HumanTime.iso8601.text(time).hasSuffix("Z"))
        #expect(!HumanTime.relative(to: Self.now).text(time).isEmpty)
        #expect(!HumanTime.relative(to: time).text(Self.now).isEmpty)
    }

    @Test(arguments: [
        (0.0, "now"), (0.999, "now"), (1, "1s ago"), (119.9, "119s ago"), (120, "2m ago"), (7_199, "119m ago"),
        (7_200, "2h ago"), (172_799, "47h ago"), (172_800, "2d ago"), (86_400_000, "1000d ago"),
    ])
    func agesAreOfOneUnit(_ seconds: Double, _ text: String) {
        let time = Self.now.advanced(by: .seconds(-seconds))
        #expect(HumanTime.relative(to: Self.now).text(time) == text)
    }

    /// A clock that was set back shows no negative age.
    @Test func whatIsToComeIsShownAsATime() {
        let time = Self.now.advanced(by: .seconds(1))
        #expect(HumanTime.relative(to: Self.now).text(time) == HumanTime.iso8601.text(time))
    }

    /// What is shown is read as the same time again.
    @Test(arguments: [0, 951_782_400, 1_795_516_200, 4_107_542_399, 253_402_300_799] as [Int64])
    func whatIsShownIsReadAgain(_ seconds: Int64) throws {
        let time = WallTime(microsecondsSinceEpoch: seconds * 1_000_000)
        let read = try #require(TimeArgument(argument: HumanTime.iso8601.text(time)))
        #expect(read == .absolute(time))
    }
}
