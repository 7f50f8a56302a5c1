// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// Questions to a database of calls; it never writes.
///
/// A database that is not there reads as empty and is not created. Every answer comes from one state of the file.
/// Averages and percentiles leave warm-up calls out unless they are asked for.
public final class TelemetryAggregator: Sendable {
    private let source: ReadSource

    /// Creates an aggregator for a file, which is opened by the first question.
    public init(path: String) {
        source = ReadSource(path: path)
    }

    /// Ends all reading; later questions fail.
    ///
    /// Idempotent.
    public func close() {
        source.close()
    }

    /// What SQLite finds wrong with the file; nothing where it is sound or not there.
    ///
    /// Reads the whole file.
    public func integrityProblems() async throws(TelemetryStoreError) -> [String] {
        let found = try await source.read(else: [String]()) { try CallReader($0).integrityProblems() }
        return found.filter { $0 != "ok" }
    }

    /// The number of calls in the database.
    public func recordCount() async throws(TelemetryStoreError) -> Int {
        try await source.read(else: 0) { try CallReader($0).count() }
    }

    /// All calls of a time range together, by model and by engine too.
    public func summary(in range: TimeRange = .all) async throws(TelemetryStoreError) -> AggregatedStatistics {
        try await summary(of: CallFilter(range: range))
    }

    /// All calls that pass a filter together, by model and by engine too.
    public func summary(
        of filter: CallFilter,
        includingWarmup: Bool = false
    ) async throws(TelemetryStoreError) -> AggregatedStatistics {
        try await source.read(else: AggregatedStatistics()) { database in
            let statistics = StatisticsReader(database, filter: filter)
            return try statistics.summary(includingWarmup: includingWarmup)
        }
    }

    /// The calls of a time range by model.
    public func statisticsByModel(
        in range: TimeRange = .all
    ) async throws(TelemetryStoreError) -> [ModelStatistics] {
        try await statistics(by: .model, of: CallFilter(range: range))
            .map { ModelStatistics(model: $0.name, calls: $0.calls) }
    }

    /// The calls of a time range by kind of engine.
    public func statisticsByEngine(
        in range: TimeRange = .all
    ) async throws(TelemetryStoreError) -> [EngineStatistics] {
        try await statistics(by: .engine, of: CallFilter(range: range))
            .map { EngineStatistics(engine: $0.name.map(EngineKind.init), calls: $0.calls) }
    }

    /// The batches of a time range; calls without one are left out.
    ///
    /// - Parameters:
    ///   - range: When the requests arrived.
    ///   - excludingWarmup: Whether warm-up calls are left out of counts and sums too.
    /// - Returns: The batches by falling number of calls, then by name.
    /// - Throws: If the database cannot be read.
    public func statisticsByBatch(
        in range: TimeRange = .all,
        excludingWarmup: Bool = false
    ) async throws(TelemetryStoreError) -> [BatchStatistics] {
        let groups = try await source.read(else: [GroupStatistics]()) { database in
            var statistics = StatisticsReader(database, filter: CallFilter(range: range))
            statistics.skipsWarmup = excludingWarmup
            return try statistics.groups(by: .batch, includingWarmup: false)
        }
        return groups.filter { $0.name != nil }.map { BatchStatistics(batch: $0.name, calls: $0.calls) }
    }

    /// The calls that pass a filter in groups: by falling number of calls, then by name, the unnamed last.
    public func statistics(
        by grouping: StatisticsGrouping,
        of filter: CallFilter = .all,
        includingWarmup: Bool = false
    ) async throws(TelemetryStoreError) -> [GroupStatistics] {
        try await source.read(else: []) { database in
            let statistics = StatisticsReader(database, filter: filter)
            return try statistics.groups(by: grouping, includingWarmup: includingWarmup)
        }
    }

