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
    /// Reads one line's JSON text; nothing if it holds nothing of interest.
    typealias Decode = @Sendable (_ json: [UInt8]) throws -> InferenceChunk?

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

        /// The next event, or nothing at the end.
        public mutating func next() async throws -> InferenceChunk? {
            while position >= ready.count {
                ready.removeAll(keepingCapacity: true)
                position = 0
                guard try await readMore() else { return nil }
            }
            defer { position += 1 }
            return ready[position]
        }

        private mutating func readMore() async throws -> Bool {
            let bytes: ByteBuffer
            do {
                guard let next = try await body.next(isolation: #isolation) else { return false }
                bytes = next
            } catch {
                throw EngineTransport.failure(of: error, status: status)
            }
            let now = clock.instant()
            for json in lines.take(bytes) {
                guard var chunk = try decode(json) else { continue }
                chunk.arrivedAt = now
                chunk.recordedAs = recordedAs
                recordedAs = nil
                ready.append(chunk)
            }
            return true
        }
    }
}

/// Cuts a stream's bytes into the JSON texts that it holds.
struct JSONLines {
    private struct Sink: LineSink {
        let framing: EngineChunks.Framing
        var texts: [[UInt8]] = []

        mutating func line(_ line: UnsafeRawBufferPointer) {
            switch framing {
            case .lines: if !line.isEmpty { texts.append(Array(line)) }
            case .events:
                guard line.starts(with: "data:".utf8) else { return }
                let text = line.dropFirst(5).drop { $0 == UInt8(ascii: " ") }
                if !text.elementsEqual("[DONE]".utf8) { texts.append(Array(text)) }
            }
        }

        mutating func overlongLine() {}
    }

    private var reader = LineReader(limit: 8 << 20)
    private var sink: Sink

    init(framing: EngineChunks.Framing) {
        sink = Sink(framing: framing)
    }

    mutating func take(_ bytes: ByteBuffer) -> [[UInt8]] {
        bytes.withUnsafeReadableBytes { reader.feed($0, to: &sink) }
        defer { sink.texts.removeAll(keepingCapacity: true) }
        return sink.texts
    }
}
