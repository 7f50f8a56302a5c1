// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import GRDBSQLite
internal import TelemetryCore

/// Computes statistics, from the roll-ups where they can tell and from calls otherwise.
struct StatisticsReader {
    private let database: Database
    private let filter: CallFilter
    /// Whether warm-up calls are left out of counts and sums too.
    var skipsWarmup = false

    /// Up to so many calls percentiles are exact; beyond, they come from sketches.
    static let exactLimit = 2_000

    init(_ database: Database, filter: CallFilter) {
        self.database = database
        self.filter = filter
    }

    /// All calls together, by model and by engine.
    func summary(includingWarmup: Bool) throws -> AggregatedStatistics {
        let parts = try collect(by: \.modelAndEngine, usesRollups: true, coarsest: .day)
        var all = StatisticsBuilder(exactLimit: Self.exactLimit)
        var models: [RollupKey: StatisticsBuilder] = [:]
        var engines: [RollupKey: StatisticsBuilder] = [:]
        for (key, part) in parts {
            all.merge(part)
            models[RollupKey(model: key.model), default: .init(exactLimit: Self.exactLimit)].merge(part)
            engines[RollupKey(engine: key.engine), default: .init(exactLimit: Self.exactLimit)].merge(part)
        }
        return AggregatedStatistics(
            calls: all.statistics(includingWarmup: includingWarmup),
            perModel: try finish(models, by: .model, includingWarmup)
                .map { ModelStatistics(model: $0.name, calls: $0.calls) },
            perEngine: try finish(engines, by: .engine, includingWarmup)
                .map { EngineStatistics(engine: $0.name.map(EngineKind.init), calls: $0.calls) },
            rowsPruned: try lostRows()
        )
    }

    /// The calls in groups: by falling number of calls, then by name, the unnamed last.
    func groups(by grouping: StatisticsGrouping, includingWarmup: Bool) throws -> [GroupStatistics] {
        switch grouping {
        case .model: try rolledUp(by: \.onlyModel, grouping, includingWarmup)
        case .engine: try rolledUp(by: \.onlyEngine, grouping, includingWarmup)
        case .upstream: try rolledUp(by: \.onlyUpstream, grouping, includingWarmup)
        case .outcome: try rolledUp(by: \.onlyOutcome, grouping, includingWarmup)
        case .agent: try fromRows(by: .agent, grouping, includingWarmup)
        case .batch: try fromRows(by: .batch, grouping, includingWarmup)
        case .session: try fromRows(by: .session, grouping, includingWarmup)
        }
    }

    /// The calls by hour or day, oldest first.
    func series(every period: StatisticsPeriod, includingWarmup: Bool) throws -> [PeriodStatistics] {
        let parts: [RollupKey: StatisticsBuilder] =
            switch period {
            case .hour: try collect(by: \.onlyHour, usesRollups: true, coarsest: .hour)
            case .day: try collect(by: \.onlyDay, usesRollups: true, coarsest: .day)
            }
        return parts.sorted { $0.key.start < $1.key.start }.map { key, part in
            PeriodStatistics(
                start: WallTime(microsecondsSinceEpoch: key.start),
                calls: part.statistics(includingWarmup: includingWarmup)
            )
        }
    }

    private func rolledUp(
        by project: (RollupKey) -> RollupKey,
        _ grouping: StatisticsGrouping,
        _ includingWarmup: Bool
    ) throws -> [GroupStatistics] {
        try finish(collect(by: project, usesRollups: true, coarsest: .day), by: grouping, includingWarmup)
    }
}

// MARK: From the roll-ups

