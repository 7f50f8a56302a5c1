// Inferometer
// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A JSON value of a parity case, or of the answer to one.
package enum ParityValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    indirect case array([ParityValue])
    indirect case object([String: ParityValue])

    /// Reads the text of a JSON value.
    package init(json: Data) throws {
        self = try JSONDecoder().decode(ParityValue.self, from: json)
    }

    /// Reads the text of a JSON value.
    package init(json: String) throws {
        try self.init(json: Data(json.utf8))
    }

    /// The value under a key; null where this is no object or has no such key.
    package subscript(key: String) -> ParityValue {
        guard case .object(let members) = self else { return .null }
        return members[key] ?? .null
    }

    /// The elements of an array; none otherwise.
    package var elements: [ParityValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// The members of an object; none otherwise.
    package var members: [String: ParityValue] {
        if case .object(let members) = self { members } else { [:] }
    }

    /// The value as a number: `true` and `false` are 1 and 0; `"inf"`, `"-inf"` and `"nan"` are floats.
    package var double: Double? {
        switch self {
        case .bool(let value): value ? 1 : 0
        case .integer(let value): Double(value)
        case .number(let value): value
        case .string("inf"): .infinity
        case .string("-inf"): -.infinity
        case .string("nan"): .nan
        default: nil
        }
    }

    /// The value as a whole number, if it is one.
    package var int: Int? {
        switch self {
        case .bool(let value): value ? 1 : 0
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The value as a truth value: 1 is true and 0 is false.
    package var bool: Bool? {
        switch int {
        case 0: false
        case 1: true
        default: nil
        }
    }

    /// The text of a string.
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// Whether the value is `null`, an empty string, list or object, or holds nothing else.
    package var isAbsent: Bool {
        switch self {
        case .null: true
        case .string(let text): text.isEmpty
        case .array(let elements): elements.allSatisfy(\.isAbsent)
        case .object(let members): members.values.allSatisfy(\.isAbsent)
        case .bool, .integer, .number: false
        }
    }
}

extension ParityValue: Decodable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([ParityValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: ParityValue].self))
        }
    }
}

extension ParityValue: CustomStringConvertible {
    package var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): value.description
        case .integer(let value): value.description
        case .number(let value): value.description
        case .string(let text): "\"\(text)\""
        case .array(let elements): "[" + elements.map(\.description).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
        }
    }
}

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension ParityValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(nilLiteral: ()) { self = .null }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(stringLiteral value: String) { self = .string(value) }
    package init(arrayLiteral elements: ParityValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, ParityValue)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
}

extension ParityValue {
    /// A number, or null where there is none.
    package init(_ value: Double?) {
        self = value.map(ParityValue.number) ?? .null
    }

    /// A whole number, or null where there is none.
    package init(_ value: Int?) {
        self = value.map(ParityValue.integer) ?? .null
    }

    /// A text, or null where there is none.
    package init(_ value: String?) {
        self = value.map(ParityValue.string) ?? .null
    }

    /// A truth value, or null where there is none.
    package init(_ value: Bool?) {
        self = value.map(ParityValue.bool) ?? .null
    }
}
