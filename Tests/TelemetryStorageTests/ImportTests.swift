// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TelemetryCore
import Testing

@testable import TelemetryStorage

@Suite struct ImportTests {
    /// A store, and what importing texts into it says.
    final class Importer: Sendable {
        private let directory: URL
        let store: TelemetryStore
        let path: String
        private let refusals = Mutex<[ImportRefusal]>([])

        init() throws {
            directory = FileManager.default.temporaryDirectory.appendingPathComponent("import-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            path = directory.appendingPathComponent("telemetry.db").path
            store = try TelemetryStore.manual(path)
        }

        deinit {
            try? FileManager.default.removeItem(at: directory)
        }

        func run(_ text: String) async throws -> ImportReport {
            let file = directory.appendingPathComponent("source.jsonl").path
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            return try await run(file: file)
        }

        func run(file: String) async throws -> ImportReport {
            refusals.withLock { $0.removeAll() }
            return try await store.importFile(at: file) { [self] refusal in
                refusals.withLock { $0.append(refusal) }
            }
        }

        var refused: [ImportRefusal] {
            refusals.withLock { $0 }
        }

        func records() async throws -> [TelemetryRecord] {
            try await store.recentRecords(limit: .max).reversed()
        }
    }

    @Test func zerosOfASeedRowAreUnknownSaveWhereTheyMayBeTrue() async throws {
        let importer = try Importer()
        let zeros = [
            "prompt_tokens", "prompt_tokens_evaluated", "completion_tokens", "total_tokens", "latency_seconds", "ttft",
            "cost_usd", "energy_joules", "power_watts", "gpu_utilization_pct", "gpu_memory_used_gb",
            "gpu_temperature_c", "throughput_tok_per_sec", "prefill_latency_seconds", "decode_latency_seconds",
            "cpu_energy_joules", "gpu_energy_joules", "dram_energy_joules", "tokens_per_joule",
            "energy_per_output_token_joules", "throughput_per_watt", "prefill_energy_joules", "decode_energy_joules",
            "mean_itl_ms", "median_itl_ms", "p90_itl_ms", "p95_itl_ms", "p99_itl_ms", "std_itl_ms", "is_warmup",
            "is_streaming",
        ]
        let keys = zeros.map { "\"\($0)\": 0" }.joined(separator: ", ")
        let report = try await importer.run(
            "{\"timestamp\": 5, \"model_id\": \"m\", \"engine\": \"\", \"agent\": \"\", \"batch_id\": \"\", \(keys)}\n"
        )
        #expect(report.added == 1)
        let record = try #require(try await importer.records().first)
        var wanted = TelemetryRecord(id: record.id, timestamp: .seconds(5))
        wanted.identity.model = "m"
        wanted.tokens.completion = 0
        wanted.tokens.promptEvaluated = 0
        wanted.price.costUSD = 0
        #expect(record == wanted)
    }

    @Test func aWholeSeedRowComesOver() async throws {
        let importer = try Importer()
        let line = """
            {"id": 4, "timestamp": 100.5, "model_id": "m", "engine": "vllm", "agent": "a", "prompt_tokens": 86,
            "prompt_tokens_evaluated": 80, "completion_tokens": 98, "total_tokens": 184, "latency_seconds": 1.246501,
            "ttft": 0.047684, "cost_usd": 0.0015, "energy_joules": 193.70879, "power_watts": 155.402,
            "gpu_utilization_pct": 62.2, "gpu_memory_used_gb": 21.048, "gpu_temperature_c": 48.0,
            "energy_method": "polling", "energy_vendor": "nvidia", "batch_id": "b", "is_warmup": true,
            "gpu_energy_joules": 193.70879, "mean_itl_ms": 12.0232, "p95_itl_ms": 19.2372, "std_itl_ms": 0,
            "is_streaming": 1, "token_counting_version": 2, "mining_session_id": "abc123",
            "metadata": {"key": "value", "nested": [1, 2, 3]}}
            """.replacingOccurrences(of: "\n", with: " ")
        #expect(try await importer.run(line).added == 1)
        let record = try #require(try await importer.records().first)
        #expect(record.tokens.total == 184)
        #expect(record.timing.latency == .microseconds(1_246_501))
        #expect(record.timing.timeToFirstToken == .microseconds(47_684))
        #expect(record.energy.total == .nanojoules(193_708_790_000))
        #expect(record.given.power == .watts(155.402))
        #expect(record.identity.isWarmup && record.identity.isStreaming)
        #expect(record.identity.batch == "b")
        #expect(record.device.memoryUsedGigabytes == 21.048)
        #expect(record.timing.interTokenLatency?.mean == .nanoseconds(12_023_200))
        #expect(record.timing.interTokenLatency?.standardDeviation == .zero)
        #expect(record.tokenCountingVersion == 2)
        #expect(record.miningSessionID == "abc123")
        #expect(record.identity.metadata.json == #"{"key": "value", "nested": [1, 2, 3]}"#)
        #expect(record.result == CallResult())
        #expect(record.identity.operation == nil && record.identity.upstream == nil)
        let tpot = try #require(record.timing.timePerOutputToken?.milliseconds)
        #expect(abs(tpot / ((1_246.501 - 47.684) / 97) - 1) < 1e-9)
        // A ratio that follows from its parts is not kept beside them.
        #expect(record.given.tokensPerSecond == nil)
    }

