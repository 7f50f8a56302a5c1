// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import Testing

@testable import TelemetryStorage

/// Every column of a row refuses what cannot be right, by its own name, and takes nothing of the row.
@Suite struct ImportRefusalTests {
    private static let counts = ["prompt_tokens", "prompt_tokens_evaluated", "completion_tokens", "total_tokens"]
    private static let quantities = [
        "latency_seconds", "ttft", "energy_joules", "power_watts", "prefill_latency_seconds",
        "decode_latency_seconds", "cpu_energy_joules", "gpu_energy_joules", "dram_energy_joules",
        "prefill_energy_joules", "decode_energy_joules",
    ]
    private static let ratios = [
        "cost_usd", "gpu_utilization_pct", "gpu_memory_used_gb", "gpu_temperature_c", "throughput_tok_per_sec",
        "tokens_per_joule", "energy_per_output_token_joules", "throughput_per_watt",
    ]
    private static let milliseconds = [
        "mean_itl_ms", "median_itl_ms", "p90_itl_ms", "p95_itl_ms", "p99_itl_ms", "std_itl_ms",
    ]
    private static let ownCounts = ["cached_tokens", "reasoning_tokens", "chunk_count"]
    private static let ownQuantities = [
        "time_to_first_answer", "queue_seconds", "load_seconds", "engine_prefill_seconds", "engine_decode_seconds",
        "energy_dynamic_joules", "energy_idle_joules", "energy_bound_joules", "ane_energy_joules",
        "peak_power_watts",
    ]
    private static let ownMilliseconds = ["tpot_ms", "icl_mean_ms", "icl_p50_ms", "icl_p95_ms", "icl_p99_ms"]
    private static let identity = #""record_id": "01970000-0000-7abc-8000-0000000000"#

    /// Lines that are right but for one value each; ours have identities of their own.
    private static func lines(_ keys: [String], _ value: String, own: Bool) -> [String] {
        keys.enumerated().map { number, key in
            let identity = own ? "\(identity)\(10 + number)\", " : ""
            return "{\(identity)\"timestamp\": 1, \"model_id\": \"m\", \"\(key)\": \(value)}"
        }
    }

    /// One for all, since what is refused leaves nothing in it.
    private let importer: ImportTests.Importer

    init() throws {
        importer = try ImportTests.Importer()
    }

    private func expectAllRefused(_ keys: [String], _ value: String, own: Bool, _ reason: String) async throws {
        let report = try await importer.run(Self.lines(keys, value, own: own).joined(separator: "\n"))
        #expect(report.refused == keys.count && report.added == 0, "\(value)")
        #expect(importer.refused.map(\.line) == Array(1...keys.count))
        for (refusal, key) in zip(importer.refused, keys) {
            #expect(refusal.reason.hasPrefix("\(key) \(reason)"), "\(value): \(refusal.reason)")
        }
        #expect(try await TelemetryAggregator(path: importer.path).recordCount() == 0)
    }

