// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A string where it stands in JSON text, without its quotes and with its escapes.
///
/// It lives as long as the text.
struct JSONString {
    let bytes: UnsafeRawBufferPointer
    let isEscaped: Bool

    @inline(__always)
    var isEmpty: Bool { bytes.isEmpty }

    /// Whether the string, its escapes undone, equals another.
    @inline(__always)
    static func == (string: JSONString, other: StaticString) -> Bool {
        guard !string.isEscaped else { return string.unescapedEquals(other) }
        guard string.bytes.count == other.utf8CodeUnitCount else { return false }
        return ByteScan.matches(other, string.bytes, at: 0)
    }

    /// Whether the string as it stands ends with another.
    func hasSuffix(_ suffix: StaticString) -> Bool {
        ByteScan.matches(suffix, bytes, at: max(0, bytes.count - suffix.utf8CodeUnitCount))
    }

    /// The string with its escapes undone and broken UTF-8 repaired, cut after so many bytes of its source.
    func text(limit: Int = 256) -> String {
        let source = UnsafeRawBufferPointer(rebasing: bytes[..<min(limit, bytes.count)])
        guard isEscaped else { return String(decoding: source, as: UTF8.self) }
        return Self.unescape(source)
    }

    @inline(never)
    private func unescapedEquals(_ other: StaticString) -> Bool {
        // No escape is longer than six times what it stands for.
        guard bytes.count <= 6 * other.utf8CodeUnitCount else { return false }
        return Self.unescape(bytes) == other.description
    }

    private static func unescape(_ source: UnsafeRawBufferPointer) -> String {
        var text = ""
        var plainStart = 0
        var position = 0
        while position < source.count {
            guard source[position] == UInt8(ascii: "\\"), position + 1 < source.count else {
                position += 1
                continue
            }
            text += String(decoding: source[plainStart..<position], as: UTF8.self)
            position = appendEscape(source, at: position, to: &text)
            plainStart = position
        }
        return text + String(decoding: source[min(plainStart, source.count)...], as: UTF8.self)
    }

    // At a backslash; gives the position after the escape.
    private static func appendEscape(_ source: UnsafeRawBufferPointer, at position: Int, to text: inout String) -> Int {
        switch source[position + 1] {
        case UInt8(ascii: "n"): text += "\n"
        case UInt8(ascii: "t"): text += "\t"
        case UInt8(ascii: "r"): text += "\r"
        case UInt8(ascii: "b"): text += "\u{8}"
        case UInt8(ascii: "f"): text += "\u{C}"
        case UInt8(ascii: "u"): return appendUnicode(source, at: position + 2, to: &text)
        case let other: text.unicodeScalars.append(Unicode.Scalar(other))
        }
        return position + 2
    }

    // At four hexadecimal digits, perhaps followed by the second half of a surrogate pair.
    private static func appendUnicode(_ source: UnsafeRawBufferPointer, at start: Int, to text: inout String) -> Int {
        guard let unit = hexadecimal(source, at: start) else {
            text += "\u{FFFD}"
            return min(start + 4, source.count)
        }
        let next = start + 4
        if unit & 0xFC00 == 0xD800, ByteScan.matches("\\u", source, at: next),
            let low = hexadecimal(source, at: next + 2), low & 0xFC00 == 0xDC00
        {
            let value = 0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF
            text.unicodeScalars.append(Unicode.Scalar(value) ?? "\u{FFFD}")
            return next + 6
        }
        text.unicodeScalars.append(Unicode.Scalar(unit) ?? "\u{FFFD}")
        return next
    }

    private static func hexadecimal(_ source: UnsafeRawBufferPointer, at start: Int) -> UInt32? {
        guard start + 4 <= source.count else { return nil }
        return UInt32(String(decoding: source[start..<start + 4], as: UTF8.self), radix: 16)
    }
}
