// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// Writes records as comma-separated values (RFC 4180) with the columns of `RecordField.all`.
///
/// What was not measured is an empty field; a text that is empty is a pair of quotes. Lists are joined by semicolons.
public enum RecordCSV {
    /// Appends the line of column names.
    public static func appendHeader(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: RecordField.all.map(\.key).joined(separator: ",").utf8)
        bytes.append(contentsOf: lineEnd)
    }

    /// Appends one record with its line end.
    public static func append(_ record: TelemetryRecord, to bytes: inout [UInt8]) {
        for (index, field) in RecordField.all.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(field.value(record), to: &bytes)
        }
        bytes.append(contentsOf: lineEnd)
    }

    private static func append(_ value: RecordValue, to bytes: inout [UInt8]) {
        switch value {
        case .null: break
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .integer(let number): bytes.append(contentsOf: number.description.utf8)
        case .number(let number): if number.isFinite { JSONWriter.append(finite: number, to: &bytes) }
        case .string(let text): append(text, to: &bytes)
        case .strings(let texts): append(texts.joined(separator: ";"), to: &bytes)
        case .json(let text): append(text, to: &bytes)
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        guard text.isEmpty || text.utf8.contains(where: needsQuotes) else {
            bytes.append(contentsOf: text.utf8)
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsQuotes(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"): true
        default: false
        }
    }

    private static let lineEnd: [UInt8] = [0x0D, 0x0A]
}