    @Test(arguments: [
        ("-1", "is negative"), (#""x""#, "is a text"), ("true", "is a truth value"), ("[]", "is a list"),
        ("{}", "is an object"), ("1e999", "is "),
    ])
    func noColumnOfNumbersTakesAnythingElse(_ value: String, _ reason: String) async throws {
        let reason = reason.replacingOccurrences(of: "a truth value", with: SourceValue.bool(true).kind)
        let shared = Self.counts + Self.quantities + Self.ratios + Self.milliseconds
        try await expectAllRefused(shared, value, own: false, reason)
        // Totals and ratios follow from the parts in a row of ours.
        let own = Self.ownCounts + Self.ownQuantities + Self.ownMilliseconds + ["electricity_cost", "carbon_grams"]
        try await expectAllRefused(own, value, own: true, reason)
    }

    @Test func noCountTakesAFraction() async throws {
        try await expectAllRefused(Self.counts, "1.5", own: false, "is no whole number")
        try await expectAllRefused(Self.ownCounts + ["http_status"], "0.25", own: true, "is no whole number")
    }

    @Test func whatIsTooSmallOrTooLargeToBeMeasuredIsRefused() async throws {
        try await expectAllRefused(Self.quantities, "9.9e-10", own: false, "is under 1e-9")
        try await expectAllRefused(Self.quantities, "1.01e12", own: false, "is over 1e12")
        try await expectAllRefused(Self.ownQuantities, "9.9e-10", own: true, "is under 1e-9")
        try await expectAllRefused(Self.ownQuantities, "1.01e12", own: true, "is over 1e12")
        try await expectAllRefused(Self.milliseconds, "9.9e-7", own: false, "is under 1e-9")
        try await expectAllRefused(Self.ownMilliseconds, "1.01e15", own: true, "is over 1e12")
    }

    @Test func noColumnOfTextsTakesANumber() async throws {
        let texts = ["model_id", "engine", "agent", "energy_method", "energy_vendor", "batch_id"]
        try await expectAllRefused(Array(texts.dropFirst()), "5", own: false, "is a number")
        let own = ["requested_model", "upstream", "session", "finish_reason", "energy_sharing", "energy_reason"]
        try await expectAllRefused(own, "5", own: true, "is a number")
    }

    @Test func wordsOutsideTheVocabularyAreRefused() async throws {
        let words = ["operation", "outcome", "error_kind", "token_source"]
        try await expectAllRefused(words, #""odd""#, own: true, "is no known word")
    }

    /// `null` says of every column that it is unknown.
    @Test func nullIsUnknownEverywhere() async throws {
        let keys =
            Self.counts + Self.quantities + Self.ratios + Self.milliseconds + Self.ownCounts + Self.ownQuantities
            + Self.ownMilliseconds
        let lines = Self.lines(keys, "null", own: true)
        #expect(try await importer.run(lines.joined(separator: "\n")).added == keys.count)
        for record in try await importer.records() {
            #expect(record.timing == CallTiming() && record.tokens == TokenCounts())
            #expect(record.energy == CallEnergy() && record.device == DeviceUse() && record.price == CallPrice())
        }
    }

    private static let malformed = [
        #"{"timestamp": 1, "model_id": "m""#, #"{"timestamp": 1, "model_id": "m"} x"#,
        #"{"timestamp": 01, "model_id": "m"}"#, #"{"timestamp": 1., "model_id": "m"}"#,
        #"{"timestamp": .5, "model_id": "m"}"#, #"{"timestamp": +1, "model_id": "m"}"#,
        #"{"timestamp": 1e, "model_id": "m"}"#, #"{"timestamp": NaN, "model_id": "m"}"#,
        #"{"timestamp": 1, "model_id": "m",}"#, #"{"timestamp": 1 "model_id": "m"}"#,
        #"{"timestamp": 1, "model_id": "\x"}"#, #"{"timestamp": 1, "model_id": "\u12"}"#,
        #"{"timestamp": 1, 'model_id': 'm'}"#, "{\"timestamp\": 1, \"model_id\": \"a\u{1}\"}", "\"text\"", "null", "{",
    ]

    @Test func whatIsNoJSONIsRefusedByItsLine() async throws {
        let good = #"{"timestamp": 1, "model_id": "m"}"#
        let text = Self.malformed.map { "\(good)\r\n\r\n\($0)\r\n" }.joined()
        let report = try await importer.run(text)
        #expect(report.added == Self.malformed.count && report.refused == Self.malformed.count)
        #expect(importer.refused.map(\.line) == Self.malformed.indices.map { 3 * $0 + 3 })
    }

    @Test func whatWasClearedIsImportedAnew() async throws {
        let lines = Self.lines(Self.counts + Self.quantities, "4", own: false).joined(separator: "\n")
        let count = Self.counts.count + Self.quantities.count
        #expect(try await importer.run(lines).added == count)
        let before = try await importer.records()
        #expect(try await importer.store.clear() == count)
        let report = try await importer.run("\u{FEFF}" + lines.replacingOccurrences(of: "\n", with: "\r\n"))
        #expect(report.added == count && report.skipped == 0)
        #expect(try await importer.records() == before)
        #expect(try RollupAudit.differences(in: importer.path).isEmpty)
    }
}
