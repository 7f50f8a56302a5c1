// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The statistics of one model's calls.
@dynamicMemberLookup
public struct ModelStatistics: Sendable, Hashable {
    /// The model; absent for calls without one.
    public var model: String?
    /// The numbers.
    public var calls: CallStatistics

    /// Creates the statistics of a model.
    public init(model: String? = nil, calls: CallStatistics = CallStatistics()) {
        self.model = model
        self.calls = calls
    }

    /// One of the numbers.
    public subscript<Value>(dynamicMember path: KeyPath<CallStatistics, Value>) -> Value {
        calls[keyPath: path]
    }
}

/// The statistics of one kind of engine's calls.
@dynamicMemberLookup
public struct EngineStatistics: Sendable, Hashable {
    /// The kind of engine; absent for calls without one.
    public var engine: EngineKind?
    /// The numbers.
    public var calls: CallStatistics

    /// Creates the statistics of an engine.
    public init(engine: EngineKind? = nil, calls: CallStatistics = CallStatistics()) {
        self.engine = engine
        self.calls = calls
    }

    /// One of the numbers.
    public subscript<Value>(dynamicMember path: KeyPath<CallStatistics, Value>) -> Value {
        calls[keyPath: path]
    }
}

/// The statistics of one batch's calls.
@dynamicMemberLookup
public struct BatchStatistics: Sendable, Hashable {
    /// The batch; absent for calls without one.
    public var batch: String?
    /// The numbers.
    public var calls: CallStatistics

    /// Creates the statistics of a batch.
    public init(batch: String? = nil, calls: CallStatistics = CallStatistics()) {
        self.batch = batch
        self.calls = calls
    }

    /// The batch's calls.
    public var totalRequests: Int {
        calls.callCount
    }

    /// One of the numbers.
    public subscript<Value>(dynamicMember path: KeyPath<CallStatistics, Value>) -> Value {
        calls[keyPath: path]
    }
}

/// The statistics of one group of calls, whatever they were grouped by.
@dynamicMemberLookup
public struct GroupStatistics: Sendable, Hashable {
    /// The group's name; absent for calls without the attribute.
    public var name: String?
    /// The numbers.
    public var calls: CallStatistics

    /// Creates the statistics of a group.
    public init(name: String? = nil, calls: CallStatistics = CallStatistics()) {
        self.name = name
        self.calls = calls
    }

    /// One of the numbers.
    public subscript<Value>(dynamicMember path: KeyPath<CallStatistics, Value>) -> Value {
        calls[keyPath: path]
    }

    /// Whether a group stands before another: by falling number of calls, then by name, the unnamed last.
    package static func standsBefore(_ left: GroupStatistics, _ right: GroupStatistics) -> Bool {
        guard left.calls.callCount == right.calls.callCount else {
            return left.calls.callCount > right.calls.callCount
        }
        guard let leftName = left.name else { return false }
        guard let rightName = right.name else { return true }
        return leftName < rightName
    }
}

/// The statistics of the calls of one hour or day.
@dynamicMemberLookup
public struct PeriodStatistics: Sendable, Hashable {
    /// When the period begins (UTC).
    public var start: WallTime
    /// The numbers.
    public var calls: CallStatistics

    /// Creates the statistics of a period.
    public init(start: WallTime, calls: CallStatistics) {
        self.start = start
        self.calls = calls
    }

    /// One of the numbers.
    public subscript<Value>(dynamicMember path: KeyPath<CallStatistics, Value>) -> Value {
        calls[keyPath: path]
    }
}

/// The length of the periods of a time series.
public enum StatisticsPeriod: String, Sendable, Hashable, CaseIterable {
    /// An hour.
    case hour
    /// A day of UTC.
    case day

    /// The length in microseconds.
    package var microseconds: Int64 {
        switch self {
        case .hour: 3_600_000_000
        case .day: 86_400_000_000
        }
    }
}

/// The statistics of all calls asked for, by model and by engine too.
@dynamicMemberLookup
public struct AggregatedStatistics: Sendable, Hashable {
    /// The numbers of all calls.
    public var calls: CallStatistics
    /// By model: falling number of calls, then by name, the unnamed last.
    public var perModel: [ModelStatistics]
    /// By kind of engine, in the same order.
    public var perEngine: [EngineStatistics]
    /// Whether rows of the window were pruned, so that only whole hours of it could be told.
    public var rowsPruned: Bool

    /// Creates the statistics of no calls.
    public init(
        calls: CallStatistics = CallStatistics(),
        perModel: [ModelStatistics] = [],
        perEngine: [EngineStatistics] = [],
        rowsPruned: Bool = false
    ) {
        self.calls = calls
        self.perModel = perModel
        self.perEngine = perEngine
        self.rowsPruned = rowsPruned
    }

    /// One of the numbers.
    public subscript<Value>(dynamicMember path: KeyPath<CallStatistics, Value>) -> Value {
        calls[keyPath: path]
    }
}
