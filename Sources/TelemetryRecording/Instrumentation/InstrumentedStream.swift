// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
public import TelemetryCore

/// The events of one streamed answer, each passed on as it came.
///
/// The call's record is made when the stream ends, when it fails, or when nobody reads it any more.
public struct InstrumentedStream<Chunks: AsyncSequence & Sendable>: AsyncSequence, Sendable
where Chunks.Element == InferenceChunk {
    /// One event of the stream.
    public typealias Element = InferenceChunk

    private let chunks: Chunks
    private let call: StreamedCall

    init(chunks: Chunks, meter: CallMeter) {
        self.chunks = chunks
        call = StreamedCall(meter)
    }

    /// Begins to read; a stream can be read once.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(chunks: chunks.makeAsyncIterator(), call: call)
    }

    /// Reads the events.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var chunks: Chunks.AsyncIterator
        private let call: StreamedCall

        init(chunks: Chunks.AsyncIterator, call: StreamedCall) {
            self.chunks = chunks
            self.call = call
        }

        /// The next event, or nothing at the end.
        public mutating func next() async throws -> InferenceChunk? {
            try await next(isolation: #isolation)
        }

        /// The next event, or nothing at the end, without leaving the caller's actor.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> InferenceChunk? {
            call.beginWaiting()
            do {
                guard let chunk = try await chunks.next(isolation: actor) else {
                    call.end(cancelled: Task.isCancelled)
                    return nil
                }
                call.take(chunk)
                return chunk
            } catch {
                call.fail(error)
                throw error
            }
        }
    }
}

/// The one place that a stream's meter lives in; its end of life is the end of the call.
final class StreamedCall: Sendable {
    private let meter: Mutex<CallMeter>

    init(_ meter: CallMeter) {
        self.meter = Mutex(meter)
    }

    deinit {
        meter.withLock { $0.abandon() }
    }

    func beginWaiting() {
        meter.withLock { $0.beginWaiting() }
    }

    func take(_ chunk: InferenceChunk) {
        meter.withLock { $0.take(chunk) }
    }

    /// A cancelled reader sees the same end as one who reached it; the task knows.
    func end(cancelled: Bool) {
        meter.withLock { cancelled ? $0.abandon() : $0.finish() }
    }

    func fail(_ error: any Error) {
        meter.withLock { $0.fail(error) }
    }
}
