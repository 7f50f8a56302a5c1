// Inferometer
// SPDX-License-Identifier: Apache-2.0

extension JSONObjectReader {
    /// Walks over an object or list, which must be well formed, and returns its text.
    mutating func nestedText() throws(Failure) -> String {
        let start = place
        try skipNested(depth: 0)
        return try text(UnsafeRawBufferPointer(rebasing: bytes[start..<place]))
    }

    private mutating func skipNested(depth: Int) throws(Failure) {
        guard depth < Self.deepest else { throw Failure(reason: "JSON nested too deeply") }
        let isObject = peek == UInt8(ascii: "{")
        let end = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
        place += 1
        skipBlanks()
        if peek == end {
            place += 1
            return
        }
        while true {
            skipBlanks()
            if isObject {
                _ = try string()
                skipBlanks()
                try take(UInt8(ascii: ":"), "a colon")
                skipBlanks()
            }
            if peek == UInt8(ascii: "{") || peek == UInt8(ascii: "[") {
                try skipNested(depth: depth + 1)
            } else {
                _ = try value()
            }
            skipBlanks()
            if peek == UInt8(ascii: ",") {
                place += 1
                continue
            }
            try take(end, "the end of a nested value")
            return
        }
    }

    mutating func strings() throws(Failure) -> [String] {
        var strings: [String] = []
        skipBlanks()
        try take(UInt8(ascii: "["), "[")
        skipBlanks()
        if peek == UInt8(ascii: "]") { return strings }
        while true {
            skipBlanks()
            strings.append(try string())
            skipBlanks()
            if peek == UInt8(ascii: ",") {
                place += 1
                continue
            }
            try take(UInt8(ascii: "]"), "]")
            return strings
        }
    }
}
