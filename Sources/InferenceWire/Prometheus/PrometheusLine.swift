// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// One line of a scrape after its name: where its labels stand, and its value.
struct PrometheusLine {
    /// What stands between the braces.
    let labels: Range<Int>
    /// The label `le`, from its name to its closing quote.
    private(set) var bound: Range<Int>?
    /// The number.
    let value: Double

    /// Reads a line; nothing if it ends in no number.
    ///
    /// What follows the number is a time stamp or an exemplar, and is passed over.
    init?(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) {
        var position = Self.skipSpace(bytes, line.lowerBound, line.upperBound)
        guard position < line.upperBound else { return nil }
        var labels = position..<position
        if bytes[position] == UInt8(ascii: "{") {
            var cursor = LabelCursor(bytes, position + 1..<line.upperBound)
            while let label = cursor.next() {
                if label.isNamed("le", in: bytes) { bound = label.name.lowerBound..<label.end }
            }
            guard cursor.isClosed else { return nil }
            labels = position + 1..<cursor.position
            position = Self.skipSpace(bytes, cursor.position + 1, line.upperBound)
        }
        var end = position
        while end < line.upperBound, !Self.isSpace(bytes[end]) { end += 1 }
        guard end > position,
            let value = PrometheusNumber.parse(UnsafeRawBufferPointer(rebasing: bytes[position..<end]))
        else { return nil }
        self.labels = labels
        self.value = value
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }

    private static func skipSpace(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end, isSpace(bytes[index]) { index += 1 }
        return index
    }

    /// Whether two ranges hold the same bytes.
    static func areEqual(_ bytes: UnsafeRawBufferPointer, _ one: Range<Int>, _ other: Range<Int>) -> Bool {
        guard one.count == other.count else { return false }
        var offset = 0
        while offset + 8 <= one.count {
            let left = bytes.loadUnaligned(fromByteOffset: one.lowerBound + offset, as: UInt64.self)
            let right = bytes.loadUnaligned(fromByteOffset: other.lowerBound + offset, as: UInt64.self)
            guard left == right else { return false }
            offset += 8
        }
        while offset < one.count {
            guard bytes[one.lowerBound + offset] == bytes[other.lowerBound + offset] else { return false }
            offset += 1
        }
        return true
    }
}

/// Walks over `name="value"` pairs up to the closing brace.
struct LabelCursor {
    /// Where one label stands.
    struct Label {
        let name: Range<Int>
        /// Between the quotes.
        let value: Range<Int>
        let hasEscapes: Bool

        /// The position after the closing quote.
        var end: Int { value.upperBound + 1 }

        func isNamed(_ wanted: StaticString, in bytes: UnsafeRawBufferPointer) -> Bool {
            name.count == wanted.utf8CodeUnitCount && ByteScan.matches(wanted, bytes, at: name.lowerBound)
        }
    }

    private let bytes: UnsafeRawBufferPointer
    private let end: Int
    /// The closing brace, once the cursor is closed.
    private(set) var position: Int
    /// Whether the closing brace was met.
    private(set) var isClosed = false

    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next label; nothing at the closing brace, and where the line breaks off.
    mutating func next() -> Label? {
        while position < end, PrometheusLine.isSpace(bytes[position]) || bytes[position] == UInt8(ascii: ",") {
            position += 1
        }
        guard position < end, bytes[position] != UInt8(ascii: "}") else {
            isClosed = position < end
            return nil
        }
        let start = position
        while position < end, bytes[position] != UInt8(ascii: "=") { position += 1 }
        var nameEnd = position
        while nameEnd > start, PrometheusLine.isSpace(bytes[nameEnd - 1]) { nameEnd -= 1 }
        while position < end, bytes[position] != UInt8(ascii: "\"") { position += 1 }
        return value(named: start..<nameEnd)
    }

    private mutating func value(named name: Range<Int>) -> Label? {
        let start = position + 1
        let (quote, escape) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
        let line = UnsafeRawBufferPointer(rebasing: bytes[..<end])
        var hasEscapes = false
        var close = min(start, end)
        while true {
            close = ByteScan.first(of: quote, or: escape, in: line, from: close)
            guard close < end, bytes[close] == escape else { break }
            hasEscapes = true
            close = min(close + 2, end)
        }
        guard start <= end, close < end else {
            position = end
            return nil
        }
        position = close + 1
        return Label(name: name, value: start..<close, hasEscapes: hasEscapes)
    }
}
