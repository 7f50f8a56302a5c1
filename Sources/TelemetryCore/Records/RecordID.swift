// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The identity of a call's record: a UUID of version 7, which sorts by time.
///
/// Layout: RFC 9562, section 5.7 (48 bits of Unix milliseconds, version, 12 random bits, variant, 62 random bits).
public struct RecordID: Sendable, Hashable, Comparable {
    /// The first eight bytes, big-endian.
    public let high: UInt64
    /// The last eight bytes, big-endian.
    public let low: UInt64

    /// Creates an identity from its sixteen bytes as two numbers.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Makes a new identity for a time from random bits.
    public init(at time: WallTime, randomHigh: UInt64, randomLow: UInt64) {
        let milliseconds = UInt64(clamping: time.microsecondsSinceEpoch / 1_000) & 0xFFFF_FFFF_FFFF
        high = milliseconds << 16 | 0x7000 | randomHigh & 0x0FFF
        low = 0x8000_0000_0000_0000 | randomLow & 0x3FFF_FFFF_FFFF_FFFF
    }

    /// Makes a new identity for a time with random numbers of this process, which the system has seeded.
    public init(at time: WallTime) {
        let (high, low) = IdentityRandom.pair()
        self.init(at: time, randomHigh: high, randomLow: low)
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func < (left: RecordID, right: RecordID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension RecordID: CustomStringConvertible, LosslessStringConvertible {
    /// Reads the canonical form of 36 characters, in either case.
    public init?(_ description: String) {
        let text = Array(description.utf8)
        guard text.count == 36 else { return nil }
        var value: UInt128 = 0
        for (position, byte) in text.enumerated() {
            if [8, 13, 18, 23].contains(position) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Self.hexValue(byte) else { return nil }
            value = value << 4 | UInt128(digit)
        }
        self.init(high: UInt64(truncatingIfNeeded: value >> 64), low: UInt64(truncatingIfNeeded: value))
    }

    /// The canonical form, in lower case.
    public var description: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var digits = 0
            for position in 0..<36 {
                if position == 8 || position == 13 || position == 18 || position == 23 {
                    buffer[position] = UInt8(ascii: "-")
                    continue
                }
                let word = digits < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (digits & 15))) & 0xF
                digits += 1
                buffer[position] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
            return 36
        }
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
