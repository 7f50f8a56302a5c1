// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What a program asks an engine to do.
public struct InferenceRequest: Sendable, Hashable {
    /// The model's name at the engine.
    public var model: String
    /// The conversation so far, oldest first.
    public var messages: [InferenceMessage]
    /// The sampling temperature; the engine's default if absent.
    public var temperature: Double?
    /// The most output tokens; the engine's default if absent.
    public var maximumTokens: Int?
    /// The seed of the engine's random numbers.
    public var seed: Int?
    /// Texts at which the engine stops.
    public var stopSequences: [String] = []
    /// The tools that the model may call.
    public var tools: [InferenceTool] = []
    /// Further members of the request's body by name, each the text of a JSON value.
    public var extraJSON: [String: String] = [:]

    /// Creates a request.
    public init(
        model: String,
        messages: [InferenceMessage],
        temperature: Double? = nil,
        maximumTokens: Int? = nil
    ) {
        self.model = model
        self.messages = messages
        self.temperature = temperature
        self.maximumTokens = maximumTokens
    }

    /// Bytes of all messages, by which a prompt's size is estimated before the engine has counted.
    public var promptBytes: Int {
        messages.reduce(0) { $0 + $1.content.utf8.count }
    }
}

/// One message of a conversation.
public struct InferenceMessage: Sendable, Hashable {
    /// Who speaks.
    public enum Role: String, Sendable, Hashable {
        /// The frame that the program sets.
        case system
        /// The person or program that asks.
        case user
        /// The model.
        case assistant
        /// The result of a tool.
        case tool
    }

    /// Who speaks.
    public var role: Role
    /// What is said.
    public var content: String
    /// The tools that the model called, in a message of its own.
    public var toolCalls: [InferenceToolCall]
    /// The call that this message answers, in a tool's message.
    public var toolCallID: String?

    /// Creates a message.
    public init(
        _ role: Role,
        _ content: String,
        toolCalls: [InferenceToolCall] = [],
        toolCallID: String? = nil
    ) {
        self.role = role
        self.content = content
        self.toolCalls = toolCalls
        self.toolCallID = toolCallID
    }
}

/// A function that a model may call.
public struct InferenceTool: Sendable, Hashable {
    /// The function's name.
    public var name: String
    /// What it does, for the model to read.
    public var summary: String
    /// The JSON Schema of its parameters, as text.
    public var parametersJSON: String

    /// Creates a tool.
    public init(name: String, summary: String, parametersJSON: String) {
        self.name = name
        self.summary = summary
        self.parametersJSON = parametersJSON
    }
}

/// A call of a tool that a model made.
public struct InferenceToolCall: Sendable, Hashable {
    /// The engine's name for this call.
    public var id: String
    /// The function's name.
    public var name: String
    /// The arguments, as the JSON text that the model wrote; it may be no valid JSON.
    public var argumentsJSON: String

    /// Creates a call.
    public init(id: String, name: String, argumentsJSON: String) {
        self.id = id
        self.name = name
        self.argumentsJSON = argumentsJSON
    }
}