extension StatisticsReader {
    /// Sums calls up by what is left of their keys.
    private func collect(
        by project: (RollupKey) -> RollupKey,
        usesRollups: Bool,
        coarsest: RollupLevel
    ) throws -> [RollupKey: StatisticsBuilder] {
        guard let condition = try CallCondition(filter, in: database) else { return [:] }
        if filter.fitsRollups {
            let rolled = try fromRollups(by: project, coarsest: coarsest)
            let count = rolled.values.reduce(0) { $0 + $1.regular[.calls] + $1.warmup[.calls] }
            // Few calls are read one by one, so that their percentiles are exact; not where their rows are gone.
            if try count > Double(Self.exactLimit) || lostRows() { return withoutWarmup(rolled) }
        }
        var collected: [RollupKey: StatisticsBuilder] = [:]
        try addRows(condition, by: project, exactLimit: Self.exactLimit, to: &collected)
        return withoutWarmup(collected)
    }

    private func fromRollups(
        by project: (RollupKey) -> RollupKey,
        coarsest: RollupLevel
    ) throws -> [RollupKey: StatisticsBuilder] {
        let plan = WindowPlan(filter.range, coarsest: coarsest)
        var collected: [RollupKey: StatisticsBuilder] = [:]
        for level in RollupLevel.allCases {
            for span in plan.spans(of: level) {
                try addRollups(of: level, span, by: project, to: &collected)
            }
        }
        for span in plan.rows {
            var part = filter
            part.range = TimeRange(
                since: WallTime(microsecondsSinceEpoch: span.start),
                until: WallTime(microsecondsSinceEpoch: span.end - 1)
            )
            guard let condition = try CallCondition(part, in: database) else { continue }
            try addRows(condition, by: project, exactLimit: 0, to: &collected)
        }
        return collected
    }

    private func addRollups(
        of level: RollupLevel,
        _ span: WindowPlan.Span,
        by project: (RollupKey) -> RollupKey,
        to collected: inout [RollupKey: StatisticsBuilder]
    ) throws {
        var unbounded = filter
        unbounded.range = .all
        guard let condition = try CallCondition(unbounded, in: database) else { return }
        let columns = (["start"] + RollupKey.columns).joined(separator: ", ")
        let sql = """
            SELECT \(columns), \(RollupRow.columns) FROM \(level.table) AS c
            WHERE start >= ? AND start < ? AND \(condition.sql)
            """
        let first = Int32(RollupKey.columns.count) + 1
        let arguments = [span.start, span.end] + condition.arguments
        try RowCursor(database, sql: sql, arguments: arguments).walk { statement in
            let key = RollupRow.key(statement)
            let row = RollupRow(statement)
            let group = project(key)
            let isWhole =
                key.warmup == 0
                ? row.add(to: &collected[group, default: .init(exactLimit: 0)].regular, from: first)
                : row.add(to: &collected[group, default: .init(exactLimit: 0)].warmup, from: first)
            guard isWhole else {
                throw TelemetryStoreError(code: .corrupt, message: "A roll-up holds a damaged distribution.")
            }
            return true
        }
    }

    /// Whether calls of the window were pruned.
    private func lostRows() throws -> Bool {
        guard let since = try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'rows_since'") else {
            return false
        }
        return (filter.range.since?.microsecondsSinceEpoch ?? .min) < since
    }

    private func withoutWarmup(_ parts: [RollupKey: StatisticsBuilder]) -> [RollupKey: StatisticsBuilder] {
        guard skipsWarmup else { return parts }
        return parts.compactMapValues { part in
            var part = part
            part.warmup = CallTally(exactLimit: 0)
            return part.regular[.calls] > 0 ? part : nil
        }
    }
}

// MARK: From calls

extension StatisticsReader {
    private func addRows(
        _ condition: CallCondition,
        by project: (RollupKey) -> RollupKey,
        exactLimit: Int,
        to collected: inout [RollupKey: StatisticsBuilder]
    ) throws {
        let sql = "SELECT \(MeasuredRow.columns) FROM call AS c WHERE \(condition.sql)"
        try RowCursor(database, sql: sql, arguments: condition.arguments).walk { statement in
            let row = MeasuredRow(statement, from: 0)
            collected[project(row.key), default: .init(exactLimit: exactLimit)].add(row.measures)
            return true
        }
    }

