// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import InferometerCommands

@Suite struct HumanUnitsTests {
    @Test(arguments: [
        (0.0, "0.0 ms"), (0.0004, "0.4 ms"), (0.0099, "9.9 ms"), (0.00999, "10 ms"), (0.034, "34 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.00 s"), (1.234, "1.23 s"), (12.34, "12.3 s"), (59.97, "1 m 00 s"), (125, "2 m 05 s"),
        (3_725, "1 h 02 m"), (90_000, "1 d 01 h"),
    ])
    func durations(_ seconds: Double, _ text: String) {
        #expect(HumanUnits.seconds(seconds) == text)
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567"), (Int.min, "-9,223,372,036,854,775,808"),
    ])
    func counts(_ number: Int, _ text: String) {
        #expect(HumanUnits.count(number) == text)
    }

    @Test(arguments: [
        (0.0, "0.00"), (1.005, "1.00"), (9.994, "9.99"), (45.25, "45.3"), (1234.5, "1,235"), (.nan, "-"),
        (0.0137, "0.0137"), (0.0000123, "0.0000123"), (0.0995, "0.10"), (0.0994, "0.0994"), (-0.00042, "-0.000420"),
        (1e-9, "0.00000000100"), (5e-10, "5e-10"), (0.00994999, "0.00995"),
    ])
    func numbers(_ number: Double, _ text: String) {
        #expect(HumanUnits.number(number) == text)
    }

    @Test(arguments: [
        (0.0, "$0"), (12.3, "$12.30"), (0.5, "$0.500"), (0.00042, "$0.000420"), (1e-12, "$0.00000000"),
        (-0.25, "-$0.250"),
    ])
    func dollars(_ amount: Double, _ text: String) {
        #expect(HumanUnits.dollars(amount) == text)
    }

    @Test(arguments: [(0.0, "0 J"), (0.0345, "34.5 mJ"), (1.2, "1.20 J"), (3_400, "3.40 kJ"), (5e6, "5.00 MJ")])
    func joules(_ joules: Double, _ text: String) {
        #expect(HumanUnits.joules(joules) == text)
    }

    @Test(arguments: [(34, "34 B"), (1_234, "1.23 kB"), (5_600_000, "5.60 MB"), (7_000_000_000_000, "7.00 TB")])
    func bytes(_ bytes: Int, _ text: String) {
        #expect(HumanUnits.bytes(bytes) == text)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (1_795_516_200, "2026-11-24T10:30:00Z"), (1_709_164_800, "2024-02-29T00:00:00Z"),
        (-1, "1969-12-31T23:59:59Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
    ])
    func dates(_ seconds: Int64, _ text: String) {
        #expect(HumanTime.iso8601(WallTime(microsecondsSinceEpoch: seconds * 1_000_000)) == text)
    }

    @Test(arguments: [
        (0, "now"), (12, "12s ago"), (300, "5m ago"), (7_300, "2h ago"), (259_300, "3d ago"),
        (-60, "2027-01-15T08:01:00Z"),
    ])
    func ages(_ seconds: Int, _ text: String) {
        let now = WallTime(microsecondsSinceEpoch: 1_800_000_000_000_000)
        #expect(HumanTime.relative(to: now).text(now.advanced(by: .seconds(-seconds))) == text)
    }
}
