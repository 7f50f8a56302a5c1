// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryExport

/// Records as JSON documents for scripts.
enum RecordDocument {
    /// An array, one record on each line.
    static func array(_ records: [TelemetryRecord]) -> [UInt8] {
        var writer = JSONWriter()
        writer.append(raw: "[")
        for (index, record) in records.enumerated() {
            writer.append(raw: index == 0 ? "\n" : ",\n")
            RecordJSON.append(record, to: &writer)
        }
        writer.append(raw: records.isEmpty ? "]\n" : "\n]\n")
        return writer.bytes
    }

    /// One object on one line.
    static func object(_ record: TelemetryRecord) -> [UInt8] {
        var writer = JSONWriter()
        RecordJSON.append(record, to: &writer)
        writer.append(raw: "\n")
        return writer.bytes
    }
}
