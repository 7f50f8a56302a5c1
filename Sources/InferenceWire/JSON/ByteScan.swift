// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Searches in bytes, eight at a time.
enum ByteScan {
    /// The position of the first of two bytes at or after a position; the end if there is none.
    @inline(__always)
    static func first(of one: UInt8, or other: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var position = start
        let end = bytes.count
        let ones = spread(one)
        let others = spread(other)
        while position &+ 8 <= end {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let found = zeroBytes(word ^ ones) | zeroBytes(word ^ others)
            if found != 0 { return position &+ found.trailingZeroBitCount / 8 }
            position &+= 8
        }
        while position < end {
            let byte = bytes[position]
            if byte == one || byte == other { return position }
            position &+= 1
        }
        return end
    }

    /// Whether a needle stands anywhere in bytes.
    static func contains(_ needle: StaticString, in bytes: UnsafeRawBufferPointer) -> Bool {
        let count = needle.utf8CodeUnitCount
        guard count > 0, bytes.count >= count else { return false }
        let head = needle.utf8Start.pointee
        var position = first(of: head, or: head, in: bytes, from: 0)
        while position <= bytes.count - count {
            if matches(needle, bytes, at: position) { return true }
            position = first(of: head, or: head, in: bytes, from: position + 1)
        }
        return false
    }

    /// Whether bytes begin with a prefix at a position.
    @inline(__always)
    static func matches(_ prefix: StaticString, _ bytes: UnsafeRawBufferPointer, at position: Int) -> Bool {
        let count = prefix.utf8CodeUnitCount
        guard bytes.count &- position >= count else { return false }
        for offset in 0..<count where bytes[position &+ offset] != prefix.utf8Start[offset] { return false }
        return true
    }

    @inline(__always)
    private static func spread(_ byte: UInt8) -> UInt64 {
        UInt64(byte) &* 0x0101_0101_0101_0101
    }

    // The high bit of each byte that is zero (and perhaps of bytes after it, which the lowest bit does not show).
    @inline(__always)
    private static func zeroBytes(_ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }
}
