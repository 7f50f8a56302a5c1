// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Takes a request's body out of the bytes of a connection.
struct RequestBodyReader {
    private var remaining: Int
    private var chunks: ChunkScanner?
    private var payload: [Range<Int>] = []

    init(_ framing: BodyFraming) {
        switch framing {
        case .none, .untilClose: remaining = 0
        case .length(let length): remaining = length
        case .chunked:
            remaining = 0
            chunks = ChunkScanner()
        }
    }

    /// Whether the body's end has been read.
    var isDone: Bool {
        chunks.map(\.isDone) ?? (remaining == 0)
    }

    /// The lines after the last chunk.
    var trailers: [UInt8] {
        chunks?.trailers ?? []
    }

    /// Takes what there is of the body.
    mutating func read(_ bytes: inout ByteBuffer, _ take: (ByteBuffer) -> Void) throws(HTTPFault) {
        guard chunks != nil else {
            let count = min(remaining, bytes.readableBytes)
            remaining -= count
            if count > 0, let part = bytes.readSlice(length: count) { take(part) }
            return
        }
        payload.removeAll(keepingCapacity: true)
        let consumed = try bytes.withBytes { (raw) throws(HTTPFault) -> Int in
            try chunks?.scan(raw, payload: &payload) ?? 0
        }
        let start = bytes.readerIndex
        for range in payload where !range.isEmpty {
            if let part = bytes.getSlice(at: start + range.lowerBound, length: range.count) { take(part) }
        }
        bytes.moveReaderIndex(forwardBy: consumed)
    }
}
