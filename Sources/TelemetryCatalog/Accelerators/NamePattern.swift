// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A pattern for names.
///
/// In its text `|` is a word boundary, `^` and `$` are the ends and `*` is a gap of any length; letters match in either
/// case.
struct NamePattern: Sendable, ExpressibleByStringLiteral {
    private let bytes: [UInt8]

    init(stringLiteral text: String) {
        bytes = Array(text.lowercased().utf8)
    }

    /// Whether the pattern occurs in a name that is already in lower case.
    func matches(_ name: [UInt8]) -> Bool {
        name.indices.contains { matches(name, at: $0, pattern: 0) } || matches(name, at: name.count, pattern: 0)
    }

    private func matches(_ name: [UInt8], at start: Int, pattern first: Int) -> Bool {
        var position = start
        for index in first..<bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "|"):
                guard Self.isBoundary(name, at: position) else { return false }
            case UInt8(ascii: "^"):
                guard position == 0 else { return false }
            case UInt8(ascii: "$"):
                guard position == name.count else { return false }
            case UInt8(ascii: "*"):
                return (position...name.count).contains { matches(name, at: $0, pattern: index + 1) }
            case let byte:
                guard position < name.count, name[position] == byte else { return false }
                position += 1
            }
        }
        return true
    }

    private static func isBoundary(_ name: [UInt8], at position: Int) -> Bool {
        let before = position > 0 && isWord(name[position - 1])
        let after = position < name.count && isWord(name[position])
        return before != after
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
