// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// One header field by its place in the head's bytes.
struct HeadField {
    let kind: FieldKind
    let name: Range<Int>
    let value: Range<Int>
}

/// The header fields of one message, as ranges of its bytes: nothing is copied, so case, order and bytes stay.
struct FieldTable {
    /// The fields in their order.
    private(set) var fields: [HeadField] = []
    /// What the `Connection` fields say.
    private(set) var connection = ConnectionOptions()

    /// The first field of a kind.
    func first(_ kind: FieldKind) -> HeadField? {
        for field in fields where field.kind == kind {
            return field
        }
        return nil
    }

    /// The number of fields of a kind.
    func count(_ kind: FieldKind) -> Int {
        var count = 0
        for field in fields where field.kind == kind {
            count += 1
        }
        return count
    }

    /// Reads the lines from an offset up to the blank line.
    ///
    /// A request must end its lines with CR and LF, and may hold no control characters; an engine may be laxer.
    mutating func read(_ bytes: UnsafeRawBufferPointer, from start: Int, strictly: Bool) throws(HTTPFault) {
        fields.removeAll(keepingCapacity: true)
        connection = ConnectionOptions()
        var position = start
        while true {
            let line = try LineReader.line(bytes, from: position, strictly: strictly)
            if line.content.isEmpty { return }
            position = line.next
            let field = try Self.field(bytes, line.content)
            fields.append(field)
            if field.kind == .connection { connection.read(bytes, field.value) }
        }
    }

    private static func field(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) throws(HTTPFault) -> HeadField {
        var colon = line.lowerBound
        while colon < line.upperBound, bytes[colon].isTokenByte { colon += 1 }
        guard colon > line.lowerBound, colon < line.upperBound, bytes[colon] == .colon else {
            throw .badRequest("a header field's name cannot be read")
        }
        let name = line.lowerBound..<colon
        let value = bytes.trimmed(colon + 1..<line.upperBound)
        return HeadField(kind: FieldKind(name: bytes.part(name)), name: name, value: value)
    }
}

/// What the `Connection` fields of one message say.
struct ConnectionOptions {
    var close = false
    var keepAlive = false
    var upgrade = false
    /// The names of other fields that belong to this connection only.
    var named: [Range<Int>] = []

    mutating func read(_ bytes: UnsafeRawBufferPointer, _ value: Range<Int>) {
        bytes.forEachListItem(in: value) { item in
            let text = bytes.part(item)
            if text.matches("close") {
                close = true
            } else if text.matches("keep-alive") {
                keepAlive = true
            } else if text.matches("upgrade") {
                upgrade = true
            } else {
                named.append(item)
            }
        }
    }

    /// Whether a field is named as belonging to this connection only.
    func names(_ field: Range<Int>, in bytes: UnsafeRawBufferPointer) -> Bool {
        named.contains { bytes.part($0).matches(bytes.part(field)) }
    }
}

/// Finds lines in the bytes of a head.
enum LineReader {
    /// The line at an offset; the bytes must hold its end.
    static func line(
        _ bytes: UnsafeRawBufferPointer,
        from start: Int,
        strictly: Bool
    ) throws(HTTPFault) -> (content: Range<Int>, next: Int) {
        var end = start
        while end < bytes.count, bytes[end] != .lineFeed {
            let byte = bytes[end]
            if byte < .space, byte != .tab, byte != .carriageReturn || bytes[end + 1] != .lineFeed {
                if strictly || byte == 0 || byte == .carriageReturn {
                    throw .badRequest("there is a control character in the head")
                }
            }
            end += 1
        }
        guard end < bytes.count else { throw .badRequest("the head ends within a line") }
        let hasReturn = end > start && bytes[end - 1] == .carriageReturn
        if strictly, !hasReturn { throw .badRequest("a line of the head does not end with CR and LF") }
        return (start..<(hasReturn ? end - 1 : end), end + 1)
    }

    /// The offset after a head's blank line, if it has come; searches from `start`, a place already searched to.
    static func endOfHead(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var position = start
        while position < bytes.count {
            if bytes[position] == .lineFeed {
                let next = position + 1
                if next < bytes.count, bytes[next] == .lineFeed { return next + 1 }
                if next + 1 < bytes.count, bytes[next] == .carriageReturn, bytes[next + 1] == .lineFeed {
                    return next + 2
                }
            }
            position += 1
        }
        return nil
    }
}

extension UnsafeRawBufferPointer {
    /// A range without the spaces and tabs at both of its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, self[start] == .space || self[start] == .tab { start += 1 }
        while end > start, self[end - 1] == .space || self[end - 1] == .tab { end -= 1 }
        return start..<end
    }

    /// Visits the items of a comma-separated list, empty ones left out.
    func forEachListItem(in range: Range<Int>, _ visit: (Range<Int>) -> Void) {
        var start = range.lowerBound
        for position in range.lowerBound...range.upperBound
        where position == range.upperBound || self[position] == .comma {
            let item = trimmed(start..<position)
            if !item.isEmpty { visit(item) }
            start = position + 1
        }
    }

    /// Whether two texts are the same, whatever the case of their letters.
    func matches(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count where self[index].lowercasedASCII != other[index].lowercasedASCII {
            return false
        }
        return true
    }
}
