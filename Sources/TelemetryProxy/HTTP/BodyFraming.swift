// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// How the end of a message's body is told.
enum BodyFraming: Hashable {
    case none
    case length(Int)
    case chunked
    case untilClose
}

extension BodyFraming {
    /// Decides by RFC 9112, section 6, what follows a request's head; refuses all that two readers could read apart.
    init(request fields: FieldTable, minorVersion: Int, bytes: UnsafeRawBufferPointer) throws(HTTPFault) {
        let lengths = fields.count(.contentLength)
        if let coding = fields.first(.transferEncoding) {
            guard lengths == 0 else { throw .badRequest("both Content-Length and Transfer-Encoding are given") }
            guard minorVersion > 0 else { throw .badRequest("Transfer-Encoding is given in HTTP/1.0") }
            guard fields.count(.transferEncoding) == 1, bytes.part(coding.value).matches("chunked") else {
                throw .badRequest("the Transfer-Encoding is not chunked")
            }
            self = .chunked
            return
        }
        guard let field = fields.first(.contentLength) else {
            self = .none
            return
        }
        guard lengths == 1 else { throw .badRequest("Content-Length is given more than once") }
        guard let length = bytes.decimal(field.value) else { throw .badRequest("the Content-Length is no number") }
        self = length == 0 ? .none : .length(length)
    }

    /// Decides what follows an answer's head.
    init(
        answer fields: FieldTable,
        status: Int,
        toHead: Bool,
        bytes: UnsafeRawBufferPointer
    ) throws(HTTPFault) {
        if toHead || status < 200 || status == 204 || status == 304 {
            self = .none
            return
        }
        if fields.first(.transferEncoding) != nil {
            self = Self.lastCodingIsChunked(fields, bytes) ? .chunked : .untilClose
            return
        }
        var length: Int?
        for field in fields.fields where field.kind == .contentLength {
            guard let value = bytes.decimal(field.value), length == nil || length == value else {
                throw .badRequest("the answer's Content-Length cannot be read")
            }
            length = value
        }
        self = length.map { $0 == 0 ? .none : .length($0) } ?? .untilClose
    }

    private static func lastCodingIsChunked(_ fields: FieldTable, _ bytes: UnsafeRawBufferPointer) -> Bool {
        var isChunked = false
        for field in fields.fields where field.kind == .transferEncoding {
            bytes.forEachListItem(in: field.value) { isChunked = bytes.part($0).matches("chunked") }
        }
        return isChunked
    }
}

extension UnsafeRawBufferPointer {
    /// The whole number of at most 18 digits that a range spells, and nothing else.
    func decimal(_ range: Range<Int>) -> Int? {
        guard !range.isEmpty, range.count <= 18 else { return nil }
        var value = 0
        for index in range {
            let digit = self[index] &- 0x30
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }
}
