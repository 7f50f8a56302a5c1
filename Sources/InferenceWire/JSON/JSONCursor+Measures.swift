// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Numbers that an engine gives, with what cannot be true left out.
extension JSONCursor {
    // A billion tokens in one call, or thirty days, is no measurement.
    private static let largestCount = 1_000_000_000
    private static let longestSeconds = 30.0 * 24 * 3_600

    /// The next value as a count; nothing if it is no whole number from 0 to a billion.
    mutating func count() -> Int? {
        guard let text = numberText(), let value = Self.double(text) else { return nil }
        guard value >= 0, value <= Double(Self.largestCount), value == value.rounded() else { return nil }
        return Int(value)
    }

    /// The next value as a duration in a unit of so many seconds; nothing if it is negative or over thirty days.
    mutating func duration(unit: Double) -> Duration? {
        guard let text = numberText(), let value = Self.double(text) else { return nil }
        let seconds = value * unit
        guard seconds >= 0, seconds <= Self.longestSeconds else { return nil }
        return .nanoseconds(Int64((seconds * 1e9).rounded()))
    }

    private static func double(_ text: UnsafeRawBufferPointer) -> Double? {
        // A longer number is absurd whatever it says.
        guard text.count <= 64, let value = Double(String(decoding: text, as: UTF8.self)) else { return nil }
        return value.isFinite ? value : nil
    }
}
