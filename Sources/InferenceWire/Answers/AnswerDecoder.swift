// Inferometer
// SPDX-License-Identifier: Apache-2.0

package import TelemetryCore

/// Reads an answer as its bytes come: server-sent events, lines of JSON, or one JSON body.
///
/// Which of them it is, the first bytes tell together with the content type, since engines mislabel. Memory is
/// bounded whatever comes: an event or line of more than ``eventLimit`` bytes is passed over, a body is condensed.
/// Of an answer that is not 2xx nothing is read but its end.
package struct AnswerDecoder: Sendable {
    private enum Framing {
        case undecided
        case events
        case lines
        case body
        case ignored
    }

    /// The longest event or line that is read, in bytes.
    package static let eventLimit = 8 << 20

    private let route: MeteredRoute
    private let wantsStream: Bool
    private let isEventStream: Bool
    private let isJSONLines: Bool
    private var framing: Framing
    private var reader = LineReader(limit: eventLimit)
    private var assembler: EventAssembler
    private var condenser = JSONCondenser()
    // What a body says that one read brought whole, until it is clear that nothing follows.
    private var wholeBody: AnswerState?
    private var isFinished = false

    /// Creates a decoder for the answer to a request that was sent at an instant.
    package init(
        route: MeteredRoute,
        request: RequestFacts,
        status: Int,
        contentType: String?,
        sentAt: MonotonicInstant
    ) {
        self.route = route
        var type = contentType?.lowercased() ?? ""
        (isEventStream, isJSONLines) = type.withUTF8 { text in
            let bytes = UnsafeRawBufferPointer(text)
            return (
                ByteScan.contains("event-stream", in: bytes),
                ByteScan.contains("ndjson", in: bytes) || ByteScan.contains("jsonl", in: bytes)
            )
        }
        wantsStream = request.isStreaming
        framing = (200..<300).contains(status) ? .undecided : .ignored
        assembler = EventAssembler(limit: Self.eventLimit, state: AnswerState(route: route, sentAt: sentAt))
    }

    /// Takes de-chunked, decompressed bytes that arrived at an instant.
    package mutating func consume(_ bytes: UnsafeRawBufferPointer, at instant: MonotonicInstant) {
        guard !isFinished else { return }
        assembler.state.now = instant
        var bytes = bytes
        if framing == .undecided {
            guard let start = bytes.firstIndex(where: Self.isSignificant) else { return }
            bytes = UnsafeRawBufferPointer(rebasing: bytes[start...])
            decide(by: bytes[0])
        }
        switch framing {
        case .events, .lines: reader.feed(bytes, to: &assembler)
        case .body: feedBody(bytes)
        case .undecided, .ignored: break
        }
    }

    private mutating func feedBody(_ bytes: UnsafeRawBufferPointer) {
        if condenser.isUntouched {
            var state = assembler.state
            if state.body(bytes) {
                wholeBody = state
                condenser.acceptWhole()
                return
            }
        }
        condenser.feed(bytes)
    }

    // Neither space nor a part of a byte order mark.
    private static func isSignificant(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != 0xEF && byte != 0xBB && byte != 0xBF
    }

    private mutating func decide(by first: UInt8) {
        if first == UInt8(ascii: "{") {
            framing = isLinewise ? .lines : .body
        } else if isEventStream || Self.beginsField(first) {
            framing = .events
        } else {
            framing = .body
        }
        assembler.isLinewise = framing == .lines
        if framing != .body { assembler.state.beginStream() }
    }

    private var isLinewise: Bool {
        isJSONLines
            || route.dialect == .ollama && route.operation != .embedding && wantsStream
    }

    // A comment, or `data`, `event`, `error`, `id`, `retry`.
    private static func beginsField(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ":"), UInt8(ascii: "d"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "r"): true
        default: false
        }
    }

    /// Ends the answer.
    ///
    /// - Parameters:
    ///   - instant: When its last byte came, or the call ended otherwise.
    ///   - cleanly: Whether the HTTP message reached its own end, or, for a body without a length, closed.
    package mutating func finish(at instant: MonotonicInstant, cleanly: Bool) {
        guard !isFinished else { return }
        isFinished = true
        assembler.isClosing = true
        switch framing {
        case .events, .lines: finishStream(cleanly: cleanly)
        case .body: finishBody(cleanly: cleanly)
        case .ignored: if cleanly { assembler.state.markEnd() }
        case .undecided: break
        }
        assembler.state.close(at: instant)
    }

    private mutating func finishStream(cleanly: Bool) {
        reader.finish(to: &assembler)
        assembler.finish()
        // Text that only looked like a stream by its first letter.
        if cleanly, !assembler.hasSeenData, !isEventStream { assembler.state.markMalformed() }
    }

    private mutating func finishBody(cleanly: Bool) {
        if condenser.isWhole, let wholeBody {
            assembler.state = wholeBody
        } else if condenser.isWhole {
            if !condenser.output.withUnsafeBytes({ assembler.state.body($0) }) { assembler.state.markMalformed() }
        } else if cleanly || condenser.isBroken {
            assembler.state.markMalformed()
        }
    }

    /// All that has been read so far.
    package var observation: InferenceObservation {
        assembler.state.observation
    }

    /// Bytes held in memory of what has come; for tests of the bound.
    package var heldBytes: Int {
        reader.heldBytes + assembler.heldBytes + condenser.output.count
    }
}
