// Inferometer
// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import InferenceWire
import NIOCore
public import TelemetryCore

/// The events of one streamed answer of a server, each with the time at which its bytes came.
public struct EngineChunks: AsyncSequence, Sendable {
    /// One event of the stream.
    public typealias Element = InferenceChunk
    /// Reads one JSON text, and tells whether the answer ends with it.
    typealias Decode = @Sendable (_ json: [UInt8]) throws -> (chunk: InferenceChunk, isLast: Bool)

    let answer: EngineTransport.Answer
    let framing: Framing
    let clock: TelemetryClock
    let decode: Decode

    enum Framing: Sendable {
        /// Server-sent events: `data: {...}`.
        case events
        /// A JSON text a line.
        case lines
    }

    /// Begins to read; a stream can be read once.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(
            body: answer.body.makeAsyncIterator(),
            status: answer.status,
            recordedAs: answer.recordedAs,
            lines: JSONLines(framing: framing),
            clock: clock,
            decode: decode
        )
    }

    /// Reads the events.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var body: HTTPClientResponse.Body.AsyncIterator
        let status: Int
        var recordedAs: RecordID?
        var lines: JSONLines
        let clock: TelemetryClock
        let decode: Decode
        var ready: [InferenceChunk] = []
        var position = 0
        /// Whether the answer said that it ends.
        var hasEnded = false
        /// What went wrong behind the events that are ready.
        var failure: (any Error)?
        /// Whether nothing can come any more.
        var isOver = false

        /// The next event, or nothing at the end.
        ///
        /// Events that came whole are given before the error that came behind them.
        public mutating func next() async throws -> InferenceChunk? {
            while position >= ready.count {
                if let failure = failure.take() {
                    isOver = true
                    throw failure
                }
                if isOver { return nil }
                ready.removeAll(keepingCapacity: true)
                position = 0
                await readMore()
            }
            defer { position += 1 }
            return ready[position]
        }

        private mutating func readMore() async {
            do {
                if let bytes = try await body.next(isolation: #isolation) {
                    take(lines.take(bytes))
                } else {
                    finish()
                }
            } catch {
                failure = EngineTransport.failure(of: error, status: status)
            }
        }

        private mutating func take(_ texts: [[UInt8]]) {
            let now = clock.instant()
            for json in texts {
                do {
                    var (chunk, isLast) = try decode(json)
                    chunk.arrivedAt = now
                    chunk.recordedAs = recordedAs
                    recordedAs = nil
                    hasEnded = hasEnded || isLast
                    ready.append(chunk)
                } catch {
                    failure = error
                    return
                }
            }
        }

        /// A body that ends by closing is whole only if the answer said that it ends.
        private mutating func finish() {
            isOver = true
            take(lines.finish())
            guard !hasEnded, !lines.isDone else {
                failure = nil
                return
            }
            failure = InferenceEngineError(
                .broken,
                "The answer broke off before its end.",
                httpStatus: status,
                cause: failure
            )
        }
    }
}

/// Cuts a stream's bytes into the JSON texts that it holds.
struct JSONLines {
    private struct Sink: LineSink {
        let framing: EngineChunks.Framing
        var texts: [[UInt8]] = []
        var isDone = false

        mutating func line(_ line: UnsafeRawBufferPointer) {
            switch framing {
            case .lines: if !line.isEmpty { texts.append(Array(line)) }
            case .events:
                guard line.starts(with: "data:".utf8) else { return }
                let text = line.dropFirst(5).drop { $0 == UInt8(ascii: " ") }
                if text.elementsEqual("[DONE]".utf8) { isDone = true } else { texts.append(Array(text)) }
            }
        }

        mutating func overlongLine() {}
    }

    private var reader = LineReader(limit: 8 << 20)
    private var sink: Sink

    init(framing: EngineChunks.Framing) {
        sink = Sink(framing: framing)
    }

    /// Whether the text came that ends a stream of events.
    var isDone: Bool { sink.isDone }

    /// The text of a last line that no line's end followed.
    mutating func finish() -> [[UInt8]] {
        reader.finish(to: &sink)
        defer { sink.texts.removeAll(keepingCapacity: true) }
        return sink.texts
    }

    mutating func take(_ bytes: ByteBuffer) -> [[UInt8]] {
        bytes.withUnsafeReadableBytes { reader.feed($0, to: &sink) }
        defer { sink.texts.removeAll(keepingCapacity: true) }
        return sink.texts
    }
}
