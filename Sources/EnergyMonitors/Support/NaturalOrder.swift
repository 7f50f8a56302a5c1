// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// An order of names in which runs of digits compare as numbers.
enum NaturalOrder {
    static func precedes(_ left: String, _ right: String) -> Bool {
        let leftParts = parts(of: left)
        let rightParts = parts(of: right)
        for (first, second) in zip(leftParts, rightParts) where first != second {
            if let one = UInt64(first), let other = UInt64(second), one != other { return one < other }
            return first < second
        }
        return leftParts.count < rightParts.count
    }

    /// Cuts a name into runs of digits and runs of anything else.
    private static func parts(of name: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = name[...]
        while let first = rest.first {
            let digits = isDigit(first)
            let run = rest.prefix { isDigit($0) == digits }
            parts.append(run)
            rest = rest[run.endIndex...]
        }
        return parts
    }

    private static func isDigit(_ character: Character) -> Bool {
        character.isASCII && character.isNumber
    }
}
