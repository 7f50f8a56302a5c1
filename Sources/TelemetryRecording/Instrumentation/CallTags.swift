// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// What a program says about its own calls, to find them again.
public struct CallTags: Sendable, Hashable {
    /// The agent that makes the calls.
    public var agent: String?
    /// The session that they belong to.
    public var session: String?
    /// The batch that they belong to.
    public var batch: String?
    /// Whether they are warm-ups, which averages leave out.
    public var isWarmup: Bool
    /// Whatever else is to be kept.
    public var metadata: CallMetadata

    /// Creates tags.
    public init(
        agent: String? = nil,
        session: String? = nil,
        batch: String? = nil,
        isWarmup: Bool = false,
        metadata: CallMetadata = CallMetadata()
    ) {
        self.agent = agent
        self.session = session
        self.batch = batch
        self.isWarmup = isWarmup
        self.metadata = metadata
    }
}
