// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// The head of an engine's answer: its bytes, and where in them everything stands.
struct AnswerHead {
    /// The head's bytes from the status line to the blank line, read from index 0.
    private(set) var bytes = ByteBuffer()
    private(set) var status = 0
    /// The status line from the status on: code and the engine's own words.
    private(set) var statusText = 0..<0
    private(set) var minorVersion = 1
    private(set) var fields = FieldTable()
    private(set) var framing = BodyFraming.none

    /// The largest head that is read, in bytes.
    static let limit = 262_144

    /// Reads a whole head, which replaces the one before.
    mutating func read(_ head: ByteBuffer, toHead: Bool) throws(HTTPFault) {
        bytes = head
        try head.withBytes { (raw) throws(HTTPFault) in
            let line = try LineReader.line(raw, from: 0, strictly: false)
            try readStatus(raw, line.content)
            try fields.read(raw, from: line.next, strictly: false)
            framing = try BodyFraming(answer: fields, status: status, toHead: toHead, bytes: raw)
        }
    }

    /// Whether the engine keeps the connection open after this answer, as far as it says.
    var keepsAlive: Bool {
        if fields.connection.close || framing == .untilClose { return false }
        return minorVersion > 0 || fields.connection.keepAlive
    }

    /// The text of the first field of a kind.
    func text(_ kind: FieldKind) -> String? {
        guard let field = fields.first(kind) else { return nil }
        return bytes.withBytes { String(decoding: $0.part(field.value), as: UTF8.self) }
    }

    private mutating func readStatus(_ raw: UnsafeRawBufferPointer, _ line: Range<Int>) throws(HTTPFault) {
        guard line.count >= 12, raw.part(line.prefix(7)).elementsEqual("HTTP/1.".utf8),
            raw[line.lowerBound + 8] == .space
        else { throw .badRequest("the answer has no status line") }
        guard let code = raw.decimal(line.lowerBound + 9..<line.lowerBound + 12), code >= 100,
            line.count == 12 || raw[line.lowerBound + 12] == .space
        else { throw .badRequest("the answer has no status") }
        minorVersion = Int(raw[line.lowerBound + 7] &- 0x30)
        status = code
        statusText = line.lowerBound + 9..<line.upperBound
    }
}
