// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Any JSON value: Ollama gives a tool's arguments as an object where OpenAI's API gives the text of one.
indirect enum JSONTree: Decodable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONTree])
    case object([String: JSONTree])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .bool(flag)
        } else if let integer = try? value.decode(Int64.self) {
            self = .integer(integer)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let elements = try? value.decode([JSONTree].self) {
            self = .array(elements)
        } else {
            self = .object(try value.decode([String: JSONTree].self))
        }
    }

    /// The value as text, the members of an object by name.
    var text: String {
        switch self {
        case .null: return "null"
        case .bool(let flag): return flag ? "true" : "false"
        case .integer(let integer): return "\(integer)"
        case .number(let number):
            var text = ""
            JSONText.appendNumber(number, to: &text)
            return text
        case .string(let string): return JSONObjectText.quoted(string)
        case .array(let elements): return "[" + elements.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            var object = JSONObjectText()
            for (name, value) in members.sorted(by: { $0.key < $1.key }) { object.add(name, json: value.text) }
            return object.text
        }
    }
}
