// Inferometer
// SPDX-License-Identifier: Apache-2.0

extension AggregatedStatistics {
    /// The keys of `stats --json` in order, `per_model` and `per_engine` among them.
    public var members: [StatisticsValue.Member] {
        StatisticsField.summary.members(of: calls) + [
            .init("rows_pruned", .value(.bool(rowsPruned))),
            .init(StatisticsGrouping.model.groupsKey, .array(perModel.map { .object($0.members) })),
            .init(StatisticsGrouping.engine.groupsKey, .array(perEngine.map { .object($0.members) })),
        ]
    }
}

extension ModelStatistics {
    /// The keys of one of `per_model`, in order.
    public var members: [StatisticsValue.Member] {
        GroupStatistics(name: model, calls: calls).members(for: .model)
    }
}

extension EngineStatistics {
    /// The keys of one of `per_engine`, in order.
    public var members: [StatisticsValue.Member] {
        GroupStatistics(name: engine?.rawValue, calls: calls).members(for: .engine)
    }
}

extension BatchStatistics {
    /// The keys of one of `per_batch`, in order.
    public var members: [StatisticsValue.Member] {
        GroupStatistics(name: batch, calls: calls).members(for: .batch)
    }
}

extension GroupStatistics {
    /// The keys of one group of those asked for by `--by`, in order.
    public func members(for grouping: StatisticsGrouping) -> [StatisticsValue.Member] {
        let fields = StatisticsField.group + (grouping == .batch ? StatisticsField.batch : [])
        let name = StatisticsValue.value(name.map(RecordValue.string) ?? .null)
        return [.init(grouping.nameKey, name)] + fields.members(of: calls)
    }
}

extension PeriodStatistics {
    /// The keys of one of `series`, in order: `start` in seconds since the epoch, then those of a summary.
    public var members: [StatisticsValue.Member] {
        [.init("start", .value(.number(start.secondsSinceEpoch)))] + StatisticsField.summary.members(of: calls)
    }
}

extension [StatisticsField] {
    fileprivate func members(of calls: CallStatistics) -> [StatisticsValue.Member] {
        map { .init($0.key, .value($0.value(calls))) }
    }
}
