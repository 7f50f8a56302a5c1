// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import TelemetryCore

/// A point in time as a person types it: epoch seconds, ISO 8601, or an age such as `24h`.
enum TimeArgument: Hashable, Sendable {
    /// A point in time.
    case absolute(WallTime)
    /// So long before now.
    case age(Duration)

    /// The point in time that is meant, at a given now.
    func resolved(at now: WallTime) -> WallTime {
        switch self {
        case .absolute(let time): time
        case .age(let age): now.advanced(by: .zero - age)
        }
    }
}

extension TimeArgument: ExpressibleByArgument {
    init?(argument: String) {
        if let age = AgeArgument(argument: argument) {
            self = .age(age.duration)
        } else if let seconds = Self.plainNumber(argument), let time = WallTime(secondsSinceEpoch: seconds) {
            self = .absolute(time)
        } else if let time = ISO8601Time(argument)?.wallTime {
            self = .absolute(time)
        } else {
            return nil
        }
    }

    /// A decimal number; `Double.init` alone would take `0x1p3`, `nan` and `infinity`.
    private static func plainNumber(_ text: String) -> Double? {
        guard text.utf8.allSatisfy({ "0123456789.-+eE".utf8.contains($0) }) else { return nil }
        return Double(text)
    }
}

/// A length of time with its unit: `90s`, `30m`, `24h`, `7d`, `2w`.
struct AgeArgument: Hashable, Sendable, ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        guard let unit = argument.last.flatMap({ Self.secondsOfUnit[$0] }) else { return nil }
        let digits = argument.dropLast()
        guard !digits.isEmpty, digits.utf8.allSatisfy({ "0123456789.".utf8.contains($0) }),
            let count = Double(digits), count * unit <= Self.longest
        else { return nil }
        duration = .seconds(count * unit)
    }

    private static let secondsOfUnit: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
    /// A thousand years: beyond it every store is empty and arithmetic overflows.
    private static let longest = 31_557_600_000.0
}
