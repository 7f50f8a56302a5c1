// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import TelemetryCore

/// How exactly numbers are kept.
enum NumberPrecision: Sendable {
    /// Times of our own clocks, rounded to their column's unit.
    case measured
    /// Numbers of others, kept as they are: whole where they are whole in the column's unit, floating otherwise.
    case literal
}

/// A number as SQLite keeps it.
enum RowNumber: Sendable, Hashable {
    case integer(Int64)
    case real(Double)

    /// The number, for sums.
    var double: Double {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value
        }
    }

    /// A count, or nothing if it is negative.
    init?(count: Int?) {
        guard let count, count >= 0 else { return nil }
        self = .integer(Int64(count))
    }

    /// A measured number, whole where it is whole; nothing if it is negative or not finite.
    init?(_ value: Double?) {
        guard let value, value.isFinite, value >= 0 else { return nil }
        self = Self.wholeIfSo(value)
    }

    /// A sum of money in billionths; nothing if it is negative, not finite or over 1e12.
    init?(billionthsOf value: Double?) {
        guard let value, value.isFinite, value >= 0, value <= 1e12 else { return nil }
        self = Self.wholeIfSo(value * 1e9)
    }

    /// A duration in units of so many attoseconds; nothing if it is negative or over 1e12 seconds.
    init?(_ duration: Duration?, unit: Int128, precision: NumberPrecision) {
        guard let duration, duration >= .zero, duration <= .seconds(1_000_000_000_000) else { return nil }
        self.init(duration.attoseconds, unit: unit, precision: precision)
    }

    /// An energy in nanojoules; nothing if it is negative or over 1e12 joules.
    init?(_ energy: Energy?, precision: NumberPrecision) {
        guard let energy, energy >= .zero, energy.attojoules <= Self.largestEnergy else { return nil }
        self.init(energy.attojoules, unit: 1_000_000_000, precision: precision)
    }

    private init(_ amount: Int128, unit: Int128, precision: NumberPrecision) {
        let whole = (amount + unit / 2) / unit
        if precision == .measured || amount == whole * unit, let fitting = Int64(exactly: whole) {
            self = .integer(fitting)
        } else {
            self = Self.wholeIfSo(Self.double(amount) / Self.double(unit))
        }
    }

    /// A number of 128 bits as a floating one; by halves, since the general conversion is slow.
    private static func double(_ amount: Int128) -> Double {
        let high = Int64(truncatingIfNeeded: amount >> 64)
        let low = UInt64(truncatingIfNeeded: amount)
        return Double(high) * 18_446_744_073_709_551_616 + Double(low)
    }

    static let microsecond: Int128 = 1_000_000_000_000
    static let nanosecond: Int128 = 1_000_000_000
    private static let largestEnergy = Int128(1_000_000_000_000) * 1_000_000_000_000_000_000

    /// Decimals that came through binary fractions are off by 1e-16 or so of themselves.
    private static func wholeIfSo(_ value: Double) -> RowNumber {
        let rounded = value.rounded()
        let isWhole = abs(value - rounded) <= abs(value) * 1e-13 && abs(rounded) < 9e15
        return isWhole ? .integer(Int64(rounded)) : .real(value)
    }
}
