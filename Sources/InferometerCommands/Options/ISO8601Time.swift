// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A time in the extended form of ISO 8601: `2026-11-24`, `2026-11-24T10:30`, `2026-11-24T10:30:05.25+01:00`.
///
/// Without a zone it is the machine's local time, as the standard has it; a date alone is its midnight.
struct ISO8601Time {
    let wallTime: WallTime

    init?(_ text: String) {
        var scanner = DigitScanner(text)
        guard let date = scanner.date() else { return nil }
        var clock: (hour: Int, minute: Int, second: Int, microsecond: Int) = (0, 0, 0, 0)
        var offset: Int?
        if scanner.take("T") || scanner.take("t") || scanner.take(" ") {
            guard let time = scanner.clock() else { return nil }
            clock = time
            if !scanner.isAtEnd {
                guard let zone = scanner.zone() else { return nil }
                offset = zone
            }
        }
        guard scanner.isAtEnd else { return nil }
        let secondOfDay = clock.hour * 3_600 + clock.minute * 60 + clock.second
        let utc = Self.daysSinceEpoch(year: date.year, month: date.month, day: date.day) * 86_400 + secondOfDay
        let seconds = offset.map { utc - $0 } ?? Self.localTime(utc)
        wallTime = WallTime(microsecondsSinceEpoch: Int64(seconds) * 1_000_000 + Int64(clock.microsecond))
    }

    /// Days from 1970-01-01 in the proleptic Gregorian calendar.
    ///
    /// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
    static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The epoch second at which the local clock shows what UTC shows at `seconds`.
    private static func localTime(_ seconds: Int) -> Int {
        var clock = time_t(seconds)
        var parts = tm()
        gmtime_r(&clock, &parts)
        parts.tm_isdst = -1
        return Int(mktime(&parts))
    }
}

/// Reads fixed-width digits from a text.
private struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = text[...].utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func date() -> (year: Int, month: Int, day: Int)? {
        guard let year = digits(4), take("-"), let month = digits(2), (1...12).contains(month), take("-"),
            let day = digits(2), (1...Self.daysInMonth(month, of: year)).contains(day)
        else { return nil }
        return (year, month, day)
    }

    mutating func clock() -> (hour: Int, minute: Int, second: Int, microsecond: Int)? {
        guard let hour = digits(2), hour < 24, take(":"), let minute = digits(2), minute < 60 else { return nil }
        guard take(":") else { return (hour, minute, 0, 0) }
        guard let second = digits(2), second <= 60 else { return nil }
        guard take(".") || take(",") else { return (hour, minute, second, 0) }
        guard let microsecond = fraction() else { return nil }
        return (hour, minute, second, microsecond)
    }

    /// Seconds east of Greenwich.
    mutating func zone() -> Int? {
        if take("Z") || take("z") { return 0 }
        let sign = take("+") ? 1 : take("-") ? -1 : 0
        guard sign != 0, let hours = digits(2), hours < 24 else { return nil }
        if isAtEnd { return sign * hours * 3_600 }
        _ = take(":")
        guard let minutes = digits(2), minutes < 60 else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }

    private mutating func fraction() -> Int? {
        var value = 0
        var places = 0
        while let digit = digits(1) {
            if places < 6 { value = value * 10 + digit }
            places += 1
        }
        guard places > 0 else { return nil }
        for _ in places..<max(places, 6) { value *= 10 }
        return value
    }

    private mutating func digits(_ count: Int) -> Int? {
        guard rest.count >= count else { return nil }
        var value = 0
        for byte in rest.prefix(count) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        rest = rest.dropFirst(count)
        return value
    }

    private static func daysInMonth(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