    @Test func derivedValuesStayWhereTheirPartsAreMissing() async throws {
        let importer = try Importer()
        _ = try await importer.run(
            #"{"timestamp": 1, "model_id": "m", "throughput_tok_per_sec": 50, "tokens_per_joule": 2.5, "total_tokens": 77}"#
        )
        let record = try #require(try await importer.records().first)
        #expect(record.tokensPerSecond == 50)
        #expect(record.tokensPerJoule == 2.5)
        #expect(record.totalTokens == 77)
    }

    @Test func aTotalOfZeroBesideKnownPartsIsTheirSum() async throws {
        let importer = try Importer()
        _ = try await importer.run(
            #"{"timestamp": 1, "model_id": "m", "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 0}"#
        )
        #expect(try await importer.records().first?.totalTokens == 15)
        #expect(try await TelemetryAggregator(path: importer.path).summary().totalTokens == 15)
    }

    @Test(arguments: [
        ("[1]", "no JSON object"), ("not json", "no JSON object"), (#"{"model_id": "m"}"#, "no timestamp"),
        (#"{"timestamp": 1}"#, "no model_id"), (#"{"timestamp": 1, "model_id": null}"#, "no model_id"),
        (#"{"timestamp": "1", "model_id": "m"}"#, "timestamp is a text, not a number"),
        (#"{"timestamp": 1, "model_id": 5}"#, "model_id is a number, not a text"),
        (#"{"timestamp": -1, "model_id": "m"}"#, "timestamp is negative"),
        (#"{"timestamp": 1e13, "model_id": "m"}"#, "timestamp is over 1e12"),
        (#"{"timestamp": 1, "model_id": "m", "prompt_tokens": 1.5}"#, "prompt_tokens is no whole number"),
        (#"{"timestamp": 1, "model_id": "m", "prompt_tokens": -1}"#, "prompt_tokens is negative"),
        (#"{"timestamp": 1, "model_id": "m", "prompt_tokens": "many"}"#, "prompt_tokens is a text"),
        (#"{"timestamp": 1, "model_id": "m", "ttft": 1e-10}"#, "ttft is under 1e-9"),
        (#"{"timestamp": 1, "model_id": "m", "latency_seconds": 2e12}"#, "latency_seconds is over 1e12"),
        (#"{"timestamp": 1, "model_id": "m", "latency_seconds": 1e999}"#, "latency_seconds is not finite"),
        (#"{"timestamp": 1, "model_id": "m", "energy_joules": -0.5}"#, "energy_joules is negative"),
        (#"{"timestamp": 1, "model_id": "m", "energy_joules": 1e13}"#, "energy_joules is over 1e12"),
        (#"{"timestamp": 1, "model_id": "m", "power_watts": 1e-10}"#, "power_watts is under 1e-9"),
        (#"{"timestamp": 1, "model_id": "m", "is_warmup": "yes"}"#, "is_warmup is a text"),
        (#"{"timestamp": 1, "model_id": "m", "is_warmup": 2}"#, "is_warmup is a number"),
        (#"{"timestamp": 1, "model_id": "m", "metadata": [1]}"#, "metadata is a list"),
        (#"{"timestamp": 1, "model_id": "m", "metadata": "x"}"#, "metadata is no JSON object"),
        (#"{"timestamp": 1, "model_id": "m", "cost_usd": -1}"#, "cost_usd is negative"),
        (#"{"timestamp": 1, "model_id": "m", "record_id": "x"}"#, "record_id is no UUID"),
        (
            #"{"timestamp": 1, "record_id": "01970000-0000-7000-8000-000000000000", "outcome": "odd"}"#,
            "outcome is no known word"
        ),
    ])
    func whatCannotBeRightIsRefusedAndTheOthersAreKept(_ line: String, _ reason: String) async throws {
        let importer = try Importer()
        let good = #"{"timestamp": 1, "model_id": "m"}"#
        let report = try await importer.run("\(good)\n\(line)\n\n\(good)")
        #expect(report.added == 2)
        #expect(report.refused == 1)
        #expect(importer.refused.map(\.line) == [2])
        #expect(importer.refused.first?.reason.hasPrefix(reason) == true, "\(importer.refused)")
    }

    @Test(arguments: [1e-9, 1e12, 1e-9 * 1.234_567_891, 1e12 / 3])
    func theEdgesOfWhatCanBeMeasuredAreKeptToNineDigits(_ number: Double) async throws {
        let importer = try Importer()
        let line =
            "{\"timestamp\": 1, \"model_id\": \"m\", \"latency_seconds\": \(number), \"energy_joules\": \(number)}"
        #expect(try await importer.run(line).added == 1)
        let record = try #require(try await importer.records().first)
        #expect(abs(try #require(record.timing.latency?.seconds) / number - 1) < 1e-9)
        #expect(abs(try #require(record.energy.total?.joules) / number - 1) < 1e-9)
    }

    @Test func blanksMarksAndLineEndsAreFine() async throws {
        let importer = try Importer()
        let line = #"{"timestamp": 1, "model_id": "m"}"#
        let report = try await importer.run("\u{FEFF}\(line)\r\n\r\n   \n\(line)\r\n\t\n\(line)")
        #expect(report.added == 3)
        #expect(report.refused == 0)
    }

    @Test func importingTwiceAddsNothingAndEqualRowsStayTwo() async throws {
        let importer = try Importer()
        let one = #"{"timestamp": 1, "model_id": "m", "completion_tokens": 3}"#
        let spaced = #"{ "completion_tokens": 3.0, "model_id": "m", "timestamp": 1.0, "ttft": 0 }"#
        let text = [one, one, #"{"timestamp": 2, "model_id": "n"}"#].joined(separator: "\n")
        #expect(try await importer.run(text).added == 3)
        let again = try await importer.run(text)
        #expect(again.added == 0)
        #expect(again.skipped == 3)
        // The same rows written otherwise are the same rows; a third equal one is new.
        let report = try await importer.run([spaced, one, spaced].joined(separator: "\n"))
        #expect(report.added == 1)
        #expect(report.skipped == 2)
        #expect(try await TelemetryAggregator(path: importer.path).summary().completionTokens == 9)
    }

    @Test func ourOwnLinesAreTakenLiterally() async throws {
        let importer = try Importer()
        let line = """
            {"record_id": "01970000-0000-7abc-8000-000000000001", "timestamp": 7.25, "operation": "chat",
            "outcome": "truncated", "http_status": 200, "error_kind": "reset", "engine": "vllm", "upstream": "u",
            "requested_model": "r", "model_id": null, "is_warmup": false, "is_streaming": true, "prompt_tokens": 0,
            "cached_tokens": 0, "completion_tokens": 4, "token_source": "usage", "latency_seconds": 0,
            "ttft": 0.1234567, "tpot_ms": 1.5, "chunk_count": 4, "icl_mean_ms": 1.5, "icl_p50_ms": 1.25,
            "energy_joules": 0, "energy_sharing": "shared(2)", "devices": ["GPU-1", "GPU-2"], "session": "s",
            "methodology_version": 1, "metadata": {"k": "v"}}
            """.replacingOccurrences(of: "\n", with: " ")
        #expect(try await importer.run(line).added == 1)
        let record = try #require(try await importer.records().first)
        #expect(record.id.description == "01970000-0000-7abc-8000-000000000001")
        #expect(record.tokens.prompt == 0)
        #expect(record.energy.total == .zero)
        #expect(record.timing.latency == .zero)
        #expect(abs(try #require(record.timing.timeToFirstToken?.seconds) / 0.123_456_7 - 1) < 1e-9)
        #expect(record.timing.interChunkLatency?.count == 3)
        #expect(record.energy.devices == ["GPU-1", "GPU-2"])
        #expect(record.identity.session == "s")
        #expect(record.result.outcome == .truncated)
        #expect(record.methodologyVersion == 1)
        #expect(try await importer.run(line).skipped == 1)
    }

    @Test func linesMayBeLongerThanAnyBuffer() async throws {
        let importer = try Importer()
        let long = String(repeating: "x", count: 700_000)
        let line = "{\"timestamp\": 1, \"model_id\": \"m\", \"metadata\": {\"k\": \"\(long)\"}}"
        #expect(try await importer.run("\(line)\n\(line)").added == 2)
        #expect(try await importer.records().last?.identity.metadata.json.utf8.count == 700_009)
    }

    @Test func whatIsNotThereOrOursIsSaid() async throws {
        let importer = try Importer()
        await #expect(throws: TelemetryStoreError.self) { try await importer.run(file: importer.path + ".none") }
        let failure = await #expect(throws: TelemetryStoreError.self) { try await importer.run(file: importer.path) }
        #expect(failure?.code == .foreignFile)
        #expect(try await importer.run("") == ImportReport())
    }
}
