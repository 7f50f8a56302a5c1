// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Numbers as a person reads them.
enum HumanUnits {
    /// `0.4 ms`, `34 ms`, `1.2 s`, `2 m 05 s`.
    static func duration(_ duration: Duration) -> String {
        seconds(duration.seconds)
    }

    /// The same from seconds.
    static func seconds(_ seconds: Double) -> String {
        switch abs(seconds) {
        case ..<0.00995: "\(fixed(seconds * 1e3, places: 1)) ms"
        case ..<0.9995: "\(fixed(seconds * 1e3, places: 0)) ms"
        case ..<59.95: "\(fixed(seconds, places: seconds < 9.95 ? 2 : 1)) s"
        case ..<3_599.5: parts(seconds, 60, "m", "s")
        case ..<86_370: parts(seconds / 60, 60, "h", "m")
        default: parts(seconds / 3_600, 24, "d", "h")
        }
    }

    /// A whole number with its thousands apart: `12,345`.
    static func count(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var result = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result += "," }
            result.append(digit)
        }
        return result
    }

    /// A whole number of things: `1 call`, `2 calls`.
    static func count(_ number: Int, of thing: String) -> String {
        "\(count(number)) \(thing)\(number == 1 ? "" : "s")"
    }

    /// A number with about three digits that count.
    static func number(_ number: Double) -> String {
        guard number.isFinite else { return Table.unknown }
        switch abs(number) {
        case 0: return fixed(number, places: 2)
        // What is little must not look like nothing.
        case ..<1e-9: return number.description
        case ..<0.0995: return fixed(number, places: placesOfSmall(abs(number)))
        case ..<9.995: return fixed(number, places: 2)
        case ..<99.95: return fixed(number, places: 1)
        case ..<1e15: return count(Int(number.rounded()))
        default: return number.description
        }
    }

    /// The places at which a number below 0.0995 has three digits that count.
    private static func placesOfSmall(_ number: Double) -> Int {
        var (places, bound) = (4, 0.00995)
        while number < bound, places < 13 {
            places += 1
            bound /= 10
        }
        return places
    }

    /// US dollars, with enough places for a single call: `$0`, `$0.00042`, `$12.30`.
    static func dollars(_ amount: Double) -> String {
        guard amount != 0 else { return "$0" }
        guard amount > 0 else { return "-" + dollars(-amount) }
        var places = 2
        var bound = 1.0
        while abs(amount) < bound, places < 8 {
            bound /= 10
            places += 1
        }
        return "$" + fixed(amount, places: places)
    }

    /// `34 mJ`, `1.20 J`, `3.4 kJ`.
    static func joules(_ joules: Double) -> String {
        switch abs(joules) {
        case 0: "0 J"
        case ..<0.9995: "\(number(joules * 1e3)) mJ"
        case ..<999.5: "\(number(joules)) J"
        case ..<999_500: "\(number(joules / 1e3)) kJ"
        default: "\(number(joules / 1e6)) MJ"
        }
    }

    /// `34 B`, `1.2 kB`, `3.4 MB`.
    static func bytes(_ bytes: Int) -> String {
        var amount = Double(bytes)
        for unit in ["B", "kB", "MB", "GB"] {
            if amount < 999.5 { return unit == "B" ? "\(bytes) B" : "\(number(amount)) \(unit)" }
            amount /= 1e3
        }
        return "\(number(amount)) TB"
    }

    /// A number with fixed places, rounded half away from zero.
    static func fixed(_ number: Double, places: Int) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return number.description }
        var factor = 1.0
        for _ in 0..<places { factor *= 10 }
        let scaled = (abs(number) * factor).rounded()
        let sign = number < 0 && scaled > 0 ? "-" : ""
        let whole = Int((scaled / factor).rounded(.down))
        guard places > 0 else { return "\(sign)\(whole)" }
        let fraction = String(Int(scaled - Double(whole) * factor))
        return "\(sign)\(whole)." + String(repeating: "0", count: max(0, places - fraction.count)) + fraction
    }

    private static func parts(_ amount: Double, _ base: Int, _ large: String, _ small: String) -> String {
        let whole = Int(amount.rounded())
        let rest = whole % base
        return "\(whole / base) \(large) \(rest < 10 ? "0" : "")\(rest) \(small)"
    }
}
