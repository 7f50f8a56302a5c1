// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A canonical Huffman code as DEFLATE has it (RFC 1951, section 3.2.2).
struct HuffmanCode {
    private var counts = [UInt16](repeating: 0, count: 16)
    private var symbols: [UInt16] = []

    static let longest = 15

    /// Makes a code from the length of each symbol's word; nothing if the lengths cannot be a code.
    init?(lengths: some Collection<UInt8>) {
        for length in lengths { counts[Int(length)] += 1 }
        counts[0] = 0
        var offsets = [Int](repeating: 0, count: 17)
        var left = 1
        for length in 1...Self.longest {
            left = left << 1 - Int(counts[length])
            guard left >= 0 else { return nil }
            offsets[length + 1] = offsets[length] + Int(counts[length])
        }
        symbols = [UInt16](repeating: 0, count: offsets[16])
        for (symbol, length) in lengths.enumerated() where length > 0 {
            symbols[offsets[Int(length)]] = UInt16(symbol)
            offsets[Int(length)] += 1
        }
    }

    /// What a look-up found.
    enum Match {
        case symbol(Int, length: Int)
        case tooFewBits
        case none
    }

    /// Finds the symbol whose word the bits begin with.
    func match(_ bits: UInt64, count: Int) -> Match {
        var (code, first, index) = (0, 0, 0)
        for length in 1...Self.longest {
            guard length <= count else { return .tooFewBits }
            code |= Int(bits >> UInt64(length - 1) & 1)
            let number = Int(counts[length])
            if code - number < first { return .symbol(Int(symbols[index + code - first]), length: length) }
            index += number
            first = (first + number) << 1
            code <<= 1
        }
        return .none
    }

    /// The codes of a block that brings none.
    static let fixed: (literals: HuffmanCode, distances: HuffmanCode)? = {
        let lengths = (0..<288).map { symbol -> UInt8 in
            switch symbol {
            case 144...255: 9
            case 256...279: 7
            default: 8
            }
        }
        let literals = HuffmanCode(lengths: lengths)
        let distances = HuffmanCode(lengths: [UInt8](repeating: 5, count: 30))
        guard let literals, let distances else { return nil }
        return (literals, distances)
    }()
}
