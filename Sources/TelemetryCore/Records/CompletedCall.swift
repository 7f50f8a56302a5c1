// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// How the exchange with an engine ended, seen from the one who carried its bytes.
public enum CallEnd: String, Sendable, Hashable, CaseIterable {
    /// The answer reached the end that HTTP gives it.
    case answered
    /// The client left first.
    case clientLeft
    /// The engine closed the connection before the answer's end.
    case engineClosed
    /// The connection to the engine broke.
    case engineReset
    /// No connection to the engine could be made.
    case unreachable
    /// A time limit passed.
    case timedOut
}

/// A call that is over, with all that was seen of it: what a record is made from.
public struct CompletedCall: Sendable {
    /// The identity that the client was told.
    public var id: RecordID
    /// When the request arrived.
    public var arrivedAt: WallTime
    /// Who asked whom for what; `model` may still be absent.
    public var identity: CallIdentity
    /// What the bytes showed.
    public var observation: InferenceObservation
    /// The status that the engine answered with, if it answered.
    public var status: Int?
    /// How the exchange ended.
    public var end: CallEnd
    /// The number of choices that the request asked for.
    public var choices: Int

    /// Creates a completed call.
    public init(
        id: RecordID,
        arrivedAt: WallTime,
        identity: CallIdentity,
        observation: InferenceObservation,
        status: Int?,
        end: CallEnd,
        choices: Int = 1
    ) {
        self.id = id
        self.arrivedAt = arrivedAt
        self.identity = identity
        self.observation = observation
        self.status = status
        self.end = end
        self.choices = choices
    }
}
