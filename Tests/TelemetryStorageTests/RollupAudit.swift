// Inferometer
// SPDX-License-Identifier: Apache-2.0

import GRDB

@testable import TelemetryStorage

/// Sums the roll-ups up against the calls by plain SQL, which shares no code with what wrote them.
enum RollupAudit {
    private static let pairs: [(rollup: String, call: String)] = [
        ("calls", "count(*)"),
        ("prompt_tokens", "coalesce(sum(prompt_tokens), 0)"),
        ("prompt_tokens_count", "count(prompt_tokens)"),
        ("completion_tokens", "coalesce(sum(completion_tokens), 0)"),
        ("completion_tokens_count", "count(completion_tokens)"),
        ("latency", "coalesce(sum(latency), 0)"),
        ("latency_count", "count(latency)"),
        ("time_to_first_token", "coalesce(sum(time_to_first_token), 0)"),
        ("cost", "coalesce(sum(cost), 0)"),
        ("cost_count", "count(cost)"),
        ("energy", "coalesce(sum(energy), 0)"),
        ("energy_count", "count(energy)"),
        ("powered_tokens", "coalesce(sum(CASE WHEN energy IS NOT NULL THEN completion_tokens END), 0)"),
        ("powered_energy", "coalesce(sum(CASE WHEN completion_tokens IS NOT NULL THEN energy END), 0)"),
        ("timed_latency", "coalesce(sum(CASE WHEN completion_tokens IS NOT NULL THEN latency END), 0)"),
    ]

    /// What differs, by hour and key and by day and key; empty where the roll-ups are right.
    static func differences(in path: String) throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { database in
            try RollupLevel.allCases.flatMap { try differences(at: $0, database) }
        }
    }

    private static func differences(at level: RollupLevel, _ database: Database) throws -> [String] {
        let key = RollupKey.columns.joined(separator: ", ")
        let sums = pairs.map { "CAST(\($0.rollup) AS REAL)" }.joined(separator: ", ")
        let rollups = try Row.fetchAll(
            database,
            sql: "SELECT start, \(key), \(sums) FROM \(level.table) ORDER BY start, \(key)"
        )
        let length = level.length
        let calls = try Row.fetchAll(
            database,
            sql: """
                SELECT timestamp - ((timestamp % \(length)) + \(length)) % \(length) AS start,
                    coalesce(model, 0) AS model, coalesce(engine, 0) AS engine, coalesce(upstream, 0) AS upstream,
                    operation, outcome, flags & 1 AS warmup, methodology,
                    \(pairs.map { "CAST(\($0.call) AS REAL)" }.joined(separator: ", "))
                FROM call GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
                """
        )
        guard rollups.count == calls.count else {
            return ["\(level.table): \(rollups.count) rows for \(calls.count) groups of calls"]
        }
        return zip(rollups, calls).compactMap { rollup, call in
            let (left, right) = (Array(rollup.databaseValues), Array(call.databaseValues))
            return left == right ? nil : "\(level.table): \(left) for \(right)"
        }
    }
}
