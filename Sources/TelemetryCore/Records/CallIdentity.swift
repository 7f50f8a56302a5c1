// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Who asked whom for what.
public struct CallIdentity: Sendable, Hashable {
    /// What was asked for; absent in imported rows.
    public var operation: InferenceOperation?
    /// The kind of engine that answered.
    public var engine: EngineKind?
    /// The upstream's name, else its host and port; absent in imported rows.
    public var upstream: String?
    /// The model that the request named.
    public var requestedModel: String?
    /// The model that answered, else the one asked for.
    public var model: String?
    /// The agent that the client named.
    public var agent: String?
    /// The session that the client named.
    public var session: String?
    /// The batch that the client named.
    public var batch: String?
    /// Whether the client marked the call as a warm-up.
    public var isWarmup = false
    /// Whether the answer was streamed.
    public var isStreaming = false
    /// Whatever else the client wanted kept.
    public var metadata = CallMetadata()

    /// Creates an identity of which nothing is known.
    public init() {}
}

/// How a call ended.
public struct CallResult: Sendable, Hashable {
    /// The end; absent in imported rows.
    public var outcome: CallOutcome?
    /// The status that the engine answered with.
    public var httpStatus: Int?
    /// Why the call did not complete.
    public var errorKind: CallErrorKind?
    /// The engine's own word for why it stopped.
    public var finishReason: String?

    /// Creates a result of which nothing is known.
    public init(
        outcome: CallOutcome? = nil,
        httpStatus: Int? = nil,
        errorKind: CallErrorKind? = nil,
        finishReason: String? = nil
    ) {
        self.outcome = outcome
        self.httpStatus = httpStatus
        self.errorKind = errorKind
        self.finishReason = finishReason
    }
}

/// Free-form facts about a call, as the text of a JSON object.
///
/// The text is kept as it came, so that nested values of imported rows survive.
public struct CallMetadata: Sendable, Hashable {
    /// The JSON object; `{}` when there is nothing.
    public let json: String

    /// Nothing.
    public init() {
        json = "{}"
    }

    /// Creates metadata from the text of a JSON object, which the caller has checked to be one.
    public init(uncheckedJSON json: String) {
        self.json = json
    }

    /// Creates metadata from pairs, in the order given.
    public init(_ pairs: [(key: String, value: String)]) {
        var text = "{"
        for (index, pair) in pairs.enumerated() {
            if index > 0 { text += "," }
            JSONText.appendString(pair.key, to: &text)
            text += ":"
            JSONText.appendString(pair.value, to: &text)
        }
        json = text + "}"
    }

    /// Whether there is nothing.
    public var isEmpty: Bool {
        json == "{}"
    }
}
