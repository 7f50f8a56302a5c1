// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A whole answer of an engine.
public struct InferenceResponse: Sendable, Hashable {
    /// The text of the answer.
    public var text: String
    /// The text of the model's reasoning.
    public var reasoning: String
    /// The tools that the model called.
    public var toolCalls: [InferenceToolCall]
    /// The model that answered.
    public var model: String?
    /// The engine's own word for why it stopped.
    public var finishReason: String?
    /// The engine's token counts.
    public var usage: TokenUsage?
    /// The engine's own timings.
    public var timings: EngineTimings
    /// The status of the HTTP answer, where there was one.
    public var httpStatus: Int?
    /// The price that the engine itself states, in US dollars.
    public var costUSD: Double?
    /// The record that a proxy of ours made of this call, so that it is not recorded twice.
    public var recordedAs: RecordID?

    /// Creates an answer.
    public init(text: String = "", usage: TokenUsage? = nil) {
        self.text = text
        self.usage = usage
        reasoning = ""
        toolCalls = []
        timings = EngineTimings()
    }
}

/// One event of a streamed answer.
public struct InferenceChunk: Sendable, Hashable {
    /// New text of the answer.
    public var text: String
    /// New text of the model's reasoning.
    public var reasoning: String
    /// New pieces of tool calls: the arguments of one call may come in many.
    public var toolCalls: [InferenceToolCall]
    /// When the bytes of this event arrived; absent if the engine does not say.
    public var arrivedAt: MonotonicInstant?
    /// The model that answers.
    public var model: String?
    /// The engine's own word for why it stopped, in the last event.
    public var finishReason: String?
    /// The engine's token counts so far, mostly in the last event.
    public var usage: TokenUsage?
    /// The engine's own timings, in the last event.
    public var timings: EngineTimings?
    /// The record that a proxy of ours made of this call, so that it is not recorded twice.
    public var recordedAs: RecordID?

    /// Creates an event.
    public init(text: String = "", arrivedAt: MonotonicInstant? = nil) {
        self.text = text
        self.arrivedAt = arrivedAt
        reasoning = ""
        toolCalls = []
    }

    /// Whether the event holds anything that the model generated.
    public var isPayload: Bool {
        isAnswer || !reasoning.isEmpty
    }

    /// Whether the event holds a part of the answer, reasoning excepted.
    public var isAnswer: Bool {
        !text.isEmpty || !toolCalls.isEmpty
    }
}
