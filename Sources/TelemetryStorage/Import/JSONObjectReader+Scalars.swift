// Inferometer
// SPDX-License-Identifier: Apache-2.0

extension JSONObjectReader {
    mutating func number() throws(Failure) -> SourceValue {
        let start = place
        let isNegative = peek == UInt8(ascii: "-")
        if isNegative { place += 1 }
        guard let first = peek, Self.isDigit(first) else { throw malformed() }
        let whole = place
        skipDigits()
        if first == UInt8(ascii: "0"), place - whole > 1 { throw malformed() }
        if peek != UInt8(ascii: "."), peek != UInt8(ascii: "e"), peek != UInt8(ascii: "E") {
            return wholeNumber(from: whole, isNegative: isNegative) ?? .number(slowNumber(from: start))
        }
        var decimals = 0
        if peek == UInt8(ascii: ".") {
            place += 1
            let point = place
            guard let digit = peek, Self.isDigit(digit) else { throw malformed() }
            skipDigits()
            decimals = place - point
        }
        guard peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") else {
            let exact = exactNumber(from: whole, decimals: decimals).map { isNegative ? -$0 : $0 }
            return .number(exact ?? slowNumber(from: start))
        }
        place += 1
        if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { place += 1 }
        guard let digit = peek, Self.isDigit(digit) else { throw malformed() }
        skipDigits()
        return .number(slowNumber(from: start))
    }

    /// The whole number of the digits up to the present place; nothing if 64 bits do not hold it.
    private func wholeNumber(from start: Int, isNegative: Bool) -> SourceValue? {
        guard place - start <= 18 else {
            return String(decoding: bytes[start..<place], as: UTF8.self).asInteger(isNegative)
        }
        var value: Int64 = 0
        for index in start..<place {
            value = value * 10 + Int64(bytes[index] - UInt8(ascii: "0"))
        }
        return .integer(isNegative ? -value : value)
    }

    /// The number of at most fifteen digits with a point among them, which one division rounds right (Clinger 1990).
    private func exactNumber(from start: Int, decimals: Int) -> Double? {
        guard place - start <= 16, decimals < Self.powersOfTen.count else { return nil }
        var value: Int64 = 0
        for index in start..<place where bytes[index] != UInt8(ascii: ".") {
            value = value * 10 + Int64(bytes[index] - UInt8(ascii: "0"))
        }
        return Double(value) / Self.powersOfTen[decimals]
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    ]

    private func slowNumber(from start: Int) -> Double {
        // The text has a number's form, so that it always is one.
        Double(String(decoding: bytes[start..<place], as: UTF8.self)) ?? .nan
    }

    private mutating func skipDigits() {
        while let byte = peek, Self.isDigit(byte) {
            place += 1
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    mutating func string() throws(Failure) -> String {
        try take(UInt8(ascii: "\""), "a quote")
        let start = place
        var isASCII = true
        while let byte = peek {
            if byte == UInt8(ascii: "\"") {
                defer { place += 1 }
                let part = UnsafeRawBufferPointer(rebasing: bytes[start..<place])
                return isASCII ? String(decoding: part, as: UTF8.self) : try text(part)
            }
            if byte >= 0x80 { isASCII = false }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard byte >= 0x20 else { throw malformed() }
            place += 1
        }
        throw Failure(reason: "malformed JSON: a text does not end")
    }

    func text(_ bytes: some Collection<UInt8>) throws(Failure) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Failure(reason: "invalid UTF-8") }
        return text
    }

    /// The rest of a text from its first escape on.
    private mutating func escapedString(from start: Int) throws(Failure) -> String {
        var decoded = Array(bytes[start..<place])
        while let byte = peek {
            place += 1
            switch byte {
            case UInt8(ascii: "\""): return try text(decoded)
            case UInt8(ascii: "\\"): try appendEscape(to: &decoded)
            case 0..<0x20: throw malformed()
            default: decoded.append(byte)
            }
        }
        throw Failure(reason: "malformed JSON: a text does not end")
    }

    private mutating func appendEscape(to decoded: inout [UInt8]) throws(Failure) {
        guard let byte = peek else { throw malformed() }
        place += 1
        switch byte {
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(byte)
        case UInt8(ascii: "u"): decoded.append(contentsOf: String(Character(try escapedScalar())).utf8)
        default: throw malformed()
        }
    }

    /// A character outside the first plane is written as two; a half that stands alone becomes U+FFFD.
    private mutating func escapedScalar() throws(Failure) -> Unicode.Scalar {
        let high = try codeUnit()
        guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) ?? "\u{FFFD}" }
        let mark = place
        guard peek == UInt8(ascii: "\\"), place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "u") else {
            return "\u{FFFD}"
        }
        place += 2
        let low = try codeUnit()
        guard (0xDC00..<0xE000).contains(low) else {
            place = mark
            return "\u{FFFD}"
        }
        return Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func codeUnit() throws(Failure) -> UInt32 {
        guard place + 4 <= bytes.count else { throw malformed() }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[place])).hexDigitValue, bytes[place] < 0x80 else {
                throw malformed()
            }
            value = value << 4 | UInt32(digit)
            place += 1
        }
        return value
    }
}

extension String {
    fileprivate func asInteger(_ isNegative: Bool) -> SourceValue? {
        Int64(isNegative ? "-" + self : self).map(SourceValue.integer)
    }
}
