// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What takes the lines of a ``LineReader``.
package protocol LineSink {
    /// Takes a line without its end; it lives as long as the call.
    mutating func line(_ line: UnsafeRawBufferPointer)
    /// Takes note of a line that was too long to keep.
    mutating func overlongLine()
}

/// Cuts bytes into lines, which end with LF, CR or both; lines that one read holds whole are not copied.
package struct LineReader: Sendable {
    private let limit: Int
    // The part of a line that earlier reads brought.
    private var pending: [UInt8] = []
    private var isOverlong = false
    private var lastWasCarriageReturn = false

    /// Creates a reader that gives up lines of more than so many bytes.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Bytes held back for want of a line's end.
    var heldBytes: Int { pending.count }

    package mutating func feed(_ bytes: UnsafeRawBufferPointer, to sink: inout some LineSink) {
        var start = 0
        while start < bytes.count {
            if lastWasCarriageReturn {
                lastWasCarriageReturn = false
                if bytes[start] == UInt8(ascii: "\n") {
                    start += 1
                    continue
                }
            }
            let end = ByteScan.first(of: UInt8(ascii: "\n"), or: UInt8(ascii: "\r"), in: bytes, from: start)
            let part = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            guard end < bytes.count else { return hold(part) }
            lastWasCarriageReturn = bytes[end] == UInt8(ascii: "\r")
            complete(with: part, to: &sink)
            start = end + 1
        }
    }

    /// Gives what is left as a last line, if anything is.
    package mutating func finish(to sink: inout some LineSink) {
        guard isOverlong || !pending.isEmpty else { return }
        complete(with: UnsafeRawBufferPointer(start: nil, count: 0), to: &sink)
    }

    private mutating func hold(_ part: UnsafeRawBufferPointer) {
        guard !isOverlong, pending.count + part.count <= limit else {
            isOverlong = true
            pending = []
            return
        }
        pending.append(contentsOf: part.bindMemory(to: UInt8.self))
    }

    @inline(__always)
    private mutating func complete(with part: UnsafeRawBufferPointer, to sink: inout some LineSink) {
        if !isOverlong, pending.isEmpty, part.count <= limit { return sink.line(part) }
        hold(part)
        if isOverlong { sink.overlongLine() } else { pending.withUnsafeBytes { sink.line($0) } }
        isOverlong = false
        pending.removeAll(keepingCapacity: pending.capacity <= 1 << 16)
    }
}
