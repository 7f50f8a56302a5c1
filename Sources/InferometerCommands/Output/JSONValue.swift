// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryExport

/// JSON on its way out, with its keys in the order given.
enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    struct Member: Sendable, Hashable {
        var key: String
        var value: JSONValue
    }

    /// An object from pairs.
    static func pairs(_ pairs: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .object(pairs.map { Member(key: $0.key, value: $0.value) })
    }

    static func string(_ text: String?) -> JSONValue {
        text.map(JSONValue.string) ?? .null
    }

    static func integer(_ number: Int?) -> JSONValue {
        number.map(JSONValue.integer) ?? .null
    }

    static func number(_ number: Double?) -> JSONValue {
        number.map(JSONValue.number) ?? .null
    }

    /// Appends the value, indented where a depth is given.
    func append(to writer: inout JSONWriter, depth: Int? = 0) {
        switch self {
        case .null: writer.append(raw: "null")
        case .bool(let flag): writer.append(raw: flag ? "true" : "false")
        case .integer(let number): writer.append(number)
        case .number(let number): writer.append(number)
        case .string(let text): writer.append(text)
        case .array(let values): Self.append(values, "[", "]", to: &writer, depth) { $1.append(to: &$0, depth: $2) }
        case .object(let members):
            Self.append(members, "{", "}", to: &writer, depth) { writer, member, depth in
                writer.append(member.key)
                writer.append(raw: depth == nil ? ":" : ": ")
                member.value.append(to: &writer, depth: depth)
            }
        }
    }

    private static func append<Element>(
        _ elements: [Element],
        _ opening: String,
        _ closing: String,
        to writer: inout JSONWriter,
        _ depth: Int?,
        _ body: (inout JSONWriter, Element, Int?) -> Void
    ) {
        writer.append(raw: opening)
        for (index, element) in elements.enumerated() {
            if index > 0 { writer.append(raw: ",") }
            if let depth { writer.append(raw: "\n" + String(repeating: "  ", count: depth + 1)) }
            body(&writer, element, depth.map { $0 + 1 })
        }
        if let depth, !elements.isEmpty { writer.append(raw: "\n" + String(repeating: "  ", count: depth)) }
        writer.append(raw: closing)
    }
}
