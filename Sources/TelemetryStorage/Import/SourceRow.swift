// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import TelemetryCore

/// Takes typed values out of a source row; refuses what cannot be right.
struct SourceRow {
    /// Why a row is refused.
    struct Refusal: Error, Hashable {
        var reason: String
    }

    /// What a 0 in a number's place means.
    enum Zero {
        /// Nothing was measured.
        case unknown
        /// Zero.
        case itself
    }

    private let values: SourceValues
    private let zero: Zero

    /// Creates a row whose zeros mean one thing, save where a column says otherwise.
    init(_ values: SourceValues, zero: Zero) {
        self.values = values
        self.zero = zero
    }

    subscript(key: SourceColumn) -> SourceValue {
        values[key]
    }

    /// A text; nothing for none or an empty one.
    func text(_ key: SourceColumn) throws(Refusal) -> String? {
        switch self[key] {
        case .null: return nil
        case .string(let text): return text.isEmpty ? nil : text
        case let value: throw wrong(key, value, "a text")
        }
    }

    /// A truth value; false where there is none.
    func flag(_ key: SourceColumn) throws(Refusal) -> Bool {
        switch self[key] {
        case .null: return false
        case .bool(let flag): return flag
        case .integer(0), .number(0): return false
        case .integer(1), .number(1): return true
        case let value: throw wrong(key, value, "true or false")
        }
    }

    /// A whole number.
    func count(_ key: SourceColumn, zero own: Zero? = nil) throws(Refusal) -> Int? {
        let number: Int
        switch self[key] {
        case .null: return nil
        case .integer(let value): number = Int(value)
        case .number(let value):
            guard value.isFinite else { throw Refusal(reason: "\(key.name) is not finite") }
            guard let whole = Int(exactly: value) else { throw Refusal(reason: "\(key.name) is no whole number") }
            number = whole
        case let value: throw wrong(key, value, "a whole number")
        }
        guard number >= 0 else { throw Refusal(reason: "\(key.name) is negative") }
        return number == 0 && (own ?? zero) == .unknown ? nil : number
    }

    /// A number.
    func number(_ key: SourceColumn, zero own: Zero? = nil) throws(Refusal) -> Double? {
        let number: Double
        switch self[key] {
        case .null: return nil
        case .integer(let value): number = Double(value)
        case .number(let value): number = value
        case let value: throw wrong(key, value, "a number")
        }
        guard number.isFinite else { throw Refusal(reason: "\(key.name) is not finite") }
        guard number >= 0 else { throw Refusal(reason: "\(key.name) is negative") }
        return number == 0 && (own ?? zero) == .unknown ? nil : number
    }

    /// A number in a unit, within what can be measured: 0, or from 1e-9 to 1e12 of the unit's base.
    private func quantity(_ key: SourceColumn, perBase scale: Double, zero own: Zero? = nil) throws(Refusal) -> Double?
    {
        guard let number = try number(key, zero: own) else { return nil }
        if number != 0 {
            guard number >= 1e-9 * scale * (1 - 1e-12) else { throw Refusal(reason: "\(key.name) is under 1e-9") }
            guard number <= 1e12 * scale * (1 + 1e-12) else { throw Refusal(reason: "\(key.name) is over 1e12") }
        }
        return number
    }

    /// A duration in seconds.
    func seconds(_ key: SourceColumn) throws(Refusal) -> Duration? {
        try quantity(key, perBase: 1).flatMap { Duration(microseconds: $0 * 1e6) }
    }

    /// A duration in milliseconds.
    func milliseconds(_ key: SourceColumn, zero own: Zero? = nil) throws(Refusal) -> Duration? {
        try quantity(key, perBase: 1e3, zero: own).flatMap { Duration(microseconds: $0 * 1e3) }
    }

    /// An energy in joules.
    func joules(_ key: SourceColumn) throws(Refusal) -> Energy? {
        try quantity(key, perBase: 1).flatMap { .joules($0) }
    }

    /// A power in watts.
    func watts(_ key: SourceColumn) throws(Refusal) -> Power? {
        try quantity(key, perBase: 1).map(Power.watts)
    }

    /// A time in seconds since the epoch, which must be there.
    func time(_ key: SourceColumn) throws(Refusal) -> WallTime {
        guard let seconds = try number(key, zero: .itself) else { throw Refusal(reason: "no \(key.name)") }
        guard let time = WallTime(secondsSinceEpoch: seconds) else { throw Refusal(reason: "\(key.name) is over 1e12") }
        return time
    }

    /// A word of a closed vocabulary.
    func word<Word: RawRepresentable<String>>(_ key: SourceColumn, _ type: Word.Type) throws(Refusal) -> Word? {
        guard let text = try text(key) else { return nil }
        guard let word = Word(rawValue: text) else { throw Refusal(reason: "\(key.name) is no known word") }
        return word
    }

    /// A JSON object, or a text that is one.
    func metadata(_ key: SourceColumn) throws(Refusal) -> CallMetadata {
        switch self[key] {
        case .null: return CallMetadata()
        case .object(let text): return Self.metadata(text)
        case .string(var text):
            if text.isEmpty { return CallMetadata() }
            let isObject = text.withUTF8 { (try? JSONObjectReader.read(UnsafeRawBufferPointer($0))) != nil }
            guard isObject else { throw Refusal(reason: "\(key.name) is no JSON object") }
            return Self.metadata(text)
        case let value: throw wrong(key, value, "an object")
        }
    }

    private static func metadata(_ text: String) -> CallMetadata {
        let isEmpty = text.utf8.allSatisfy { [0x7B, 0x7D, 0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return isEmpty ? CallMetadata() : CallMetadata(uncheckedJSON: text)
    }

    /// A list of texts.
    func texts(_ key: SourceColumn) throws(Refusal) -> [String] {
        switch self[key] {
        case .null: return []
        case .array(let text):
            guard let texts = JSONObjectReader.strings(text) else {
                throw Refusal(reason: "\(key.name) is no list of texts")
            }
            return texts
        case let value: throw wrong(key, value, "a list")
        }
    }

    private func wrong(_ key: SourceColumn, _ value: SourceValue, _ wanted: String) -> Refusal {
        Refusal(reason: "\(key.name) is \(value.kind), not \(wanted)")
    }
}
