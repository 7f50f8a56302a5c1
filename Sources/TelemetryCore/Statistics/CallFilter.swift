// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What calls are grouped by.
public enum StatisticsGrouping: String, Sendable, Hashable, CaseIterable {
    /// The model that answered.
    case model
    /// The kind of engine.
    case engine
    /// The upstream's name.
    case upstream
    /// The agent that the client named.
    case agent
    /// The batch that the client named.
    case batch
    /// The session that the client named.
    case session
    /// How the call ended.
    case outcome

    /// The key that holds a group's name: the seed's column where it has one.
    public var nameKey: String {
        switch self {
        case .model: "model_id"
        case .batch: "batch_id"
        default: rawValue
        }
    }

    /// The key that holds the groups beside the summary.
    public var groupsKey: String {
        "per_\(rawValue)"
    }
}

/// Which calls are asked for; what is `nil` does not matter.
public struct CallFilter: Sendable, Hashable {
    /// When the requests arrived, bounds inclusive.
    public var range: TimeRange
    /// The model that answered.
    public var model: String?
    /// The kind of engine.
    public var engine: EngineKind?
    /// The upstream's name.
    public var upstream: String?
    /// The agent that the client named.
    public var agent: String?
    /// The session that the client named.
    public var session: String?
    /// The batch that the client named.
    public var batch: String?
    /// How the call ended.
    public var outcome: CallOutcome?
    /// What was asked for.
    public var operation: InferenceOperation?
    /// The version of the rules by which the numbers were made.
    public var methodologyVersion: Int?
    /// The seed's own version of how tokens were counted.
    public var tokenCountingVersion: Int?

    /// Creates a filter that lets every call of a time range pass.
    public init(range: TimeRange = .all) {
        self.range = range
    }

    /// Every call.
    public static let all = CallFilter()
}
