// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A single value of a source row.
enum SourceValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    /// The text of a JSON object.
    case object(String)
    /// The text of a JSON array.
    case array(String)

    /// The kind of value, for a person.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a truth value"
        case .integer, .number: "a number"
        case .string: "a text"
        case .object: "an object"
        case .array: "a list"
        }
    }
}

/// Reads one JSON object into its keys and values, nested values as their text (RFC 8259).
///
/// Numbers stay exact: whole ones up to 64 bits are integers. A key that comes twice has its last value.
struct JSONObjectReader {
    /// Why a text is no JSON object.
    struct Failure: Error, Hashable {
        var reason: String
    }

    private let bytes: UnsafeRawBufferPointer
    private var place = 0
    private static let deepest = 200

    /// Reads an object from a whole text.
    static func read(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> SourceValues {
        var reader = JSONObjectReader(bytes)
        reader.skipBlanks()
        guard reader.peek == UInt8(ascii: "{") else { throw Failure(reason: "no JSON object") }
        let members = try reader.object()
        reader.skipBlanks()
        guard reader.peek == nil else { throw Failure(reason: "text after the JSON object") }
        return members
    }

    /// Reads a list of texts; nothing if the text is none.
    static func strings(_ text: String) -> [String]? {
        var text = text
        return text.withUTF8 { bytes in
            var reader = JSONObjectReader(UnsafeRawBufferPointer(bytes))
            return try? reader.strings()
        }
    }

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    private var peek: UInt8? {
        place < bytes.count ? bytes[place] : nil
    }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
            place += 1
        }
    }

    private mutating func take(_ byte: UInt8, _ what: String) throws(Failure) {
        guard peek == byte else { throw Failure(reason: "malformed JSON: \(what) expected at byte \(place + 1)") }
        place += 1
    }

    private mutating func object() throws(Failure) -> SourceValues {
        var members = SourceValues()
        try take(UInt8(ascii: "{"), "{")
        skipBlanks()
        if peek == UInt8(ascii: "}") {
            place += 1
            return members
        }
        while true {
            skipBlanks()
            let column = try key()
            skipBlanks()
            try take(UInt8(ascii: ":"), "a colon")
            skipBlanks()
            let value = try value()
            if let column { members[column] = value }
            skipBlanks()
            if peek == UInt8(ascii: ",") {
                place += 1
                continue
            }
            try take(UInt8(ascii: "}"), "a comma or }")
            return members
        }
    }

    /// A key; nothing for one that says nothing to us.
    private mutating func key() throws(Failure) -> SourceColumn? {
        try take(UInt8(ascii: "\""), "a quote")
        let start = place
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20, byte < 0x80 {
            place += 1
        }
        guard peek == UInt8(ascii: "\"") else {
            // Rare: a key with escapes or letters beyond ASCII.
            place = start - 1
            return SourceColumn(name: try string())
        }
        defer { place += 1 }
        return SourceColumn(bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<place]))
    }

    private mutating func value() throws(Failure) -> SourceValue {
        switch peek {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return .object(try nestedText())
        case UInt8(ascii: "["): return .array(try nestedText())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: SourceValue) throws(Failure) -> SourceValue {
        let count = word.utf8CodeUnitCount
        guard place + count <= bytes.count else { throw malformed() }
        for index in 0..<count where bytes[place + index] != word.utf8Start[index] { throw malformed() }
        place += count
        return value
    }

    private func malformed() -> Failure {
        Failure(reason: "malformed JSON at byte \(place + 1)")
    }
}

// MARK: Numbers and texts

extension JSONObjectReader {
    private mutating func number() throws(Failure) -> SourceValue {
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

    private mutating func string() throws(Failure) -> String {
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

    private func text(_ bytes: some Collection<UInt8>) throws(Failure) -> String {
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

// MARK: Nested values

extension JSONObjectReader {
    /// Walks over an object or list, which must be well formed, and returns its text.
    private mutating func nestedText() throws(Failure) -> String {
        let start = place
        try skipNested(depth: 0)
        return try text(UnsafeRawBufferPointer(rebasing: bytes[start..<place]))
    }

    private mutating func skipNested(depth: Int) throws(Failure) {
        guard depth < Self.deepest else { throw Failure(reason: "JSON nested too deeply") }
        let isObject = peek == UInt8(ascii: "{")
        let end = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
        place += 1
        skipBlanks()
        if peek == end {
            place += 1
            return
        }
        while true {
            skipBlanks()
            if isObject {
                _ = try string()
                skipBlanks()
                try take(UInt8(ascii: ":"), "a colon")
                skipBlanks()
            }
            if peek == UInt8(ascii: "{") || peek == UInt8(ascii: "[") {
                try skipNested(depth: depth + 1)
            } else {
                _ = try value()
            }
            skipBlanks()
            if peek == UInt8(ascii: ",") {
                place += 1
                continue
            }
            try take(end, "the end of a nested value")
            return
        }
    }

    private mutating func strings() throws(Failure) -> [String] {
        var strings: [String] = []
        skipBlanks()
        try take(UInt8(ascii: "["), "[")
        skipBlanks()
        if peek == UInt8(ascii: "]") { return strings }
        while true {
            skipBlanks()
            strings.append(try string())
            skipBlanks()
            if peek == UInt8(ascii: ",") {
                place += 1
                continue
            }
            try take(UInt8(ascii: "]"), "]")
            return strings
        }
    }
}

extension String {
    fileprivate func asInteger(_ isNegative: Bool) -> SourceValue? {
        Int64(isNegative ? "-" + self : self).map(SourceValue.integer)
    }
}
