// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The statistics of records as they come: the same numbers that the store gives of the same records.
///
/// Attach it to a bus with ``EventBus/attach(_:)``, or add records by hand. Percentiles are exact up to 2,000 calls and
/// come from a sketch of a relative error below 1 % beyond, so that memory does not grow with the number of calls.
/// Beyond 10,000 models, engines or batches the rest are counted together under the name `other`.
public final class LiveStatistics: RecordSink {
    fileprivate struct State {
        var models: [String?: [String?: StatisticsBuilder]] = [:]
        var batches: [String: StatisticsBuilder] = [:]
        var names: Set<String> = []
        var engines: Set<String> = []
        var batchNames: Set<String> = []
    }

    private let state = Mutex(State())
    private let mostNames: Int
    private static let exactLimit = 2_000

    /// Creates the statistics of no calls.
    public convenience init() {
        self.init(mostNames: 10_000)
    }

    /// Creates the statistics of no calls, which tell so many models, engines and batches apart.
    init(mostNames: Int) {
        self.mostNames = mostNames
    }

    /// Adds a record whose energy is final.
    public func record(_ record: TelemetryRecord) {
        let measures = CallMeasures(of: record)
        state.withLock { $0.add(measures, of: record.identity, mostNames: mostNames) }
    }

    /// Adds every record that is told to a listener, until its events end.
    public func follow(_ subscription: EventSubscription) async {
        for await event in subscription.events {
            if case .recorded(let record) = event { self.record(record) }
        }
    }

    /// Forgets every call.
    public func reset() {
        state.withLock { $0 = State() }
    }

    /// All calls together, by model and by engine too.
    public func summary(includingWarmup: Bool = false) -> AggregatedStatistics {
        let parts = state.withLock { $0.models }
        var all = Self.empty
        var models: [String?: StatisticsBuilder] = [:]
        var engines: [String?: StatisticsBuilder] = [:]
        for (model, byEngine) in parts {
            for (engine, part) in byEngine {
                all.merge(part)
                models[model, default: Self.empty].merge(part)
                engines[engine, default: Self.empty].merge(part)
            }
        }
        return AggregatedStatistics(
            calls: all.statistics(includingWarmup: includingWarmup),
            perModel: Self.groups(models, includingWarmup)
                .map { ModelStatistics(model: $0.name, calls: $0.calls) },
            perEngine: Self.groups(engines, includingWarmup)
                .map { EngineStatistics(engine: $0.name.map(EngineKind.init), calls: $0.calls) }
        )
    }

    /// The batches by falling number of calls, then by name; calls without one are left out.
    public func statisticsByBatch(includingWarmup: Bool = false) -> [BatchStatistics] {
        let batches = state.withLock { $0.batches }
        return Self.groups(
            Dictionary(uniqueKeysWithValues: batches.map { (Optional($0.key), $0.value) }),
            includingWarmup
        )
        .map { BatchStatistics(batch: $0.name, calls: $0.calls) }
    }

    fileprivate static var empty: StatisticsBuilder { StatisticsBuilder(exactLimit: exactLimit) }

    private static func groups(
        _ parts: [String?: StatisticsBuilder],
        _ includingWarmup: Bool
    ) -> [GroupStatistics] {
        parts
            .map { GroupStatistics(name: $0.key, calls: $0.value.statistics(includingWarmup: includingWarmup)) }
            .sorted(by: GroupStatistics.standsBefore)
    }
}

extension LiveStatistics.State {
    fileprivate mutating func add(_ call: CallMeasures, of identity: CallIdentity, mostNames: Int) {
        let engine = engines.told(Self.name(identity.engine?.rawValue), most: mostNames)
        let model = names.told(Self.name(identity.model), most: mostNames)
        models[model, default: [:]][engine, default: LiveStatistics.empty].add(call)
        guard let batch = batchNames.told(Self.name(identity.batch), most: mostNames) else { return }
        batches[batch, default: LiveStatistics.empty].add(call)
    }

    /// A name of no letters is none.
    private static func name(_ name: String?) -> String? {
        name.flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension Set<String> {
    /// The name itself while there are not too many, `other` beyond; what has no name stays so.
    fileprivate mutating func told(_ name: String?, most: Int) -> String? {
        guard let name else { return nil }
        if contains(name) { return name }
        guard count < most else { return "other" }
        insert(name)
        return name
    }
}
