// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Reads numbers of the text exposition format, as Go's `ParseFloat` does, without making strings of them.
enum PrometheusNumber {
    /// Reads a number that takes up all of the bytes; nothing for what is none.
    static func parse(_ bytes: UnsafeRawBufferPointer) -> Double? {
        decimal(bytes) ?? (isInfinity(bytes) ? .infinity : nil) ?? special(bytes) ?? slow(bytes)
    }

    /// The bound of every histogram's last bucket, as nearly every exporter writes it.
    private static func isInfinity(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count == 4 && ByteScan.matches("+Inf", bytes, at: 0)
    }

    /// Up to 2^53 times or over a power of ten that a `Double` holds exactly, so that one operation rounds right.
    private static func decimal(_ bytes: UnsafeRawBufferPointer) -> Double? {
        var index = 0
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative || bytes.first == UInt8(ascii: "+") { index = 1 }
        var mantissa: UInt64 = 0
        var digits = 0
        var exponent = 0
        var sawPoint = false
        while index < bytes.count {
            let digit = bytes[index] &- UInt8(ascii: "0")
            if digit < 10 {
                mantissa = mantissa &* 10 &+ UInt64(digit)
                digits += 1
                if sawPoint { exponent -= 1 }
            } else if bytes[index] == UInt8(ascii: "."), !sawPoint {
                sawPoint = true
            } else {
                break
            }
            index += 1
        }
        guard digits > 0, digits < 19, mantissa < 1 << 53 else { return nil }
        if index < bytes.count {
            guard let written = writtenExponent(bytes, from: index) else { return nil }
            exponent += written
        }
        guard abs(exponent) < exactPowers.count else { return nil }
        let scale = exactPowers[abs(exponent)]
        let magnitude = exponent < 0 ? Double(mantissa) / scale : Double(mantissa) * scale
        return isNegative ? -magnitude : magnitude
    }

    private static func writtenExponent(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard bytes[start] | 0x20 == UInt8(ascii: "e") else { return nil }
        var index = start + 1
        let isNegative = index < bytes.count && bytes[index] == UInt8(ascii: "-")
        if isNegative || (index < bytes.count && bytes[index] == UInt8(ascii: "+")) { index += 1 }
        guard index < bytes.count, bytes.count - index < 4 else { return nil }
        var value = 0
        while index < bytes.count {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
            index += 1
        }
        return isNegative ? -value : value
    }

    private static func special(_ bytes: UnsafeRawBufferPointer) -> Double? {
        guard bytes.count <= 9 else { return nil }
        switch String(decoding: bytes, as: UTF8.self).lowercased() {
        case "+inf", "inf", "+infinity", "infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        case "nan": return .nan
        default: return nil
        }
    }

    private static func slow(_ bytes: UnsafeRawBufferPointer) -> Double? {
        Double(String(decoding: bytes, as: UTF8.self))
    }

    private static let exactPowers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}
