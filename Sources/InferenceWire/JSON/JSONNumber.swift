// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The grammar of numbers in JSON text (RFC 8259, section 6).
enum JSONNumber {
    /// The position after the number that begins at a position; nothing if none does.
    ///
    /// `NaN`, `Infinity` and `-Infinity` are let through, since Python's encoder writes them.
    static func end(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var position = start
        skip(UInt8(ascii: "-"), in: bytes, &position)
        guard position < bytes.count else { return nil }
        if bytes[position] > UInt8(ascii: "9") { return endOfWord(in: bytes, from: position) }
        let leadsWithZero = bytes[position] == UInt8(ascii: "0")
        let digits = skipDigits(in: bytes, &position)
        guard digits == 1 || digits > 1 && !leadsWithZero else { return nil }
        if skip(UInt8(ascii: "."), in: bytes, &position) {
            guard skipDigits(in: bytes, &position) > 0 else { return nil }
        }
        guard position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") else { return position }
        position += 1
        if !skip(UInt8(ascii: "+"), in: bytes, &position) { skip(UInt8(ascii: "-"), in: bytes, &position) }
        return skipDigits(in: bytes, &position) > 0 ? position : nil
    }

    private static func endOfWord(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        let word: StaticString = bytes[start] == UInt8(ascii: "N") ? "NaN" : "Infinity"
        return ByteScan.matches(word, bytes, at: start) ? start + word.utf8CodeUnitCount : nil
    }

    @discardableResult
    private static func skip(_ byte: UInt8, in bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private static func skipDigits(in bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Int {
        let start = position
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
        return position - start
    }
}
