// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// The head of a request: its bytes, and where in them everything stands.
struct RequestHead {
    /// The head's bytes from the request line to the blank line, read from index 0.
    private(set) var bytes = ByteBuffer()
    private(set) var method = 0..<0
    /// The target from its path on.
    private(set) var target = 0..<0
    /// The path alone, without the query.
    private(set) var path = 0..<0
    /// The host that is asked for, with its port: of the target if it names one, else of the `Host` field.
    private(set) var host: Range<Int>?
    private(set) var minorVersion = 1
    private(set) var fields = FieldTable()
    private(set) var framing = BodyFraming.none
    private(set) var isHead = false
    private(set) var isPost = false

    /// The largest head that is read, in bytes.
    static let limit = 65_536

    /// Reads a whole head, which replaces the one before.
    mutating func read(_ head: ByteBuffer) throws(HTTPFault) {
        bytes = head
        try head.withBytes { (raw) throws(HTTPFault) in try read(raw) }
    }

    /// Whether the connection can serve another request after this one, as far as the client says.
    var keepsAlive: Bool {
        if fields.connection.close { return false }
        return minorVersion > 0 || fields.connection.keepAlive
    }

    /// A range's bytes as text.
    func text(_ range: Range<Int>) -> String {
        bytes.withBytes { String(decoding: $0.part(range), as: UTF8.self) }
    }

    /// Whether the client waits for a word before it sends the body.
    var expectsContinue: Bool {
        guard minorVersion > 0, framing != .none, let field = fields.first(.expect) else { return false }
        return bytes.withBytes { $0.part(field.value).matches("100-continue") }
    }

    private mutating func read(_ raw: UnsafeRawBufferPointer) throws(HTTPFault) {
        let line = try LineReader.line(raw, from: 0, strictly: true)
        try readStart(raw, line.content)
        try fields.read(raw, from: line.next, strictly: true)
        try readHost(raw)
        framing = try BodyFraming(request: fields, minorVersion: minorVersion, bytes: raw)
        let name = raw.part(method)
        isHead = name.count == 4 && name.elementsEqual("HEAD".utf8)
        isPost = name.count == 4 && name.elementsEqual("POST".utf8)
    }

    private mutating func readStart(_ raw: UnsafeRawBufferPointer, _ line: Range<Int>) throws(HTTPFault) {
        var position = line.lowerBound
        while position < line.upperBound, raw[position].isTokenByte { position += 1 }
        method = line.lowerBound..<position
        guard !method.isEmpty, position < line.upperBound, raw[position] == .space else {
            throw .badRequest("the request line has no method")
        }
        let start = position + 1
        position = start
        while position < line.upperBound, raw[position] != .space { position += 1 }
        target = start..<position
        guard !target.isEmpty, position < line.upperBound else {
            throw .badRequest("the request line has no target")
        }
        try readVersion(raw, position + 1..<line.upperBound)
        try readTarget(raw)
    }

    private mutating func readVersion(_ raw: UnsafeRawBufferPointer, _ range: Range<Int>) throws(HTTPFault) {
        guard range.count == 8, raw.part(range.prefix(5)).elementsEqual("HTTP/".utf8) else {
            throw .badRequest("the request line has no version")
        }
        let (major, minor) = (raw[range.lowerBound + 5] &- 0x30, raw[range.lowerBound + 7] &- 0x30)
        guard raw[range.lowerBound + 6] == 0x2E, major < 10, minor < 10 else {
            throw .badRequest("the request line has no version")
        }
        guard major == 1 else { throw HTTPFault(status: 505, reason: "only HTTP/1.0 and HTTP/1.1 are spoken here") }
        minorVersion = Int(minor)
    }

    /// Takes apart a target such as `/path?query`, `*` or `http://host/path`.
    private mutating func readTarget(_ raw: UnsafeRawBufferPointer) throws(HTTPFault) {
        host = nil
        let text = raw.part(target)
        if raw[target.lowerBound] != .slash, !text.elementsEqual("*".utf8) {
            let scheme = text.count > 7 && text.part(0..<7).matches("http://") ? 7 : 8
            guard scheme == 7 || text.count > 8 && text.part(0..<8).matches("https://") else {
                throw .badRequest("the target is neither a path nor a URL")
            }
            let start = target.lowerBound + scheme
            var end = start
            while end < target.upperBound, raw[end] != .slash, raw[end] != 0x3F { end += 1 }
            host = start..<end
            target = end..<target.upperBound
        }
        path = target.lowerBound..<(raw[target].firstIndex(of: 0x3F) ?? target.upperBound)
    }

    private mutating func readHost(_ raw: UnsafeRawBufferPointer) throws(HTTPFault) {
        let count = fields.count(.host)
        guard count <= 1 else { throw .badRequest("Host is given more than once") }
        guard count == 1 || minorVersion == 0 else { throw .badRequest("Host is missing") }
        if host == nil { host = fields.first(.host)?.value }
    }
}

extension ByteBuffer {
    /// Visits the readable bytes, with the errors typed.
    @inline(__always)
    func withBytes<Result, Failure: Error>(
        _ visit: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let result = withUnsafeReadableBytes { bytes -> Swift.Result<Result, Failure> in
            do throws(Failure) {
                return .success(try visit(bytes))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
