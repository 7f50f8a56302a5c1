// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What a call asked an engine to do.
public enum InferenceOperation: String, Sendable, Hashable, CaseIterable {
    /// OpenAI Chat Completions and Ollama chat.
    case chat
    /// OpenAI Completions.
    case completion
    /// OpenAI Embeddings and Ollama embed.
    case embedding
    /// OpenAI Responses.
    case response
    /// Anthropic Messages.
    case message
    /// Ollama generate.
    case generate
}

/// How a call ended.
public enum CallOutcome: String, Sendable, Hashable, CaseIterable {
    /// The engine finished its answer.
    case completed
    /// The client left before the end.
    case cancelled
    /// The engine broke off.
    case truncated
    /// An error status, an error event in the stream, or no answer at all.
    case failed
}

/// Why a call did not complete, as a bounded code.
public enum CallErrorKind: String, Sendable, Hashable, CaseIterable {
    /// No connection to the engine could be made.
    case unreachable
    /// The connection broke before the answer's end.
    case reset
    /// A time limit passed.
    case timeout
    /// The engine answered with a status from 400 to 499.
    case clientStatus = "http_4xx"
    /// The engine answered with a status from 500 to 599.
    case serverStatus = "http_5xx"
    /// The engine reported an error inside its stream.
    case engineError = "engine_error"
    /// The answer could not be read.
    case malformed
    /// The client left.
    case clientGone = "client_gone"
}

/// Where token counts come from.
public enum TokenSource: String, Sendable, Hashable, CaseIterable {
    /// The engine's own `usage`, or Ollama's counts.
    case usage
    /// The engine's timings block.
    case timings
    /// Payload events counted by us: an estimate.
    case chunks
}

/// Which software answered a call.
public struct EngineKind: RawRepresentable, Sendable, Hashable {
    /// The kind's name in records.
    public let rawValue: String

    /// Creates a kind from its name; imported records may bring any.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Ollama.
    public static let ollama = EngineKind(rawValue: "ollama")
    /// The vLLM server.
    public static let vllm = EngineKind(rawValue: "vllm")
    /// The server of llama.cpp.
    public static let llamaCpp = EngineKind(rawValue: "llama.cpp")
    /// The SGLang server.
    public static let sglang = EngineKind(rawValue: "sglang")
    /// The server of mlx-lm.
    public static let mlx = EngineKind(rawValue: "mlx")
    /// LM Studio.
    public static let lmStudio = EngineKind(rawValue: "lmstudio")
    /// The OpenAI service.
    public static let openAI = EngineKind(rawValue: "openai")
    /// The Anthropic service.
    public static let anthropic = EngineKind(rawValue: "anthropic")
    /// The engine that Inferometer simulates for a first look.
    public static let simulated = EngineKind(rawValue: "simulated")
    /// None of those that we can tell.
    public static let unknown = EngineKind(rawValue: "unknown")

    /// Whether engines of this kind run on a person's own machines, so that a call has no price by the token.
    public var isSelfHosted: Bool {
        switch self {
        case .ollama, .vllm, .llamaCpp, .sglang, .mlx, .lmStudio, .simulated: true
        default: false
        }
    }
}
