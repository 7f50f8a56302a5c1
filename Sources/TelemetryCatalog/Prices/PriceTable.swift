// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The text form in which the bundled prices are kept.
enum PriceTable {
    /// Reads rows: `@SELLER`, then `MODEL|input|output|cached|written|reasoning|tiers`, one a line.
    static func parse(_ rows: String) -> [PriceKey: ModelPrice] {
        var entries: [PriceKey: ModelPrice] = [:]
        entries.reserveCapacity(2_048)
        var seller = Seller(rawValue: "")
        // Bytes, not characters: finding grapheme boundaries would be most of the work.
        for line in rows.utf8.split(separator: UInt8(ascii: "\n")) {
            if line.first == UInt8(ascii: "@") {
                seller = Seller(rawValue: String(Substring(line.dropFirst())))
            } else if let (model, price) = row(line) {
                entries[PriceKey(seller: seller, model: model)] = price
            }
        }
        return entries
    }

    private static func row(_ line: Substring.UTF8View) -> (model: String, price: ModelPrice)? {
        let fields = line.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
        guard fields.count >= 3, let input = number(fields, 1), let output = number(fields, 2) else { return nil }
        let price = ModelPrice(
            input: input,
            output: output,
            cachedInput: number(fields, 3),
            cacheWrite: number(fields, 4),
            reasoning: number(fields, 5),
            tiers: fields.count > 6 ? tiers(fields[6]) : []
        )
        return (String(Substring(fields[0])), price)
    }

    private static func tiers(_ text: Substring.UTF8View) -> [PriceTier] {
        text.split(separator: UInt8(ascii: ";")).compactMap { tier in
            let fields = tier.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard let limit = fields.first.flatMap({ Int(Substring($0)) }) else { return nil }
            return PriceTier(
                limit: limit,
                input: number(fields, 1),
                output: number(fields, 2),
                cachedInput: number(fields, 3),
                cacheWrite: number(fields, 4)
            )
        }
    }

    private static func number(_ fields: [Substring.UTF8View], _ index: Int) -> Double? {
        index < fields.count ? Double(Substring(fields[index])) : nil
    }
}

/// What a price is looked up by.
struct PriceKey: Sendable, Hashable {
    var seller: Seller
    var model: String
}

extension PriceKey: CustomStringConvertible {
    var description: String {
        switch seller {
        case .any, .unnamed: model
        default: "\(seller.rawValue)/\(model)"
        }
    }
}