    private func fromRows(
        by column: CallColumn,
        _ grouping: StatisticsGrouping,
        _ includingWarmup: Bool
    ) throws -> [GroupStatistics] {
        guard let condition = try CallCondition(filter, in: database) else { return [] }
        let sql = "SELECT \(MeasuredRow.columns) FROM call AS c WHERE \(condition.sql)"
        var groups: [Int64: StatisticsBuilder] = [:]
        try RowCursor(database, sql: sql, arguments: condition.arguments).walk { statement in
            let row = MeasuredRow(statement, from: 0)
            groups[row.int(column), default: .init(exactLimit: Self.exactLimit)].add(row.measures)
            return true
        }
        let keyed = Dictionary(uniqueKeysWithValues: groups.map { (RollupKey(model: $0.key), $0.value) })
        return try finish(withoutWarmup(keyed), by: grouping, includingWarmup)
    }

    private func finish(
        _ groups: [RollupKey: StatisticsBuilder],
        by grouping: StatisticsGrouping,
        _ includingWarmup: Bool
    ) throws -> [GroupStatistics] {
        let names = try GroupNames(database, grouping: grouping, count: groups.count)
        var statistics: [GroupStatistics] = []
        statistics.reserveCapacity(groups.count)
        for (key, part) in groups {
            let name = try names.name(of: key)
            statistics.append(GroupStatistics(name: name, calls: part.statistics(includingWarmup: includingWarmup)))
        }
        return statistics.sorted(by: GroupStatistics.standsBefore)
    }
}

extension CallFilter {
    /// Whether the roll-ups can answer: they know no agent, session, batch or token counting.
    fileprivate var fitsRollups: Bool {
        agent == nil && session == nil && batch == nil && tokenCountingVersion == nil
    }
}

extension RollupKey {
    fileprivate var modelAndEngine: RollupKey { RollupKey(model: model, engine: engine) }
    fileprivate var onlyModel: RollupKey { RollupKey(model: model) }
    fileprivate var onlyEngine: RollupKey { RollupKey(engine: engine) }
    fileprivate var onlyUpstream: RollupKey { RollupKey(upstream: upstream) }
    fileprivate var onlyOutcome: RollupKey { RollupKey(outcome: outcome) }
    fileprivate var onlyHour: RollupKey { RollupKey(start: RollupLevel.hour.start(of: start)) }
    fileprivate var onlyDay: RollupKey { RollupKey(start: RollupLevel.day.start(of: start)) }
}

/// The names of groups.
private struct GroupNames {
    private let labels: LabelNames
    private let grouping: StatisticsGrouping
    /// Many names are read in one go.
    private var texts: [Int64: String]?

    init(_ database: Database, grouping: StatisticsGrouping, count: Int) throws {
        labels = LabelNames(database)
        self.grouping = grouping
        guard count > 1_000, let kind = grouping.labelKind else { return }
        var texts: [Int64: String] = [:]
        let sql = "SELECT id, text FROM label WHERE kind = ?"
        try RowCursor(database, sql: sql, arguments: [kind.rawValue]).walk { statement in
            let row = StatementRow(statement: statement)
            texts[row.int(0)] = row.text(1)
            return true
        }
        self.texts = texts
    }

    func name(of key: RollupKey) throws -> String? {
        switch grouping {
        case .outcome: WordCodes.word(key.outcome, in: WordCodes.outcomes)?.rawValue
        case .engine: try text(of: key.engine)
        case .upstream: try text(of: key.upstream)
        case .model, .agent, .batch, .session: try text(of: key.model)
        }
    }

    private func text(of number: Int64) throws -> String? {
        if number == 0 { return nil }
        return try texts?[number] ?? labels.text(of: number)
    }
}

extension StatisticsGrouping {
    fileprivate var labelKind: LabelKind? {
        switch self {
        case .model: .model
        case .engine: .engine
        case .upstream: .upstream
        case .agent: .agent
        case .batch: .batch
        case .session: .session
        case .outcome: nil
        }
    }
}
