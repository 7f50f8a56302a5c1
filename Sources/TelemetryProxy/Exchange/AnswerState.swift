// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// How far the engine's answer has come.
struct AnswerState {
    enum Phase {
        case head
        case body
        case tunnel
        case complete
    }

    var phase = Phase.head
    var head = AnswerHead()
    /// The bytes of a head that is not whole yet.
    var pending = ByteBuffer()
    var searched = 0
    /// Whether any byte has come since the request was last sent.
    var hasBytes = false
    /// Whether the client has the head.
    var isTold = false
    var remaining = 0
    var chunks = ChunkScanner()
    var framing = OutputFraming.asItCame
    /// Takes out the event that the client did not ask for.
    var filter: UsageFilter?
    /// Whether bytes came after the answer's end, so that the connection cannot be trusted.
    var hasExcess = false

    var isComplete: Bool { phase == .complete }

    /// Adds bytes and takes out the head once it is whole.
    mutating func nextHead(_ bytes: inout ByteBuffer) throws(HTTPFault) -> ByteBuffer? {
        if pending.readableBytes > 0 {
            pending.writeBuffer(&bytes)
            bytes = pending
            pending = ByteBuffer()
        }
        let searched = searched
        guard let length = bytes.withBytes({ LineReader.endOfHead($0, from: searched) }) else {
            guard bytes.readableBytes <= AnswerHead.limit else {
                throw .badRequest("the answer's head is larger than 256 KiB")
            }
            self.searched = max(0, bytes.readableBytes - 3)
            pending = bytes
            bytes = ByteBuffer()
            return nil
        }
        self.searched = 0
        return bytes.readSlice(length: length)
    }
}

/// An error answer that is held back until it is known whether the call is to be asked again.
struct WithheldAnswer {
    /// What the client would get.
    var output = ByteBuffer()
    /// The body alone.
    var body = ByteBuffer()

    /// The largest error that is held back, in bytes.
    static let limit = 65_536
}
