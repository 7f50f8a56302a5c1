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

    /// What the engine can do, as far as its kind tells.
    var capabilities: EngineCapabilities { get }

    /// Answers a request in one piece.
    func generate(_ request: InferenceRequest) async throws -> InferenceResponse

    /// Answers a request event by event.
    func stream(_ request: InferenceRequest) async throws -> Chunks

    /// The models that the engine offers.
    func models() async throws -> [EngineModel]

    /// Whether the engine answers at all.
    func isHealthy() async -> Bool
}

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InferenceEngine {
    public var capabilities: EngineCapabilities { .streaming }
}

/// What an engine can do.
public struct EngineCapabilities: OptionSet, Sendable, Hashable {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let rawValue: Int

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// It streams its answers.
    public static let streaming = EngineCapabilities(rawValue: 1 << 0)
    /// It passes tools to models that can call them.
    public static let tools = EngineCapabilities(rawValue: 1 << 1)
    /// It counts tokens, of streams too.
    public static let usage = EngineCapabilities(rawValue: 1 << 2)
    /// It tells how long its own steps took.
    public static let timings = EngineCapabilities(rawValue: 1 << 3)
    /// It lists its models.
    public static let modelList = EngineCapabilities(rawValue: 1 << 4)
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
    /// The host that answers, where the engine is a server.
    public var serverAddress: String?
    /// The port that it answers on.
    public var serverPort: Int?

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
    /// The number of parameters, where it is known.
    public var parameterCount: Int?
    /// The parameters that a token passes through in a mixture of experts, where they are known.
    public var activeParameterCount: Int?
    /// Who says so; absent where the number of parameters is.
    public var sizeSource: EngineModelSizeSource?
    /// The quantisation's name, where the engine says.
    public var quantization: String?
    /// The longest context in tokens, where the engine says.
    public var contextLength: Int?

    /// Creates a model of which only the name is known.
    public init(id: String) {
        self.id = id
    }
}

/// Who tells how large a model is.
public enum EngineModelSizeSource: String, Sendable, Hashable, CaseIterable {
    /// The engine, or the model's own file.
    case engine
    /// A published table of the model's family.
    case catalog
    /// The model's name alone: an estimate.
    case name
}

/// An error that says how a call failed, in terms of a record.
public protocol InferenceEngineFailure: Error {
    /// Why the call did not complete.
    var errorKind: CallErrorKind { get }
    /// The status that the engine answered with, if it answered.
    var httpStatus: Int? { get }
}
