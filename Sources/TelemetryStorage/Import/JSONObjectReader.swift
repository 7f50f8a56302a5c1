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

    let bytes: UnsafeRawBufferPointer
    var place = 0
    static let deepest = 200

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

    var peek: UInt8? {
        place < bytes.count ? bytes[place] : nil
    }

    mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
            place += 1
        }
    }

    mutating func take(_ byte: UInt8, _ what: String) throws(Failure) {
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

    mutating func value() throws(Failure) -> SourceValue {
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

    func malformed() -> Failure {
        Failure(reason: "malformed JSON at byte \(place + 1)")
    }
}