    /// The models with the most calls.
    ///
    /// - Parameters:
    ///   - number: The most models to return; none if it is negative.
    ///   - range: When the requests arrived.
    /// - Returns: The models by falling number of calls, then by name.
    /// - Throws: If the database cannot be read.
    public func topModels(
        _ number: Int = 5,
        in range: TimeRange = .all
    ) async throws(TelemetryStoreError) -> [ModelStatistics] {
        Array(try await statisticsByModel(in: range).prefix(max(0, number)))
    }

    /// Where the machine's energy went, over the whole minutes of a time range: by vendor, device and domain.
    ///
    /// A minute counts if it lies inside from its start to its end; the one that is still open has no end before the
    /// range's, and counts where the range has none. Channels that contain each other are never both among them, so that
    /// sums over all count nothing twice.
    public func energyAccounts(in range: TimeRange = .all) async throws(TelemetryStoreError) -> [ChannelAccounts] {
        try await source.read(else: []) { try AccountReader($0).accounts(in: range) }
    }

    /// The power of the machine's channels over the last seven days, oldest first.
    ///
    /// Memory grows with the seconds of the range over `step`.
    ///
    /// - Parameters:
    ///   - range: Which seconds, by their starts.
    ///   - step: The seconds over which each mean is taken; at least 1.
    /// - Returns: The means, each by the start of its step; channels that this release does not know are left out.
    /// - Throws: If the database cannot be read.
    public func powerHistory(
        in range: TimeRange = .all,
        step: Int = 1
    ) async throws(TelemetryStoreError) -> [ChannelPower] {
        try await source.read(else: []) { try PowerReader($0).powers(in: range, step: Int64(max(1, step))) }
    }

    /// The calls that pass a filter, hour by hour or day by day (UTC), oldest first; periods without calls are left out.
    public func series(
        every period: StatisticsPeriod,
        of filter: CallFilter = .all,
        includingWarmup: Bool = false
    ) async throws(TelemetryStoreError) -> [PeriodStatistics] {
        try await source.read(else: []) { database in
            let statistics = StatisticsReader(database, filter: filter)
            return try statistics.series(every: period, includingWarmup: includingWarmup)
        }
    }
}

extension TelemetryAggregator {
    /// The newest records that pass a filter, newest first.
    ///
    /// - Parameters:
    ///   - limit: The most records to return, none if it is negative; absent for all.
    ///   - filter: Which records.
    /// - Returns: The records, newest first.
    /// - Throws: If the database cannot be read.
    public func recentRecords(
        limit: Int? = 50,
        filter: CallFilter = .all
    ) async throws(TelemetryStoreError) -> [TelemetryRecord] {
        try await source.read(else: []) { try CallReader($0).recent(limit: limit ?? .max, filter: filter) }
    }

    /// One record; nothing if there is none of that identity.
    public func record(_ id: RecordID) async throws(TelemetryStoreError) -> TelemetryRecord? {
        try await source.read(else: nil) { try CallReader($0).record(id) }
    }

    /// The records whose identities lie in a range: those that begin alike.
    ///
    /// - Parameters:
    ///   - range: The identities, bounds inclusive.
    ///   - limit: The most records to return; none if it is negative.
    /// - Returns: The records, by identity.
    /// - Throws: If the database cannot be read.
    public func records(
        identifiedIn range: ClosedRange<RecordID>,
        limit: Int
    ) async throws(TelemetryStoreError) -> [TelemetryRecord] {
        try await source.read(else: []) { try CallReader($0).records(identifiedIn: range, limit: limit) }
    }

    /// The records of a time range, oldest first, read as they are asked for: memory does not grow with their number.
    ///
    /// Records that are written meanwhile are not among them.
    public func records(in range: TimeRange = .all) -> TelemetryRecords {
        records(of: CallFilter(range: range))
    }

    /// The records that pass a filter, oldest first, read as they are asked for.
    public func records(of filter: CallFilter) -> TelemetryRecords {
        TelemetryRecords(source: source, filter: filter)
    }
}
