// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Walks over JSON text in place, value by value; what is not asked for is skipped, nothing is built.
///
/// The grammar is that of RFC 8259, checked as the cursor goes, with two liberties that engines take: `NaN` and
/// `Infinity` stand where a number may, and strings may hold any byte but `"`, so that broken UTF-8 does no harm.
/// After the first fault the cursor is broken: it gives nothing more, and `isBroken` says so.
struct JSONCursor {
    /// What kind of value comes next.
    enum Kind {
        case object
        case array
        case string
        case number
        case literal
        case nothing
    }

    /// Containers deeper than this are refused.
    static let depthLimit = 256

    let bytes: UnsafeRawBufferPointer
    private(set) var position = 0
    private(set) var isBroken = false
    private var depth = 0
    // Whether the innermost container has been entered and nothing of it read.
    private var isAtStart = false

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Passes a byte order mark at the very beginning, which engines pass over in a request.
    mutating func skipByteOrderMark() {
        if position == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// Whether nothing but space follows.
    var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return !isBroken && position == bytes.count
        }
    }

    /// The kind of the next value, which is not passed.
    @inline(__always)
    var kind: Kind {
        mutating get {
            skipSpace()
            guard position < bytes.count else { return .nothing }
            switch bytes[position] {
            case UInt8(ascii: "{"): return .object
            case UInt8(ascii: "["): return .array
            case UInt8(ascii: "\""): return .string
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
            case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): return .literal
            case UInt8(ascii: "N"), UInt8(ascii: "I"): return .number
            default: return .nothing
            }
        }
    }

    /// Steps into an object; if the next value is none, it is skipped.
    @inline(__always)
    mutating func enterObject() -> Bool {
        enter(UInt8(ascii: "{"))
    }

    /// Steps into an array; if the next value is none, it is skipped.
    @inline(__always)
    mutating func enterArray() -> Bool {
        enter(UInt8(ascii: "["))
    }

    @inline(__always)
    private mutating func enter(_ bracket: UInt8) -> Bool {
        skipSpace()
        guard !isBroken, position < bytes.count, bytes[position] == bracket else {
            skipValue()
            return false
        }
        guard depth < Self.depthLimit else {
            fail()
            return false
        }
        depth &+= 1
        position &+= 1
        isAtStart = true
        return true
    }

    /// The next key of the object that was entered; nothing at its end, which is passed.
    @inline(__always)
    mutating func nextKey() -> JSONString? {
        guard nextItem(closing: UInt8(ascii: "}")) else { return nil }
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\""), let key = scanString() else {
            fail()
            return nil
        }
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else {
            fail()
            return nil
        }
        position &+= 1
        return key
    }

    /// Whether the array that was entered has another element; at its end, which is passed, it has not.
    @inline(__always)
    mutating func nextElement() -> Bool {
        nextItem(closing: UInt8(ascii: "]"))
    }

    @inline(__always)
    private mutating func nextItem(closing bracket: UInt8) -> Bool {
        skipSpace()
        guard !isBroken, position < bytes.count else {
            fail()
            return false
        }
        let byte = bytes[position]
        let isFirst = isAtStart
        isAtStart = false
        if byte == bracket {
            position &+= 1
            depth &-= 1
            return false
        }
        if isFirst { return true }
        guard byte == UInt8(ascii: ",") else {
            fail()
            return false
        }
        position &+= 1
        skipSpace()
        return true
    }

    /// Passes the next value, whatever it is.
    mutating func skipValue() {
        switch kind {
        case .string: _ = scanString()
        case .number: _ = scanNumber()
        case .literal: _ = scanLiteral()
        case .object:
            guard enterObject() else { return }
            while nextKey() != nil { skipValue() }
        case .array:
            guard enterArray() else { return }
            while nextElement() { skipValue() }
        case .nothing: fail()
        }
    }

    /// The next value if it is a string; another is skipped.
    @inline(__always)
    mutating func string() -> JSONString? {
        guard kind == .string else {
            skipValue()
            return nil
        }
        return scanString()
    }

    /// The next value if it is `true` or `false`; another is skipped.
    mutating func bool() -> Bool? {
        guard kind == .literal else {
            skipValue()
            return nil
        }
        let head = bytes[position]
        guard scanLiteral(), head != UInt8(ascii: "n") else { return nil }
        return head == UInt8(ascii: "t")
    }

    /// The text of the next value if it is a number; another is skipped.
    mutating func numberText() -> UnsafeRawBufferPointer? {
        guard kind == .number else {
            skipValue()
            return nil
        }
        return scanNumber()
    }

    @inline(__always)
    private mutating func skipSpace() {
        while position < bytes.count, bytes[position] <= 0x20 {
            guard Self.isSpace(bytes[position]) else { return fail() }
            position &+= 1
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    // At an opening quote.
    @inline(__always)
    private mutating func scanString() -> JSONString? {
        let start = position &+ 1
        var isEscaped = false
        var end = start
        while true {
            end = ByteScan.first(of: UInt8(ascii: "\""), or: UInt8(ascii: "\\"), in: bytes, from: end)
            guard end < bytes.count else {
                fail()
                return nil
            }
            if bytes[end] == UInt8(ascii: "\"") { break }
            isEscaped = true
            // The byte after a backslash is never the closing quote.
            end = min(end &+ 2, bytes.count)
        }
        position = end &+ 1
        return JSONString(bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<end]), isEscaped: isEscaped)
    }

    private mutating func scanLiteral() -> Bool {
        let word: StaticString =
            switch bytes[position] {
            case UInt8(ascii: "t"): "true"
            case UInt8(ascii: "f"): "false"
            default: "null"
            }
        guard ByteScan.matches(word, bytes, at: position) else {
            fail()
            return false
        }
        position &+= word.utf8CodeUnitCount
        return true
    }

    private mutating func scanNumber() -> UnsafeRawBufferPointer? {
        guard let end = JSONNumber.end(in: bytes, from: position) else {
            fail()
            return nil
        }
        defer { position = end }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<end])
    }

    // The position moves to the end, so that no loop over a broken cursor runs on.
    private mutating func fail() {
        isBroken = true
        position = bytes.count
    }
}
