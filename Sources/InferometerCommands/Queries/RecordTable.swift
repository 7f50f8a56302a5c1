// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Records as a table for a person, newest first as they come.
struct RecordTable {
    private let records: [TelemetryRecord]
    private let time: HumanTime

    init(_ records: [TelemetryRecord], time: HumanTime) {
        self.records = records
        self.time = time
    }

    /// Whether some of the calls were answered by the simulated engine.
    var hasSimulated: Bool {
        records.contains { $0.identity.engine == .simulated }
    }

    /// What must be said of calls that no real engine answered.
    var simulationNote: String? {
        hasSimulated ? "Calls of the engine 'simulated' are SIMULATED: their times and tokens are made up." : nil
    }

    var table: Table {
        let prefix = Self.uniquePrefixLength(records.map(\.id.description))
        var table = Table(columns: Self.columns(isSimulated: hasSimulated))
        table.rows = records.map { row($0, idLength: prefix) }
        return table.droppingUnknownColumns()
    }

    private static func columns(isSimulated: Bool) -> [Table.Column] {
        [
            .text("WHEN"),
            .text("ID", expendability: 1),
            .text("MODEL", atLeast: 18),
            // The engine's kind is what marks a simulated call: then it is never left out.
            .text("ENGINE", expendability: isSimulated ? 0 : 7),
            .text("AGENT", atLeast: 10, expendability: 10),
            .text("OPERATION", expendability: 8),
            .text("OUTCOME"),
            .number("IN", expendability: 4),
            .number("OUT", expendability: 3),
            .number("TTFT", expendability: 2),
            .number("LATENCY"),
            .number("TOK/S", expendability: 5),
            .number("COST", expendability: 6),
            .number("ENERGY", expendability: 9),
        ]
    }

    private func row(_ record: TelemetryRecord, idLength: Int) -> [String?] {
        [
            time.text(record.timestamp),
            String(record.id.description.prefix(idLength)),
            record.identity.model ?? record.identity.requestedModel,
            record.identity.engine?.rawValue,
            record.identity.agent,
            record.identity.operation?.rawValue,
            outcome(record.result),
            record.tokens.prompt.map(HumanUnits.count),
            record.tokens.completion.map { (record.tokens.source == .chunks ? "~" : "") + HumanUnits.count($0) },
            record.timing.timeToFirstToken.map(HumanUnits.duration),
            record.timing.latency.map(HumanUnits.duration),
            record.tokensPerSecond.map(HumanUnits.number),
            record.price.costUSD.map(HumanUnits.dollars),
            record.energy.total.map { HumanUnits.joules($0.joules) },
        ]
    }

    private func outcome(_ result: CallResult) -> String? {
        guard let outcome = result.outcome else { return nil }
        guard outcome != .completed, let kind = result.errorKind else { return outcome.rawValue }
        return "\(outcome.rawValue) (\(kind.rawValue))"
    }

    /// The length at which no two identities begin alike, at least the part that says when: `0197a3b2-11c4`.
    static func uniquePrefixLength(_ ids: [String]) -> Int {
        let sorted = ids.sorted()
        return zip(sorted, sorted.dropFirst()).reduce(13) { length, pair in
            pair.0 == pair.1 ? length : max(length, zip(pair.0, pair.1).prefix { $0 == $1 }.count + 1)
        }
    }
}
