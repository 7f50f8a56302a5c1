// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Undoes DEFLATE in gzip's or zlib's wrapping, or bare, as its bytes come (RFC 1950 to 1952).
///
/// Every byte that the input determines is given out at once, so that the events of a compressed stream keep their
/// times. Checksums are not compared: the client's own decoder does that. Input that would expand beyond all measure
/// is a fault.
struct Inflater {
    struct Fault: Error {}

    private enum State {
        case wrapping
        case block
        case storedLength
        case stored
        case codeCounts
        case codeLengths
        case lengths
        case data
        case end
    }

    private var state = State.wrapping
    private var wrapper: DeflateWrapper
    private var input = BitReader()
    private var isLast = false
    private var remaining = 0
    private var lengths: [UInt8] = []
    private var counts = (literals: 0, distances: 0, codes: 0)
    private var lengthCode: HuffmanCode?
    private var codes: (literals: HuffmanCode, distances: HuffmanCode)?
    private var output: [UInt8] = []
    private var given = 0
    private var total = (in: 0, out: 0)

    private static let window = 32_768
    /// Output beyond this and a hundred times the input is taken for an attack.
    private static let freeOutput = 1 << 20
    private static let largestRatio = 100

    /// Begins with the wrapping that a content coding means.
    init(isGzip: Bool) {
        wrapper = DeflateWrapper(isGzip: isGzip)
    }

    /// Takes bytes and gives out all that follow from them.
    mutating func inflate(
        _ bytes: UnsafeRawBufferPointer,
        _ consume: (UnsafeRawBufferPointer) -> Void
    ) throws(Fault) {
        total.in += bytes.count
        input.begin()
        while try step(bytes) {
            if output.count - given >= Self.window { try give(consume) }
        }
        try give(consume)
    }

    /// Gives out what is new and forgets what no distance reaches.
    private mutating func give(_ consume: (UnsafeRawBufferPointer) -> Void) throws(Fault) {
        total.out += output.count - given
        guard total.out <= Self.freeOutput + Self.largestRatio * total.in else { throw Fault() }
        if output.count > given { output.withUnsafeBytes { consume($0.part(given..<$0.count)) } }
        if output.count > 3 * Self.window { output.removeFirst(output.count - Self.window) }
        given = output.count
    }

    /// Takes one step; false when the bytes are used up for now.
    private mutating func step(_ bytes: UnsafeRawBufferPointer) throws(Fault) -> Bool {
        switch state {
        case .wrapping: return try unwrap(bytes)
        case .block: return try beginBlock(bytes)
        case .storedLength: return try readStoredLength(bytes)
        case .stored: return copyStored(bytes)
        case .codeCounts: return try readCounts(bytes)
        case .codeLengths: return try readCodeLengths(bytes)
        case .lengths: return try readLengths(bytes)
        case .data: return try readData(bytes)
        case .end: return endStream(bytes)
        }
    }
}

// MARK: - Blocks

extension Inflater {
    private mutating func unwrap(_ bytes: UnsafeRawBufferPointer) throws(Fault) -> Bool {
        if wrapper.isDecided, wrapper.isBare { return begin(.block) }
        if !wrapper.isDecided, !wrapper.isGzip {
            // Some servers send "deflate" without the wrapping that it means: the first two bytes tell.
            input.refill(bytes)
            guard input.count >= 16 else { return false }
            wrapper.decide(first: UInt8(input.bits & 0xFF), second: UInt8(input.bits >> 8 & 0xFF))
            return true
        }
        guard let byte = input.take(8, bytes) else { return false }
        guard wrapper.take(UInt8(byte)) else { throw Fault() }
        if wrapper.isOver { state = .block }
        return true
    }

    private mutating func begin(_ next: State) -> Bool {
        state = next
        return true
    }

    private mutating func beginBlock(_ bytes: UnsafeRawBufferPointer) throws(Fault) -> Bool {
        if isLast { return begin(.end) }
        guard let header = input.take(3, bytes) else { return false }
        isLast = header & 1 == 1
        switch header >> 1 {
        case 0:
            input.align()
            state = .storedLength
        case 1:
            codes = HuffmanCode.fixed
            state = .data
        case 2: state = .codeCounts
        default: throw Fault()
        }
        return true
    }

    private mutating func readStoredLength(_ bytes: UnsafeRawBufferPointer) throws(Fault) -> Bool {
        guard let value = input.take(32, bytes) else { return false }
        guard value & 0xFFFF == ~(value >> 16) & 0xFFFF else { throw Fault() }
        remaining = value & 0xFFFF
        return begin(.stored)
    }

    private mutating func copyStored(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard remaining > 0 else { return begin(.block) }
        guard let byte = input.take(8, bytes) else { return false }
        output.append(UInt8(byte))
        remaining -= 1
        return true
    }

