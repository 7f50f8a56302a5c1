// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The spellings of a model's name that mean the same price.
enum ModelName {
    /// The name, and the name without what a service appends to it: a fine-tune's owner, a snapshot's date.
    static func spellings(of name: String) -> [String] {
        var found = [name]
        if name.hasPrefix("ft:") {
            found.append(name.split(separator: ":").prefix(2).joined(separator: ":"))
        }
        if let undated = withoutDate(name) { found.append(undated) }
        return found
    }

    /// The name as the seller's list has it: Gemini answers `models/NAME`, gateways ask for `SELLER/NAME`.
    static func withoutOwner(_ name: String, seller: Seller) -> [String] {
        let prefix = [seller.rawValue + "/", "models/"].first { name.hasPrefix($0) }
        return [name] + (prefix.map { [String(name.dropFirst($0.count))] } ?? [])
    }

    /// The part before the first slash and the rest.
    static func split(_ name: String) -> (owner: String, rest: String)? {
        guard let slash = name.firstIndex(of: "/") else { return nil }
        return (String(name[..<slash]), String(name[name.index(after: slash)...]))
    }

    /// The name without `-YYYY-MM-DD`, `-YYYYMMDD` or `@YYYYMMDD` at its end.
    static func withoutDate(_ name: String) -> String? {
        let bytes = Array(name.utf8)
        for (length, dashes) in [(11, [0, 5, 8]), (9, [0])] where bytes.count > length {
            let tail = bytes.suffix(length)
            let fits = tail.enumerated().allSatisfy { offset, byte in
                dashes.contains(offset)
                    ? byte == UInt8(ascii: "-") || (offset == 0 && byte == UInt8(ascii: "@"))
                    : (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
            if fits { return String(decoding: bytes.dropLast(length), as: UTF8.self) }
        }
        return nil
    }
}
