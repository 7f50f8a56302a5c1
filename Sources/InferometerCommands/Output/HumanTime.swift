// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Times as a person reads them.
enum HumanTime: Sendable {
    /// `12s ago`, `5m ago`, `2h ago`, `3d ago`.
    case relative(to: WallTime)
    /// `2026-11-24T10:30:05Z`, always in UTC.
    case iso8601

    /// The text of a time.
    func text(_ time: WallTime) -> String {
        switch self {
        case .relative(let now): Self.age(of: time, at: now)
        case .iso8601: Self.iso8601(time)
        }
    }

    /// The date and time in UTC to the second.
    static func iso8601(_ time: WallTime) -> String {
        let seconds = floorDivide(time.microsecondsSinceEpoch, 1_000_000)
        let days = floorDivide(seconds, 86_400)
        let date = civilDate(daysSinceEpoch: Int(days))
        let second = Int(seconds - days * 86_400)
        let clock = [second / 3_600, second / 60 % 60, second % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T\(clock)Z"
    }

    private static func age(of time: WallTime, at now: WallTime) -> String {
        let (micros, overflow) = now.microsecondsSinceEpoch.subtractingReportingOverflow(time.microsecondsSinceEpoch)
        guard !overflow, micros >= 0 else { return iso8601(time) }
        switch micros / 1_000_000 {
        case ..<1: return "now"
        case let seconds where seconds < 120: return "\(seconds)s ago"
        case let seconds where seconds < 7_200: return "\(seconds / 60)m ago"
        case let seconds where seconds < 172_800: return "\(seconds / 3_600)h ago"
        case let seconds: return "\(seconds / 86_400)d ago"
        }
    }

    /// The date of a day in the proleptic Gregorian calendar.
    ///
    /// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    private static func civilDate(daysSinceEpoch days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        value / divisor - (value % divisor < 0 ? 1 : 0)
    }

    private static func padded(_ number: Int, _ places: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, places - digits.count)) + digits
    }
}