    /// After the last block come checksums, and perhaps another member; neither matters to a record.
    private mutating func endStream(_ bytes: UnsafeRawBufferPointer) -> Bool {
        input.drop(input.count)
        input.refill(bytes)
        return input.count > 0
    }
}

// MARK: - Codes

extension Inflater {
    private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    private mutating func readCounts(_ bytes: UnsafeRawBufferPointer) throws(Fault) -> Bool {
        guard let value = input.take(14, bytes) else { return false }
        counts = (value & 31 + 257, value >> 5 & 31 + 1, value >> 10 + 4)
        guard counts.literals <= 286, counts.distances <= 30 else { throw Fault() }
        lengths = []
        return begin(.codeLengths)
    }

    private mutating func readCodeLengths(_ bytes: UnsafeRawBufferPointer) throws(Fault) -> Bool {
        guard lengths.count == counts.codes else {
            guard let length = input.take(3, bytes) else { return false }
            lengths.append(UInt8(length))
            return true
        }
        var ordered = [UInt8](repeating: 0, count: 19)
        for (place, length) in lengths.enumerated() { ordered[Self.order[place]] = length }
        guard let code = HuffmanCode(lengths: ordered) else { throw Fault() }
        lengthCode = code
        lengths = []
        return begin(.lengths)
    }

    private mutating func readLengths(_ bytes: UnsafeRawBufferPointer) throws(Fault) -> Bool {
        if lengths.count == counts.literals + counts.distances { return try makeCodes() }
        let saved = input
        guard let symbol = try symbol(lengthCode, bytes) else { return false }
        guard symbol >= 16 else {
            lengths.append(UInt8(symbol))
            return true
        }
        let (extra, least) = symbol == 16 ? (2, 3) : symbol == 17 ? (3, 3) : (7, 11)
        guard let more = input.take(extra, bytes) else {
            input.restore(saved, bytes)
            return false
        }
        guard symbol > 16 || !lengths.isEmpty else { throw Fault() }
        lengths += repeatElement(symbol == 16 ? lengths[lengths.count - 1] : 0, count: least + more)
        guard lengths.count <= counts.literals + counts.distances else { throw Fault() }
        return true
    }

    private mutating func makeCodes() throws(Fault) -> Bool {
        guard lengths[256] > 0, let literals = HuffmanCode(lengths: lengths[..<counts.literals]),
            let distances = HuffmanCode(lengths: Array(lengths[counts.literals...]))
        else { throw Fault() }
        codes = (literals, distances)
        return begin(.data)
    }

    /// The next symbol of a code; nothing if its word has not come whole.
    private mutating func symbol(_ code: HuffmanCode?, _ bytes: UnsafeRawBufferPointer) throws(Fault) -> Int? {
        input.refill(bytes)
        guard let code else { throw Fault() }
        switch code.match(input.bits, count: input.count) {
        case .symbol(let symbol, let length):
            input.drop(length)
            return symbol
        case .tooFewBits: return nil
        case .none: throw Fault()
        }
    }
}

// MARK: - Data

extension Inflater {
    private static let lengthBases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let distanceBases = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1_025, 1_537, 2_049, 3_073,
        4_097,
        6_145, 8_193, 12_289, 16_385, 24_577,
    ]

    /// Reads a literal, or a length and its distance: whole or not at all.
    private mutating func readData(_ bytes: UnsafeRawBufferPointer) throws(Fault) -> Bool {
        let saved = input
        guard let symbol = try symbol(codes?.literals, bytes) else { return false }
        if symbol < 256 {
            output.append(UInt8(symbol))
            return true
        }
        if symbol == 256 { return begin(.block) }
        guard symbol < 286 else { throw Fault() }
        guard let length = number(Self.lengthBases, symbol - 257, extra: Self.lengthExtra(symbol), bytes),
            let code = try self.symbol(codes?.distances, bytes), code < 30,
            let distance = number(Self.distanceBases, code, extra: max(0, code / 2 - 1), bytes)
        else {
            input.restore(saved, bytes)
            return false
        }
        guard distance <= output.count else { throw Fault() }
        for _ in 0..<length { output.append(output[output.count - distance]) }
        return true
    }

    private static func lengthExtra(_ symbol: Int) -> Int {
        symbol < 265 || symbol == 285 ? 0 : (symbol - 261) / 4
    }

    private mutating func number(
        _ bases: [Int],
        _ index: Int,
        extra: Int,
        _ bytes: UnsafeRawBufferPointer
    ) -> Int? {
        guard let more = input.take(extra, bytes) else { return nil }
        return bases[index] + more
    }
}
