// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import TelemetryCore
import TelemetryExport

/// The formats of an export.
enum ExportFormat: String, CaseIterable, Hashable, Sendable, ExpressibleByArgument {
    case json
    case jsonl
    case csv
}

/// Turns records into the bytes of an export, piece by piece.
struct ExportEncoder {
    let format: ExportFormat
    private var isFirst = true
    private var writer = JSONWriter()
    private var csv: [UInt8] = []

    init(format: ExportFormat) {
        self.format = format
        switch format {
        case .json: writer.append(raw: "[")
        case .jsonl: break
        case .csv: RecordCSV.appendHeader(to: &csv)
        }
    }

    /// The number of bytes that wait to be taken.
    var waiting: Int { writer.bytes.count + csv.count }

    mutating func add(_ record: TelemetryRecord) {
        switch format {
        case .csv: RecordCSV.append(record, to: &csv)
        case .jsonl:
            RecordJSON.append(record, to: &writer)
            writer.append(raw: "\n")
        case .json:
            writer.append(raw: isFirst ? "\n" : ",\n")
            RecordJSON.append(record, to: &writer)
        }
        isFirst = false
    }

    mutating func finish() {
        if format == .json { writer.append(raw: isFirst ? "]\n" : "\n]\n") }
    }

    /// Takes what waits.
    mutating func take() -> [UInt8] {
        defer {
            writer.removeAll()
            csv.removeAll(keepingCapacity: true)
        }
        return format == .csv ? csv : writer.bytes
    }
}
