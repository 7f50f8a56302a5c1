// Inferometer
// SPDX-License-Identifier: Apache-2.0

import GRDB
import ParitySupport
import TelemetryCore

/// Reads the `telemetry` view as a tool written for the seed's file does.
enum TelemetryView {
    /// The oldest row of a time range, by column; null if there is none.
    static func firstRow(of path: String, in range: TimeRange) throws -> ParityValue {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT * FROM telemetry WHERE timestamp >= ? AND timestamp <= ? ORDER BY timestamp, id LIMIT 1
                    """,
                arguments: [range.since?.secondsSinceEpoch ?? -1e18, range.until?.secondsSinceEpoch ?? 1e18]
            )
            guard let row else { return .null }
            return .object(Dictionary(uniqueKeysWithValues: row.map { ($0.0, parity($0.1)) }))
        }
    }

    private static func parity(_ value: DatabaseValue) -> ParityValue {
        switch value.storage {
        case .null, .blob: .null
        case .int64(let number): .integer(Int(number))
        case .double(let number): .number(number)
        case .string(let text): .string(text)
        }
    }
}
