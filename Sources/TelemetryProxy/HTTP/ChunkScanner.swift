// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Finds the payload in a body of chunks (RFC 9112, section 7.1), whatever the reads that it comes in.
struct ChunkScanner {
    private enum State {
        case size
        case sizeEnd
        case afterSize
        case sizeFeed
        case data
        case dataReturn
        case dataFeed
        case trailerStart
        case trailerLine
        case trailerFeed
        case lastFeed
        case done
    }

    private var state = State.size
    private var remaining = 0
    private var digits = 0
    private var extra = 0
    /// The lines after the last chunk, with their ends.
    private(set) var trailers: [UInt8] = []

    /// The most bytes of extensions or trailers that are read.
    private static let extraLimit = 16_384

    /// Whether the body's end has been seen.
    var isDone: Bool { state == .done }

    /// Scans bytes, adds the ranges of payload, and returns how many bytes belong to the body.
    mutating func scan(
        _ bytes: UnsafeRawBufferPointer,
        payload: inout [Range<Int>]
    ) throws(HTTPFault) -> Int {
        var position = 0
        while position < bytes.count, state != .done {
            if state == .data {
                let count = min(remaining, bytes.count - position)
                payload.append(position..<position + count)
                position += count
                remaining -= count
                if remaining == 0 { state = .dataReturn }
            } else {
                try take(bytes[position])
                position += 1
            }
        }
        return position
    }

    private mutating func take(_ byte: UInt8) throws(HTTPFault) {
        switch state {
        case .size: try takeSize(byte)
        case .sizeEnd, .afterSize: try takeAfterSize(byte)
        case .sizeFeed:
            try expect(byte, .lineFeed)
            digits = 0
            extra = 0
            state = remaining == 0 ? .trailerStart : .data
        case .dataReturn:
            try expect(byte, .carriageReturn)
            state = .dataFeed
        case .dataFeed:
            try expect(byte, .lineFeed)
            state = .size
        case .trailerStart, .trailerLine, .trailerFeed: try takeTrailer(byte)
        case .lastFeed:
            try expect(byte, .lineFeed)
            state = .done
        case .data, .done: break
        }
    }

    private mutating func takeSize(_ byte: UInt8) throws(HTTPFault) {
        guard let digit = Self.hexValue(byte) else {
            guard digits > 0 else { throw .badRequest("a chunk has no size") }
            state = .sizeEnd
            return try takeAfterSize(byte)
        }
        digits += 1
        guard digits <= 15 else { throw .badRequest("a chunk's size is too large") }
        remaining = remaining << 4 | digit
    }

    /// Spaces may follow a size, then an extension after a semicolon, then the line's end.
    private mutating func takeAfterSize(_ byte: UInt8) throws(HTTPFault) {
        switch byte {
        case .carriageReturn: state = .sizeFeed
        case .space, .tab: break
        case 0x3B where state == .sizeEnd: state = .afterSize
        case 0x21...0x7E where state == .afterSize, 0x80... where state == .afterSize: break
        default: throw .badRequest("a chunk's size cannot be read")
        }
        extra += 1
        guard extra <= Self.extraLimit else { throw .badRequest("a chunk's extension is too long") }
    }

    private mutating func takeTrailer(_ byte: UInt8) throws(HTTPFault) {
        switch state {
        case .trailerStart where byte == .carriageReturn:
            state = .lastFeed
            return
        case .trailerLine where byte == .carriageReturn: state = .trailerFeed
        case .trailerFeed where byte == .lineFeed: state = .trailerStart
        case .trailerStart, .trailerLine:
            guard byte >= .space || byte == .tab else { throw .badRequest("a trailer cannot be read") }
            state = .trailerLine
        default: throw .badRequest("a trailer cannot be read")
        }
        trailers.append(byte)
        guard trailers.count <= Self.extraLimit else { throw .badRequest("the trailers are too long") }
    }

    private func expect(_ byte: UInt8, _ expected: UInt8) throws(HTTPFault) {
        guard byte == expected else { throw .badRequest("a chunk does not end where its size says") }
    }

    private static func hexValue(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte &- 0x30)
        case 0x61...0x66, 0x41...0x46: Int(byte.lowercasedASCII &- 0x61) + 10
        default: nil
        }
    }
}
