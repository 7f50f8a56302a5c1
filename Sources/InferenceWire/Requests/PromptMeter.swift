// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Guesses the size of a prompt from the request, before the engine has counted.
enum PromptMeter {
    // A token given by its number stands for about so much text.
    private static let bytesOfToken = 4

    /// Bytes of text in the next value, which is passed; pictures and sounds, which are no text, are left out.
    static func bytes(_ cursor: inout JSONCursor) -> Int {
        switch cursor.kind {
        case .string:
            guard let text = cursor.string() else { return 0 }
            return ByteScan.matches("data:", text.bytes, at: 0) ? 0 : text.bytes.count
        case .number:
            cursor.skipValue()
            return bytesOfToken
        case .array:
            guard cursor.enterArray() else { return 0 }
            var sum = 0
            while cursor.nextElement() { sum += bytes(&cursor) }
            return sum
        case .object:
            return bytesOfObject(&cursor)
        case .literal, .nothing:
            cursor.skipValue()
            return 0
        }
    }

    private static func bytesOfObject(_ cursor: inout JSONCursor) -> Int {
        guard cursor.enterObject() else { return 0 }
        var sum = 0
        while let key = cursor.nextKey() {
            if key == "data" || key == "images" || key == "file_data" {
                cursor.skipValue()
            } else {
                sum += bytes(&cursor)
            }
        }
        return sum
    }
}
