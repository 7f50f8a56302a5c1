// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A model's name taken apart into the words that tell its size.
struct SizedModelName {
    private let words: [String]

    init(_ name: String) {
        // A publisher's name before the slash may hold numbers of its own.
        let last = name.split(separator: "/").last ?? ""
        words = Self.words(of: last.lowercased())
    }

    /// Splits at everything but letters and digits; a point holds two digits together and parts all else, so that
    /// "3.1" stays whole and "7b.gguf" does not.
    private static func words(of name: String) -> [String] {
        var words: [String] = [""]
        let characters = Array(name)
        for (index, character) in characters.enumerated() {
            let isInside = index > 0 && index + 1 < characters.count
            let isDecimal =
                character == "." && isInside && characters[index - 1].isNumber && characters[index + 1].isNumber
            if character.isLetter || character.isNumber || isDecimal {
                words[words.count - 1].append(character)
            } else {
                words.append("")
            }
        }
        return words.filter { !$0.isEmpty }
    }

    /// Whether words stand in the name, in their order and together.
    func mentions(_ wanted: [String]) -> Bool {
        words.indices.contains { words[$0...].starts(with: wanted) }
    }

    /// All parameters; nothing for a name that states no size, or sizes that differ.
    var parameters: Double? {
        let stated = Set(words.compactMap(Self.size))
        // "8x7b" is a count of experts and the size of none: the total cannot be told from it.
        guard stated.count == 1, !words.contains(where: Self.isExperts) else { return nil }
        return stated.first
    }

    /// The parameters that a token passes, from a word such as `a22b`.
    var activeParameters: Double? {
        let stated = Set(words.compactMap { $0.first == "a" ? Self.size($0.dropFirst()) : nil })
        guard stated.count == 1, let active = stated.first, let parameters, active <= parameters else { return nil }
        return active
    }

    /// Bytes by which a parameter is stored, from a word such as `q4`, `int8` or `fp16`.
    var bytesPerParameter: Double? {
        let bits = words.lazy.compactMap(Self.bits).first
        return bits.map { $0 / 8 }
    }

    private static func size(_ word: some StringProtocol) -> Double? {
        guard word.first?.isNumber == true, let unit = word.last, let number = Double(word.dropLast()) else {
            return nil
        }
        switch unit {
        case "t": return number * 1e12
        case "b": return number * 1e9
        case "m": return number * 1e6
        default: return nil
        }
    }

    private static func isExperts(_ word: String) -> Bool {
        let parts = word.split(separator: "x")
        return parts.count == 2 && Int(parts[0]) != nil && size(parts[1]) != nil
    }

    private static func bits(_ word: String) -> Double? {
        switch word {
        case "bf16", "fp16", "f16": return 16
        case "fp8": return 8
        case "f32", "fp32": return 32
        default: break
        }
        for prefix in ["iq", "q", "int", "w"] where word.hasPrefix(prefix) {
            if let digit = Double(word.dropFirst(prefix.count).prefix { $0.isNumber }), (1...16).contains(digit) {
                return digit
            }
        }
        return word.hasSuffix("bit") ? Double(word.dropLast(3)) : nil
    }
}
