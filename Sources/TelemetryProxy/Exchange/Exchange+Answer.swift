// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceWire
import NIOCore
import TelemetryCore

/// The way of the answer.
extension Exchange {
    /// Takes bytes from the engine that arrived at an instant.
    func receive(_ bytes: ByteBuffer, at now: MonotonicInstant) {
        guard !isFinished else { return }
        answer.hasBytes = true
        silence?.touch()
        var bytes = bytes
        do throws(HTTPFault) {
            while bytes.readableBytes > 0, !isFinished, try step(&bytes, at: now) {}
        } catch {
            answerIsMalformed(error, at: now)
        }
    }

    /// Whether the engine's bytes have to wait for the client.
    var holdsEngine: Bool {
        !client.isWritable
    }

    /// The client takes bytes again.
    func resumeEngine() {
        connection?.resumeReading()
    }

    /// Takes one step; false when the bytes are used up for now.
    private func step(_ bytes: inout ByteBuffer, at now: MonotonicInstant) throws(HTTPFault) -> Bool {
        switch answer.phase {
        case .head: return try takeHead(&bytes, at: now)
        case .body:
            try takeBody(&bytes, at: now)
            return true
        case .tunnel:
            client.write(bytes)
            client.flush()
            return false
        case .complete:
            answer.hasExcess = true
            return false
        }
    }
}

// MARK: - The head

extension Exchange {
    private func takeHead(_ bytes: inout ByteBuffer, at now: MonotonicInstant) throws(HTTPFault) -> Bool {
        guard let head = try answer.nextHead(&bytes) else { return false }
        try answer.head.read(head, toHead: client.request.isHead)
        let status = answer.head.status
        if status < 200, status != 101 {
            passInterim()
            return true
        }
        if status == 101 {
            guard isUpgrade else { throw .badRequest("the engine switched protocols unasked") }
            return beginTunnel(&bytes)
        }
        meter?.answered(answer.head)
        isUpgrade = false
        try beginBody(&bytes, at: now)
        return true
    }

    /// Passes on a word such as 103 Early Hints; 100 only to a client that has not had it from here.
    private func passInterim() {
        guard client.request.minorVersion > 0, answer.head.status != 100 || passage == .streamed else { return }
        var output = ByteBuffer()
        AnswerWriter().write(answer.head, to: &output)
        client.write(output)
        client.flush()
    }

    private func beginTunnel(_ bytes: inout ByteBuffer) -> Bool {
        var output = ByteBuffer()
        AnswerWriter(keepsUpgrade: true).write(answer.head, to: &output)
        output.writeBuffer(&bytes)
        answer.phase = .tunnel
        answer.isTold = true
        client.write(output)
        client.flush()
        client.beginTunnel()
        return false
    }

    private func beginBody(_ bytes: inout ByteBuffer, at now: MonotonicInstant) throws(HTTPFault) {
        let framing = answer.head.framing
        answer.phase = .body
        rememberRefusal()
        if hidesUsage, answer.head.mayHideUsage { answer.filter = UsageFilter() }
        answer.framing = outputFraming(framing)
        if splice != nil, answer.head.status == 400 || answer.head.status == 422 { withheld = WithheldAnswer() }
        var output = ByteBuffer()
        output.reserveCapacity(answer.head.bytes.readableBytes + 128 + min(bytes.readableBytes, Self.copyLimit))
        writer.write(answer.head, to: &output)
        if case .length(let length) = framing { answer.remaining = length }
        if framing == .none {
            answer.hasExcess = bytes.readableBytes > 0
            deliver(output)
            answer.isTold = withheld == nil
            return completeAnswer(at: now)
        }
        try takeBody(&bytes, behind: output, at: now)
    }

    private var writer: AnswerWriter {
        let closes = client.isLastAnswer || answer.framing == .untilClose || client.phase == .body
        return AnswerWriter(
            framing: answer.framing,
            recordID: meter?.id,
            closes: closes,
            saysKeepAlive: client.request.minorVersion == 0
        )
    }

    private func outputFraming(_ framing: BodyFraming) -> OutputFraming {
        let knowsChunks = client.request.minorVersion > 0
        switch framing {
        case .none, .length: return answer.filter == nil ? .asItCame : knowsChunks ? .chunks : .untilClose
        case .chunked: return !knowsChunks ? .untilClose : answer.filter == nil ? .asItCame : .chunks
        case .untilClose: return knowsChunks ? .chunks : .untilClose
        }
    }

