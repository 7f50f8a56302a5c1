// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Writes JSON as bytes (RFC 8259), valid for every number and text.
///
/// The writer knows no structure: whoever calls it places commas and brackets.
public struct JSONWriter: Sendable {
    /// What has been written.
    public private(set) var bytes: [UInt8] = []

    /// Creates an empty writer.
    public init() {}

    /// Forgets what was written, and keeps the room it took.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    /// Appends bytes that are JSON already.
    public mutating func append(raw text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Appends bytes that are JSON already.
    public mutating func append(raw more: [UInt8]) {
        bytes.append(contentsOf: more)
    }

    /// Appends one byte that is JSON already.
    public mutating func append(raw byte: UInt8) {
        bytes.append(byte)
    }

    /// Appends a whole number.
    public mutating func append(_ number: Int) {
        bytes.append(contentsOf: number.description.utf8)
    }

    /// Appends a number in its shortest exact form; `null` if it is not finite, since JSON has no form for it.
    public mutating func append(_ number: Double) {
        guard number.isFinite else { return append(raw: "null") }
        Self.append(finite: number, to: &bytes)
    }

    /// Appends a finite number in its shortest exact form.
    static func append(finite number: Double, to bytes: inout [UInt8]) {
        if number == number.rounded(), abs(number) < 1e15 {
            bytes.append(contentsOf: Int(number).description.utf8)
        } else {
            bytes.append(contentsOf: number.description.utf8)
        }
    }

    /// Appends a text with quotes and escapes.
    ///
    /// DEL and the C1 controls are escaped too: a terminal may obey them.
    public mutating func append(_ string: String) {
        bytes.append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { utf8 in
            guard utf8.contains(where: Self.mayNeedEscape) else {
                bytes.append(contentsOf: utf8)
                return
            }
            for (index, byte) in utf8.enumerated() {
                appendEscaped(byte, following: index > 0 ? utf8[index - 1] : 0)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func mayNeedEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte >= 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func appendEscaped(_ byte: UInt8, following previous: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append(raw: "\\\"")
        case UInt8(ascii: "\\"): append(raw: "\\\\")
        case UInt8(ascii: "\n"): append(raw: "\\n")
        case UInt8(ascii: "\r"): append(raw: "\\r")
        case UInt8(ascii: "\t"): append(raw: "\\t")
        case 0..<0x20, 0x7F: appendCodePoint(byte)
        case 0x80..<0xA0 where previous == 0xC2:
            bytes.removeLast()
            appendCodePoint(byte)
        default: bytes.append(byte)
        }
    }

    private mutating func appendCodePoint(_ byte: UInt8) {
        append(raw: byte < 0x10 ? "\\u000" : "\\u00")
        append(raw: String(byte, radix: 16))
    }
}
