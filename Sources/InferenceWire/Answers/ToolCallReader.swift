// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Reads the calls of tools in a delta or message.
enum ToolCallReader {
    /// Whether a call, or a list of them, holds something that the model made: a name or arguments.
    ///
    /// Identifiers and types are the server's own and do not count.
    static func isGenerated(_ cursor: inout JSONCursor) -> Bool {
        switch cursor.kind {
        case .array:
            guard cursor.enterArray() else { return false }
            var isGenerated = false
            while cursor.nextElement() { isGenerated = callIsGenerated(&cursor) || isGenerated }
            return isGenerated
        case .object:
            return callIsGenerated(&cursor)
        default:
            cursor.skipValue()
            return false
        }
    }

    private static func callIsGenerated(_ cursor: inout JSONCursor) -> Bool {
        guard cursor.enterObject() else { return false }
        var isGenerated = false
        while let key = cursor.nextKey() {
            if key == "function" || key == "custom" {
                isGenerated = callIsGenerated(&cursor) || isGenerated
            } else if key == "name" || key == "arguments" || key == "input" {
                isGenerated = ReportReader.isSaid(&cursor) || isGenerated
            } else {
                cursor.skipValue()
            }
        }
        return isGenerated
    }
}
