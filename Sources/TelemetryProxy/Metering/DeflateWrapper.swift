// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The bytes before a compressed stream: gzip's header, zlib's, or none.
struct DeflateWrapper {
    private enum Part {
        case fixed
        case extraLength
        case extra
        case name
        case comment
        case check
    }

    private(set) var isGzip: Bool
    private(set) var isDecided = false
    private(set) var isBare = false
    private(set) var isOver = false
    private var part = Part.fixed
    private var taken = 0
    private var flags: UInt8 = 0
    private var remaining = 0

    init(isGzip: Bool) {
        self.isGzip = isGzip
        isDecided = isGzip
    }

    /// Decides by the first two bytes what "deflate" means here.
    mutating func decide(first: UInt8, second: UInt8) {
        isDecided = true
        isGzip = first == 0x1F && second == 0x8B
        let isZlib = first & 0x0F == 8 && (Int(first) << 8 | Int(second)) % 31 == 0
        isBare = !isGzip && !isZlib
    }

    /// Takes a byte of the header; false if it can be none.
    mutating func take(_ byte: UInt8) -> Bool {
        defer { taken += 1 }
        guard isGzip else {
            isOver = taken == 1
            // A preset dictionary is known to nobody here.
            return taken == 0 || byte & 0x20 == 0
        }
        switch part {
        case .fixed: return takeFixed(byte)
        case .extraLength:
            remaining |= Int(byte) << (remaining == 0 && flags & 0x80 == 0 ? 0 : 8)
            if flags & 0x80 == 0 { flags |= 0x80 } else { advance(from: .extraLength) }
        case .extra:
            remaining -= 1
            if remaining == 0 { advance(from: .extra) }
        case .name: if byte == 0 { advance(from: .name) }
        case .comment: if byte == 0 { advance(from: .comment) }
        case .check:
            remaining -= 1
            if remaining == 0 { isOver = true }
        }
        return true
    }

    private mutating func takeFixed(_ byte: UInt8) -> Bool {
        switch taken {
        case 0: return byte == 0x1F
        case 1: return byte == 0x8B
        case 2: return byte == 8
        case 3:
            flags = byte & 0x1F
            return byte & 0xE0 == 0
        case 9: advance(from: .fixed)
        default: break
        }
        return true
    }

    /// Goes to the next part that the flags announce.
    private mutating func advance(from done: Part) {
        switch done {
        case .fixed where flags & 4 != 0:
            remaining = 0
            part = .extraLength
        case .extraLength where remaining > 0: part = .extra
        case .fixed, .extraLength, .extra:
            if flags & 8 != 0 { part = .name } else { advance(from: .name) }
        case .name:
            if flags & 16 != 0 { part = .comment } else { advance(from: .comment) }
        case .comment:
            remaining = 2
            if flags & 2 != 0 { part = .check } else { isOver = true }
        case .check: isOver = true
        }
    }
}
