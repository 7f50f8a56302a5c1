// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What one call looked like from outside: the values that a decoder reads off the bytes, with their times.
///
/// All instants are those at which bytes were sent or had arrived. Events that came in one read share one instant.
public struct InferenceObservation: Sendable, Hashable {
    /// When the request was sent to the engine; the last time, where it was sent again.
    public var sentAt: MonotonicInstant
    /// When the first non-empty generated payload came: text, reasoning or a tool call.
    public var firstPayloadAt: MonotonicInstant?
    /// When the first payload came that is not reasoning.
    public var firstAnswerAt: MonotonicInstant?
    /// When the last payload came.
    public var lastPayloadAt: MonotonicInstant?
    /// When the last byte of the answer came, or the call ended otherwise.
    public var endedAt: MonotonicInstant?
    /// Whether the answer came as a stream of events.
    public var isStreaming = false
    /// The number of payload events.
    public var payloadEvents = 0
    /// Tokens in the first payload event, where the engine says or each event is one token.
    public var tokensInFirstPayload: Int?
    /// Whether the source of the events says that each is one token, as an engine inside this process can.
    public var eventsAreTokens = false
    /// Gaps between successive payload events, in the order of arrival; the first 65,536.
    public var gaps: [Duration] = []
    /// The model that the answer names.
    public var model: String?
    /// The engine's own word for why it stopped.
    public var finishReason: String?
    /// Whether the answer ended as its format demands: a finish reason, `[DONE]`, `done:true`, a whole body.
    public var reachedEnd = false
    /// The engine's token counts.
    public var usage: TokenUsage?
    /// The engine's own timings.
    public var engineTimings = EngineTimings()
    /// Whether the engine reported an error in its answer.
    public var reportedError = false
    /// Whether some of the answer could not be read.
    public var isMalformed = false

    /// Creates an observation that begins with the send of a request.
    public init(sentAt: MonotonicInstant) {
        self.sentAt = sentAt
    }
}

/// Token counts as an engine reports them.
public struct TokenUsage: Sendable, Hashable {
    /// All input tokens, cached included.
    public var prompt: Int?
    /// Input tokens from a cache.
    public var cached: Int?
    /// Input tokens worked on, where the engine says.
    public var promptEvaluated: Int?
    /// Output tokens over all choices.
    public var completion: Int?
    /// Output tokens that were reasoning.
    public var reasoning: Int?
    /// All tokens by the engine's own sum, which may hold more than input and output.
    public var total: Int?
    /// Input tokens written to a cache, which some services bill apart.
    public var cacheWritten: Int?
    /// Where the counts come from.
    public var source: TokenSource

    /// Creates counts of which only the source is known.
    public init(source: TokenSource) {
        self.source = source
    }
}

/// Durations as an engine reports them.
public struct EngineTimings: Sendable, Hashable {
    /// Waiting before work began.
    public var queue: Duration?
    /// Loading the model.
    public var load: Duration?
    /// Working on the prompt.
    public var prefill: Duration?
    /// Generating.
    public var decode: Duration?
    /// From arrival to first token by the engine's clock.
    public var timeToFirstToken: Duration?

    /// Creates timings of which nothing is known.
    public init() {}
}
