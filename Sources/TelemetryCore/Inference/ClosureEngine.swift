// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Any engine behind two closures: a model inside this process, or a client that a program already has.
///
/// The record is as good as what the closures tell: an event with `usage` gives counted tokens, without one payload
/// events are counted and marked as an estimate; `arrivedAt` takes the reader's slowness out of the times even where
/// the stream buffers.
public struct ClosureEngine: InferenceEngine {
    /// The events of one streamed answer.
    public typealias Chunks = AsyncThrowingStream<InferenceChunk, any Error>

    /// Which software answers, under which name, and where.
    public let identity: EngineIdentity
    private let answer: @Sendable (InferenceRequest) async throws -> InferenceResponse
    private let events: @Sendable (InferenceRequest) async throws -> Chunks

    /// Creates an engine.
    ///
    /// - Parameters:
    ///   - identity: What records call the engine.
    ///   - generate: Answers a request in one piece.
    ///   - stream: Answers a request event by event; it stops its work when the stream is terminated.
    public init(
        _ identity: EngineIdentity,
        generate: @escaping @Sendable (InferenceRequest) async throws -> InferenceResponse,
        stream: @escaping @Sendable (InferenceRequest) async throws -> Chunks
    ) {
        self.identity = identity
        answer = generate
        events = stream
    }

    /// Answers a request in one piece, as the first closure does.
    public func generate(_ request: InferenceRequest) async throws -> InferenceResponse {
        try await answer(request)
    }

    /// Answers a request event by event, as the second closure does.
    public func stream(_ request: InferenceRequest) async throws -> Chunks {
        try await events(request)
    }

    /// No models: closures tell of none.
    public func models() async throws -> [EngineModel] { [] }

    /// True: what is inside this process is there.
    public func isHealthy() async -> Bool { true }
}
