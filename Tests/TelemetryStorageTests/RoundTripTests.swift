// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryStorage

/// What `export --format jsonl` writes, `import` reads: the keys of `RecordField` are the border.
@Suite struct RoundTripTests {
    /// A line as an export writes it.
    private func line(_ record: TelemetryRecord) -> String {
        var text = "{"
        for (index, field) in RecordField.all.enumerated() {
            if index > 0 { text += "," }
            JSONText.appendString(field.key, to: &text)
            text += ":"
            append(field.value(record), to: &text)
        }
        return text + "}"
    }

    private func append(_ value: RecordValue, to text: inout String) {
        switch value {
        case .null: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .integer(let number): text += "\(number)"
        case .number(let number): JSONText.appendNumber(number, to: &text)
        case .string(let string): JSONText.appendString(string, to: &text)
        case .json(let json): text += json
        case .strings(let strings):
            text += "["
            for (index, string) in strings.enumerated() {
                if index > 0 { text += "," }
                JSONText.appendString(string, to: &text)
            }
            text += "]"
        }
    }

    private func values(_ record: TelemetryRecord) -> [String: RecordValue] {
        Dictionary(uniqueKeysWithValues: RecordField.all.map { ($0.key, $0.value(record)) })
    }

    private func expectSame(_ found: TelemetryRecord, _ wanted: TelemetryRecord) {
        let (found, wanted) = (values(found), values(wanted))
        for (key, value) in wanted {
            if case .number(let left)? = found[key], case .number(let right) = value {
                #expect(abs(left - right) <= 1e-12 * abs(right), "\(key): \(left) for \(right)")
            } else {
                #expect(found[key] == value, "\(key)")
            }
        }
    }

    @Test func everyKeyOfOurOwnRecordsComesBack() async throws {
        var generator = SeededGenerator(seed: 21)
        var records = (0..<300).map { number -> TelemetryRecord in
            var record = TelemetryRecord.random(within: 1e6, &generator)
            record.identity.session = "s\(number)"
            record.identity.metadata = CallMetadata([(key: "n", value: "\"\(number)\"\n")])
            return record
        }
        var full = TelemetryRecord.full
        full.timing.interChunkLatency?.count = full.timing.chunkCount.map { $0 - 1 }
        full.miningSessionID = nil
        records.append(full)
        let importer = try ImportTests.Importer()
        let report = try await importer.run(records.map(line).joined(separator: "\n"))
        #expect(report.added == records.count)
        #expect(report.refused == 0, "\(importer.refused.prefix(3))")
        for record in records {
            let found = try #require(try await importer.store.record(record.id))
            expectSame(found, record)
        }
        #expect(try RollupAudit.differences(in: importer.path).isEmpty)
    }

    @Test func anExportOfAnImportIsThatImport() async throws {
        let first = try ImportTests.Importer()
        let row = """
            {"timestamp": 3.5, "model_id": "m", "completion_tokens": 7, "latency_seconds": 1.23456789012,
            "energy_joules": 1e-9, "power_watts": 55.5, "p95_itl_ms": 0.0123456789, "total_tokens": 12,
            "decode_latency_seconds": 0.25, "throughput_per_watt": 4.5, "token_counting_version": null}
            """.replacingOccurrences(of: "\n", with: " ")
        _ = try await first.run(row)
        let imported = try #require(try await first.records().first)
        let second = try ImportTests.Importer()
        #expect(try await second.run(line(imported)).added == 1, "\(second.refused) \(line(imported))")
        let again = try #require(try await second.records().first)
        #expect(again.id == imported.id)
        expectSame(again, imported)
    }
}
