// Inferometer
// SPDX-License-Identifier: Apache-2.0

package import TelemetryCore

/// The family of an API, which decides how its bodies are read and in which shape errors are told.
package enum APIDialect: Sendable, Hashable {
    /// OpenAI's own API and all that follow it.
    case openAI
    /// Anthropic's Messages API.
    case anthropic
    /// Ollama's native API.
    case ollama
}

/// A path whose calls are recorded.
package struct MeteredRoute: Sendable, Hashable {
    /// What calls on this path ask for.
    package let operation: InferenceOperation
    /// The family that the path belongs to.
    package let dialect: APIDialect

    /// Recognises a path, without its query, relative to the upstream; nothing if calls on it are not recorded.
    package init?(method: String, path: String) {
        guard method == "POST" else { return nil }
        switch path {
        case "/v1/chat/completions": self.init(operation: .chat, dialect: .openAI)
        case "/v1/completions": self.init(operation: .completion, dialect: .openAI)
        case "/v1/embeddings": self.init(operation: .embedding, dialect: .openAI)
        case "/v1/responses": self.init(operation: .response, dialect: .openAI)
        case "/v1/messages": self.init(operation: .message, dialect: .anthropic)
        case "/api/chat": self.init(operation: .chat, dialect: .ollama)
        case "/api/generate": self.init(operation: .generate, dialect: .ollama)
        case "/api/embed": self.init(operation: .embedding, dialect: .ollama)
        default: return nil
        }
    }

    private init(operation: InferenceOperation, dialect: APIDialect) {
        self.operation = operation
        self.dialect = dialect
    }
}
