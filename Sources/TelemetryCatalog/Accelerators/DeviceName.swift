// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A device's name taken apart: which chip, in which form, with how much memory, and whether it is a lesser part that
/// bears the name of a greater one.
struct DeviceName {
    /// The name in lower case.
    let bytes: [UInt8]
    /// Words that tell chips apart.
    let chip: Set<String>
    /// Words that tell the forms of one chip apart: sockets and memory sizes.
    let form: Set<String>
    /// Words that make another part of it.
    let variants: Set<String>

    init(_ name: String) {
        let lowercased = name.lowercased()
        bytes = Array(lowercased.utf8)
        // What a table adds in brackets explains the name and is no part of it.
        let plain = lowercased.prefix { $0 != "(" || lowercased.contains("(r)") || lowercased.contains("(tm)") }
        let words = Self.words(of: plain).filter { !Self.brands.contains($0) }
        let isForm = { (word: String) in Self.forms.contains(word) || Self.gigabytes(word) != nil }
        form = Set(words.filter(isForm).map { $0.hasPrefix("sxm") ? "sxm" : $0 })
        chip = Set(words.filter { !isForm($0) })
        variants = chip.filter { Self.lesser.contains($0) || Self.isVirtualProfile($0) }
    }

    /// The memory that the name states, in gigabytes.
    var gigabytes: Double? {
        form.lazy.compactMap(Self.gigabytes).first
    }

    /// Laptop parts, cut-down or boosted parts, and slices share a name with a part of quite other figures.
    private static let lesser: Set<String> = [
        "laptop", "mobile", "max", "q", "ti", "super", "d", "mig", "grid", "x2",
    ]
    private static let brands: Set<String> = [
        "nvidia", "amd", "intel", "apple", "qualcomm", "geforce", "tesla", "instinct", "radeon", "jetson", "arc", "rtx",
        "rx", "r", "tm", "graphics", "corporation", "gpu",
    ]
    private static let forms: Set<String> = [
        "sxm", "sxm2", "sxm3", "sxm4", "sxm5", "sxm6", "pcie", "nvl", "hbm2", "hbm2e", "hbm3", "hbm3e",
    ]

    private static func words(of name: Substring) -> [String] {
        name.split { !($0.isLetter || $0.isNumber) }.map(String.init)
    }

    private static func gigabytes(_ word: String) -> Double? {
        word.hasSuffix("gb") ? Double(word.dropLast(2)) : nil
    }

    /// Whether a word names a slice of a card, such as `8q` in "A10-8Q".
    private static func isVirtualProfile(_ word: String) -> Bool {
        guard let kind = word.last, "qcabv".contains(kind) else { return false }
        return Int(word.dropLast()) != nil
    }
}
