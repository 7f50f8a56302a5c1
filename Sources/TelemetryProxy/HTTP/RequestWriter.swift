// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Writes a request's head as the engine gets it: the client's own bytes, but for what one connection owns.
struct RequestWriter {
    /// What is done to the `Accept-Encoding` field.
    enum Encodings {
        /// Passed as it came.
        case untouched
        /// Only those that can be read for the record.
        case readable
        /// None, because an event must be taken out of the answer.
        case identity
    }

    var encodings = Encodings.untouched
    /// The length of a body that was changed.
    var contentLength: Int?
    /// Whether the client has already been told to go on.
    var dropsExpect = false
    /// Whether the connection may become another protocol's.
    var keepsUpgrade = false

    /// Writes the head of a request to an engine whose `Host` and base path are given.
    ///
    /// - Parameters:
    ///   - head: The head as it came.
    ///   - skipping: The bytes of the path's beginning that named the engine.
    ///   - authority: The engine's host and port.
    ///   - basePath: What stands before every path there.
    ///   - output: What the head is appended to.
    func write(
        _ head: borrowing RequestHead,
        skipping: Int,
        authority: [UInt8],
        basePath: [UInt8],
        to output: inout ByteBuffer
    ) {
        let target = head.target.lowerBound + skipping..<head.target.upperBound
        head.bytes.withUnsafeReadableBytes { bytes in
            output.writeBytes(bytes.part(head.method))
            output.writeInteger(UInt8.space)
            output.writeBytes(basePath)
            if target.isEmpty || bytes[target.lowerBound] == 0x3F { output.writeInteger(UInt8.slash) }
            output.writeBytes(bytes.part(target))
            output.writeStaticString(" HTTP/1.1\r\n")
            if head.fields.first(.host) == nil { Self.write("Host", authority, to: &output) }
            for field in head.fields.fields {
                write(field, of: head.fields, bytes, authority, to: &output)
            }
            output.writeLineEnd()
        }
    }

    private func write(
        _ field: HeadField,
        of table: borrowing FieldTable,
        _ bytes: UnsafeRawBufferPointer,
        _ authority: [UInt8],
        to output: inout ByteBuffer
    ) {
        switch field.kind {
        case .host:
            output.writeName(bytes.part(field.name))
            output.writeBytes(authority)
            output.writeLineEnd()
        case .connection where keepsUpgrade:
            output.writeStaticString("Connection: Upgrade\r\n")
        case .upgrade where keepsUpgrade: output.writeLine(field, bytes)
        case .acceptEncoding: writeEncodings(field, bytes, to: &output)
        case .contentLength:
            guard let contentLength else { return output.writeLine(field, bytes) }
            output.writeName(bytes.part(field.name))
            output.writeString("\(contentLength)\r\n")
        case .expect where dropsExpect: break
        case .transferEncoding: output.writeLine(field, bytes)
        default:
            if field.kind.isHopByHop || field.kind.isTag || table.isNamed(field, in: bytes) { return }
            output.writeLine(field, bytes)
        }
    }

    private func writeEncodings(_ field: HeadField, _ bytes: UnsafeRawBufferPointer, to output: inout ByteBuffer) {
        guard encodings != .untouched else { return output.writeLine(field, bytes) }
        var kept: [Range<Int>] = []
        var all = 0
        bytes.forEachListItem(in: field.value) { item in
            all += 1
            if Self.isReadable(bytes, item, identityOnly: encodings == .identity) { kept.append(item) }
        }
        if kept.count == all, all > 0 { return output.writeLine(field, bytes) }
        output.writeName(bytes.part(field.name))
        if kept.isEmpty { output.writeStaticString("identity") }
        for (index, item) in kept.enumerated() {
            if index > 0 { output.writeStaticString(", ") }
            output.writeBytes(bytes.part(item))
        }
        output.writeLineEnd()
    }

    /// Whether an item of the list, such as `gzip;q=0.5`, names a coding that can be undone here.
    private static func isReadable(_ bytes: UnsafeRawBufferPointer, _ item: Range<Int>, identityOnly: Bool) -> Bool {
        let end = bytes[item].firstIndex { $0 == 0x3B || $0 == .space || $0 == .tab } ?? item.upperBound
        let coding = bytes.part(item.lowerBound..<end)
        if coding.matches("identity") { return true }
        if identityOnly { return false }
        return coding.matches("gzip") || coding.matches("x-gzip") || coding.matches("deflate")
    }

    private static func write(_ name: StaticString, _ value: [UInt8], to output: inout ByteBuffer) {
        output.writeStaticString(name)
        output.writeStaticString(": ")
        output.writeBytes(value)
        output.writeLineEnd()
    }
}

extension FieldTable {
    /// Whether a `Connection` field names this one as its own.
    func isNamed(_ field: HeadField, in bytes: UnsafeRawBufferPointer) -> Bool {
        if connection.named.isEmpty { return false }
        switch field.kind {
        case .other, .expect: return connection.names(field.name, in: bytes)
        default: return false
        }
    }
}

extension ByteBuffer {
    /// Writes a field's name and what divides it from its value.
    mutating func writeName(_ name: UnsafeRawBufferPointer) {
        writeBytes(name)
        writeStaticString(": ")
    }

    /// Writes what ends a line.
    mutating func writeLineEnd() {
        // As a number: several times cheaper than as a text.
        writeInteger(UInt16(0x0D0A))
    }

    /// Writes a field as it came.
    mutating func writeLine(_ field: HeadField, _ bytes: UnsafeRawBufferPointer) {
        let line = field.name.lowerBound..<field.value.upperBound
        writeBytes(bytes.part(line))
        writeLineEnd()
    }
}
