// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Something that happened to a call, told to whoever listens.
public enum TelemetryEvent: Sendable, Hashable {
    /// A request was sent to an engine.
    case started(CallStart)
    /// The first generated payload came, at an instant.
    case firstToken(RecordID, at: MonotonicInstant)
    /// The call is over, whatever its end.
    case ended(RecordID, CallOutcome?, at: MonotonicInstant)
    /// The call's record is made; in a box of its own, so that passing an event on costs one reference.
    indirect case recorded(TelemetryRecord)
}

/// What is known of a call when its request is sent.
public struct CallStart: Sendable, Hashable {
    /// The identity that the call's record will have.
    public var id: RecordID
    /// When the request was sent.
    public var sentAt: MonotonicInstant
    /// What was asked for.
    public var operation: InferenceOperation?
    /// The model asked for.
    public var model: String?
    /// The upstream's name.
    public var upstream: String?

    /// Creates the start of a call.
    public init(
        id: RecordID,
        sentAt: MonotonicInstant,
        operation: InferenceOperation? = nil,
        model: String? = nil,
        upstream: String? = nil
    ) {
        self.id = id
        self.sentAt = sentAt
        self.operation = operation
        self.model = model
        self.upstream = upstream
    }
}