    /// Small bodies are copied behind their head, which saves a second write.
    private static var copyLimit: Int { 16_384 }
}

// MARK: - The body

extension Exchange {
    /// Passes on what has come of the body, and only then reads it for the record.
    private func takeBody(
        _ bytes: inout ByteBuffer,
        behind head: ByteBuffer? = nil,
        at now: MonotonicInstant
    ) throws(HTTPFault) {
        var payload = loop.takeScratch()
        defer { loop.giveBack(&payload) }
        let part: ByteBuffer
        do throws(HTTPFault) {
            part = try nextPart(&bytes, &payload)
        } catch {
            // What came before the fault is the client's; the fault is told after it.
            if let head { deliver(head) }
            answer.isTold = withheld == nil
            throw error
        }
        let isEnd =
            answer.remaining == 0 && answer.head.framing != .untilClose && answer.head.framing != .chunked
            || answer.chunks.isDone
        answer.hasExcess = isEnd && bytes.readableBytes > 0
        pass(part, payload, behind: head, isEnd: isEnd)
        meter?.consume(part, payload, at: now)
        if isEnd { completeAnswer(at: now) }
    }

    /// Takes the bytes that belong to the body, and finds the payload in them.
    private func nextPart(_ bytes: inout ByteBuffer, _ payload: inout [Range<Int>]) throws(HTTPFault) -> ByteBuffer {
        var count = bytes.readableBytes
        switch answer.head.framing {
        case .length, .none:
            count = min(answer.remaining, count)
            answer.remaining -= count
            payload.append(0..<count)
        case .untilClose: payload.append(0..<count)
        case .chunked:
            count = try bytes.withBytes { (raw) throws(HTTPFault) in
                try answer.chunks.scan(raw, payload: &payload)
            }
        }
        return bytes.readSlice(length: count) ?? ByteBuffer()
    }

    private func pass(_ part: ByteBuffer, _ payload: [Range<Int>], behind head: ByteBuffer?, isEnd: Bool) {
        if withheld != nil { withhold(part, payload) }
        var output = head ?? ByteBuffer()
        if answer.framing == .asItCame {
            if head == nil || part.readableBytes > Self.copyLimit {
                if head != nil { deliver(output) }
                deliver(part)
            } else {
                output.writeImmutableBuffer(part)
                deliver(output)
            }
        } else {
            reframe(part, payload, to: &output)
            if isEnd { writeEnd(to: &output) }
            if output.readableBytes > 0 { deliver(output) }
        }
        answer.isTold = withheld == nil
        client.flush()
    }

    /// Writes payload in chunks of our own, or in none.
    private func reframe(_ part: ByteBuffer, _ payload: [Range<Int>], to output: inout ByteBuffer) {
        // A copy, because the filter is borrowed out of the same value meanwhile.
        let framing = answer.framing
        part.withUnsafeReadableBytes { bytes in
            for range in payload where !range.isEmpty {
                if answer.filter == nil {
                    framing.write(bytes.part(range), to: &output)
                } else {
                    answer.filter?.pass(bytes.part(range)) { framing.write($0, to: &output) }
                }
            }
        }
    }

    /// Writes what ends the body, as far as the framing has such.
    func writeEnd(to output: inout ByteBuffer) {
        let framing = answer.framing
        answer.filter?.finish { framing.write($0, to: &output) }
        guard framing == .chunks else { return }
        output.writeStaticString("0\r\n")
        output.writeBytes(answer.chunks.trailers)
        output.writeStaticString("\r\n")
    }

    func deliver(_ buffer: ByteBuffer) {
        if withheld != nil {
            withheld?.output.writeImmutableBuffer(buffer)
        } else {
            client.write(buffer)
        }
    }
}

extension OutputFraming {
    /// Writes payload as one chunk, or as it is.
    func write(_ bytes: UnsafeRawBufferPointer, to output: inout ByteBuffer) {
        guard !bytes.isEmpty else { return }
        if self == .chunks { output.writeChunkSize(bytes.count) }
        output.writeBytes(bytes)
        if self == .chunks { output.writeStaticString("\r\n") }
    }
}

extension AnswerHead {
    /// Whether this is a stream in which the usage event can be found.
    fileprivate var mayHideUsage: Bool {
        guard status == 200, text(.contentEncoding).map({ $0.lowercased() == "identity" }) ?? true else { return false }
        return text(.contentType)?.lowercased().hasPrefix("text/event-stream") ?? false
    }
}
