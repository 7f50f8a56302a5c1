// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Text for a person's terminal: harmless, and as wide as it says.
enum DisplayText {
    /// The text without what a terminal would obey: model and tag names come from engines and clients.
    static func harmless(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isDangerous) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(isDangerous(scalar) ? "\u{FFFD}" : scalar) }
        return String(result)
    }

    /// The number of columns that a text takes.
    static func width(of text: String) -> Int {
        text.reduce(0) { $0 + width(of: $1) }
    }

    /// The text cut to a number of columns, with an ellipsis where something was cut.
    static func cut(_ text: String, to limit: Int) -> String {
        guard width(of: text) > limit else { return text }
        guard limit > 0 else { return "" }
        var result = ""
        var used = 0
        for character in text {
            let next = width(of: character)
            if used + next > limit - 1 { break }
            used += next
            result.append(character)
        }
        return result + "…"
    }

    /// The text broken at spaces into lines of a width; each line but the first begins as the text itself does.
    static func wrap(_ text: String, width: Int?) -> [String] {
        let indentation = String(text.prefix { $0 == " " })
        guard let width, width > indentation.count + 8, self.width(of: text) > width else { return [text] }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            let start = line.isEmpty ? indentation : line + " "
            if !line.isEmpty, self.width(of: start) + self.width(of: String(word)) > width {
                lines.append(line)
                line = indentation + word
            } else {
                line = start + word
            }
        }
        return lines + [line]
    }

    private static func width(of character: Character) -> Int {
        let scalars = character.unicodeScalars
        guard let scalar = scalars.first else { return 0 }
        // East Asian wide: https://www.unicode.org/reports/tr11/
        switch scalar.value {
        case 0x20...0x7E where scalars.count == 1: return 1
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return 2
        default: return widthOfOther(scalar, in: scalars)
        }
    }

    /// The columns of emoji, flags and marks.
    ///
    /// Source: Unicode Technical Standard 51, "Unicode Emoji".
    private static func widthOfOther(_ scalar: Unicode.Scalar, in scalars: Character.UnicodeScalarView) -> Int {
        let properties = scalar.properties
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        // A flag is two letters of its own alphabet, and one of them alone is no flag.
        if (0x1F1E6...0x1F1FF).contains(scalar.value) { return scalars.count > 1 ? 2 : 1 }
        let isShownAsEmoji = properties.isEmoji && scalars.contains { $0.value == 0xFE0F }
        return properties.isEmojiPresentation || isShownAsEmoji ? 2 : 1
    }

    private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .format: true
        default: false
        }
    }
}
