// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import TelemetryCore

/// How an answer's body is framed toward the client.
enum OutputFraming {
    /// The engine's own bytes.
    case asItCame
    /// Chunks of our own, because the engine's body ends by closing or loses an event.
    case chunks
    /// Until the connection closes, for clients that know no chunks.
    case untilClose
}

/// Writes an answer's head as the client gets it: the engine's own bytes, but for what one connection owns.
struct AnswerWriter {
    var framing = OutputFraming.asItCame
    /// The record's identity, for a metered call.
    var recordID: RecordID?
    var closes = false
    /// Whether a client that speaks HTTP/1.0 is told that the connection stays.
    var saysKeepAlive = false
    var keepsUpgrade = false

    func write(_ head: borrowing AnswerHead, to output: inout ByteBuffer) {
        head.bytes.withUnsafeReadableBytes { bytes in
            output.writeStaticString("HTTP/1.1 ")
            output.writeBytes(bytes.part(head.statusText))
            output.writeLineEnd()
            for field in head.fields.fields where passes(field, of: head, bytes) {
                output.writeLine(field, bytes)
            }
        }
        writeOwn(to: &output)
        output.writeLineEnd()
    }

    private func passes(_ field: HeadField, of head: borrowing AnswerHead, _ bytes: UnsafeRawBufferPointer) -> Bool {
        switch field.kind {
        case .connection, .upgrade: keepsUpgrade
        case .keepAlive, .proxyConnection: false
        case .transferEncoding: framing == .asItCame
        case .contentLength: framing == .asItCame && head.fields.first(.transferEncoding) == nil
        case .recordID: recordID == nil
        default: !head.fields.isNamed(field, in: bytes)
        }
    }

    private func writeOwn(to output: inout ByteBuffer) {
        if framing == .chunks { output.writeStaticString("Transfer-Encoding: chunked\r\n") }
        if let recordID {
            output.writeStaticString("X-Inferometer-Record: ")
            output.writeString(recordID.description)
            output.writeLineEnd()
        }
        if closes {
            output.writeStaticString("Connection: close\r\n")
        } else if saysKeepAlive {
            output.writeStaticString("Connection: keep-alive\r\n")
        }
    }
}

extension ByteBuffer {
    /// Writes a chunk's size and what ends the line.
    mutating func writeChunkSize(_ count: Int) {
        writeString(String(count, radix: 16))
        writeLineEnd()
    }
}
