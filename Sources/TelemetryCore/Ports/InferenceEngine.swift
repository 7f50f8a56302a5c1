// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Something that answers inference requests: a client of a server, or a model inside this process.
///
/// Implementations throw their own errors; an ``InferenceEngineFailure`` tells more to the record. A stream is cancelled
/// by cancelling the task that reads it, or by no longer reading: an implementation then stops the engine's work.
public protocol InferenceEngine: Sendable {
    /// The events of one streamed answer.
    associatedtype Chunks: AsyncSequence & Sendable where Chunks.Element == InferenceChunk

    /// Which software answers, under which name, and where.
    var identity: EngineIdentity { get }

    /// Answers a request in one piece.
    func generate(_ request: InferenceRequest) async throws -> InferenceResponse

    /// Answers a request event by event.
    func stream(_ request: InferenceRequest) async throws -> Chunks

    /// The models that the engine offers.
    func models() async throws -> [EngineModel]

    /// Whether the engine answers at all.
    func isHealthy() async -> Bool
}

/// Which software answers, under which name, and where.
public struct EngineIdentity: Sendable, Hashable {
    /// The kind of engine.
    public var kind: EngineKind
    /// The name that records show: one that a person chose, else host and port.
    public var name: String
    /// Whether the engine runs on this machine, so that it uses this machine's energy and has no price by the token.
    public var isLocal: Bool
    /// Whether each event of a stream is exactly one token.
    public var streamsTokens: Bool

    /// Creates an identity.
    public init(kind: EngineKind, name: String, isLocal: Bool, streamsTokens: Bool = false) {
        self.kind = kind
        self.name = name
        self.isLocal = isLocal
        self.streamsTokens = streamsTokens
    }
}

/// A model that an engine offers.
public struct EngineModel: Sendable, Hashable {
    /// The model's name at the engine.
    public var id: String
    /// The number of parameters, where the engine says.
    public var parameterCount: Int?
    /// The quantisation's name, where the engine says.
    public var quantization: String?
    /// The longest context in tokens, where the engine says.
    public var contextLength: Int?

    /// Creates a model of which only the name is known.
    public init(id: String) {
        self.id = id
    }
}

/// An error that says how a call failed, in terms of a record.
public protocol InferenceEngineFailure: Error {
    /// Why the call did not complete.
    var errorKind: CallErrorKind { get }
    /// The status that the engine answered with, if it answered.
    var httpStatus: Int? { get }
}
