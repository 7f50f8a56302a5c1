// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Bits of a stream in DEFLATE's order: the least of each byte first.
struct BitReader {
    private(set) var bits: UInt64 = 0
    private(set) var count = 0
    private var position = 0

    /// Begins to take from new bytes; the bits that are left come first.
    mutating func begin() {
        position = 0
    }

    /// Takes in as many whole bytes as there is room for.
    mutating func refill(_ bytes: UnsafeRawBufferPointer) {
        while count <= 56, position < bytes.count {
            bits |= UInt64(bytes[position]) << UInt64(count)
            count += 8
            position += 1
        }
    }

    /// Drops bits that have been read.
    mutating func drop(_ number: Int) {
        bits >>= UInt64(number)
        count -= number
    }

    /// Reads a number of bits, if there are as many.
    mutating func take(_ number: Int, _ bytes: UnsafeRawBufferPointer) -> Int? {
        if count < number { refill(bytes) }
        guard count >= number else { return nil }
        let value = Int(bits & (1 << UInt64(number) - 1))
        drop(number)
        return value
    }

    /// Goes back to where a word began that has not come whole; what there is of it stays for the next bytes.
    mutating func restore(_ saved: BitReader, _ bytes: UnsafeRawBufferPointer) {
        self = saved
        refill(bytes)
    }

    /// Drops bits up to the next whole byte.
    mutating func align() {
        drop(count & 7)
    }
}
