// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The self-describing layout 1.9 of `gpu_metrics`: a count, then attributes, each a word that says what follows it.
struct GPUMetricsAttributes: Sendable {
    /// The attributes that are of use here, by their numbers.
    enum Attribute: UInt64 {
        case socketPower = 3
        case graphicsActivity = 4
        case energy = 7
    }

    private var values: [UInt64: UInt64] = [:]

    /// The first value of an attribute, if the card has it.
    func value(of attribute: Attribute) -> UInt64? {
        values[attribute.rawValue]
    }

    /// Walks the attributes.
    ///
    /// - Throws: ``GPUMetricsError`` if the bytes end inside one.
    init(_ bytes: [UInt8]) throws(GPUMetricsError) {
        let reader = ByteReader(bytes: bytes)
        guard let count = reader.unsigned(at: 4, width: 4) else { throw .tooShort }
        var offset = 8
        for _ in 0..<count {
            guard let word = reader.unsigned(at: offset, width: 8) else { throw .tooShort }
            offset += 8
            // Number of values in the low ten bits, the attribute above, then the type.
            let instances = Int(word & 0x3FF)
            let attribute = word >> 10 & 0x3FF
            let width = Self.width(ofType: word >> 20 & 0xF)
            guard let width, offset + instances * width <= bytes.count else { throw .tooShort }
            if instances > 0, let value = reader.known(at: offset, width: width) { values[attribute] = value }
            offset += instances * width
        }
    }

    /// Bytes of one value: 8, 16, 32 and 64 bits by turns without and with sign.
    private static func width(ofType type: UInt64) -> Int? {
        type <= 7 ? 1 << Int(type / 2) : nil
    }
}
