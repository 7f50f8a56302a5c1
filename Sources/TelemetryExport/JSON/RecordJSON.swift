// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// Writes records as JSON objects with every key of `RecordField.all`, in its order, each on one line.
public enum RecordJSON {
    /// Appends a record as one object without a line end.
    public static func append(_ record: TelemetryRecord, to writer: inout JSONWriter) {
        for (index, field) in RecordField.all.enumerated() {
            writer.append(raw: openings[index])
            append(field.value(record), to: &writer)
        }
        writer.append(raw: UInt8(ascii: "}"))
    }

    /// Appends one value.
    public static func append(_ value: RecordValue, to writer: inout JSONWriter) {
        switch value {
        case .null: writer.append(raw: "null")
        case .bool(let flag): writer.append(raw: flag ? "true" : "false")
        case .integer(let number): writer.append(number)
        case .number(let number): writer.append(number)
        case .string(let text): writer.append(text)
        case .strings(let texts): append(texts, to: &writer)
        case .json(let text): writer.append(raw: harmless(text))
        }
    }

    private static func append(_ texts: [String], to writer: inout JSONWriter) {
        for (index, text) in texts.enumerated() {
            writer.append(raw: index == 0 ? UInt8(ascii: "[") : UInt8(ascii: ","))
            writer.append(text)
        }
        writer.append(raw: texts.isEmpty ? "[]" : "]")
    }

    /// JSON text on one line and without what a terminal may obey.
    ///
    /// Line ends can only stand between tokens, and become spaces; DEL and the C1 controls only within strings, and
    /// become escapes.
    private static func harmless(_ json: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(json.utf8.count)
        for byte in json.utf8 {
            switch byte {
            case 0x0A, 0x0D: bytes.append(UInt8(ascii: " "))
            case 0x7F: bytes.append(contentsOf: "\\u007f".utf8)
            case 0x80..<0xA0 where bytes.last == 0xC2:
                bytes.removeLast()
                bytes.append(contentsOf: "\\u00\(String(byte, radix: 16))".utf8)
            default: bytes.append(byte)
            }
        }
        return bytes
    }

    /// What stands before each value: a brace or comma, and the key.
    private static let openings: [[UInt8]] = RecordField.all.enumerated().map { index, field in
        Array("\(index == 0 ? "{" : ",")\"\(field.key)\":".utf8)
    }
}
