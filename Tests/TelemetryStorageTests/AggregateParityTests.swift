// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ParitySupport
import TelemetryCore
import Testing

@testable import TelemetryStorage

@Suite struct AggregateParityTests {
    private static let runner = ParityRunner(file: "aggregate")

    @Test func everyCaseHolds() async throws {
        let outcomes = try await Self.runner.run { try await Self.answer($0) }
        #expect(!outcomes.isEmpty)
        for outcome in outcomes {
            if !outcome.notes.isEmpty { print("open \(outcome.name): \(outcome.notes.joined(separator: "; "))") }
            #expect(outcome.failures.isEmpty, "\(outcome.name): \(outcome.failures.prefix(5))")
        }
    }

    /// A run that cannot fail says nothing: each number, changed by 1 %, must be found.
    @Test func everyChangedNumberIsFound() async throws {
        var changed = 0
        for parityCase in try ParityFolder.current.cases(in: "aggregate") {
            let answer = try await Self.answer(parityCase)
            for (path, copy) in ParityMutation.copies(of: parityCase) {
                let outcome = Self.runner.judge(copy, answer)
                #expect(!outcome.failures.isEmpty, "\(outcome.name): \(path) may be anything")
                changed += 1
            }
        }
        #expect(changed > 100)
    }

    // MARK: Answers

    private static let keys: Set<String> = ["records", "records_file", "since", "until", "top", "exclude_warmup"]

    private static func answer(_ parityCase: ParityCase) async throws -> ParityAnswer {
        let input = parityCase.input
        let unknown = Set(input.members.keys).subtracting(keys)
        guard unknown.isEmpty else { throw ParityError("unknown input: \(unknown.sorted())") }
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        for row in try rows(of: input) {
            store.recordLiterally(try record(row))
        }
        try await store.close()
        let aggregator = TelemetryAggregator(path: directory.path())
        defer { aggregator.close() }
        let range = TimeRange(since: try time(input["since"]), until: try time(input["until"]))
        return .value(try await answer(input, range, aggregator, path: directory.path()))
    }

    private static func answer(
        _ input: ParityValue,
        _ range: TimeRange,
        _ aggregator: TelemetryAggregator,
        path: String
    ) async throws -> ParityValue {
        let summary = try await aggregator.summary(in: range)
        let batches = try await aggregator.statisticsByBatch(
            in: range,
            excludingWarmup: input["exclude_warmup"].bool ?? false
        )
        var exported = 0
        for try await _ in aggregator.records(in: range) {
            exported += 1
        }
        let byModel = try await aggregator.statisticsByModel(in: range)
        let byEngine = try await aggregator.statisticsByEngine(in: range)
        #expect(areEqual(byModel.map(\.members), summary.perModel.map(\.members)))
        #expect(areEqual(byEngine.map(\.members), summary.perEngine.map(\.members)))
        return [
            "summary": select(seedSummary, from: summary.members),
            "per_model": .array(byModel.map { select(seedModel, from: $0.members) }),
            "per_engine": .array(byEngine.map { select(seedEngine, from: $0.members) }),
            "per_batch": .array(batches.map { select(seedBatch, from: $0.members) }),
            "top_models": .array(
                try await aggregator.topModels(input["top"].int ?? 5, in: range).map { ParityValue($0.model) }
            ),
            "record_count": .integer(try await aggregator.recordCount()),
            "export_count": .integer(exported),
            "export_first": try TelemetryView.firstRow(of: path, in: range),
        ]
    }

    private static func areEqual(_ left: [[StatisticsValue.Member]], _ right: [[StatisticsValue.Member]]) -> Bool {
        let (left, right) = (left.map { parity(.object($0)) }, right.map { parity(.object($0)) })
        return ParityComparison().differences(.array(left), .array(right)).isEmpty
    }

    private static func rows(of input: ParityValue) throws -> [ParityValue] {
        guard let file = input["records_file"].string else { return input["records"].elements }
        let text = String(decoding: try ParityFolder.current.contents(of: file), as: UTF8.self)
        return try text.split(separator: "\n").map { try ParityValue(json: String($0)) }
    }

    /// A row as the importer reads it; a text that stands for a float is no number, and so unknown.
    private static func record(_ row: ParityValue) throws -> TelemetryRecord {
        var values = SourceValues()
        for (key, value) in row.members {
            if let number = value.double, !number.isFinite { continue }
            if let number = value.double, number > 1e12, key != "prompt_tokens", key != "total_tokens" { continue }
            guard let column = SourceColumn(name: key) else { throw ParityError("unknown column: \(key)") }
            values[column] = try source(value)
        }
        if values[.modelId] == .null { values[.modelId] = .string("") }
        var record = try SeedRow(values).record()
        record.id = RecordID(at: record.timestamp)
        return record
    }

    private static func source(_ value: ParityValue) throws -> SourceValue {
        switch value {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .integer(let number): .integer(Int64(number))
        case .number(let number): .number(number)
        case .string(let text): .string(text)
        case .object, .array: .object(String(decoding: try JSONEncoder().encode(value.foundation), as: UTF8.self))
        }
    }

    private static func time(_ value: ParityValue) throws -> WallTime? {
        guard let seconds = value.double else {
            guard value.isAbsent else { throw ParityError("no time: \(value)") }
            return nil
        }
        return WallTime(secondsSinceEpoch: seconds)
    }

    private static func select(_ keys: [String], from members: [StatisticsValue.Member]) -> ParityValue {
        .object(
            Dictionary(
                uniqueKeysWithValues: members.filter { keys.contains($0.key) }.map { ($0.key, parity($0.value)) }
            )
        )
    }

    private static func parity(_ value: StatisticsValue) -> ParityValue {
        switch value {
        case .value(.integer(let number)): .integer(number)
        case .value(.number(let number)): .number(number)
        case .value(.string(let text)): .string(text)
        case .value(.bool(let flag)): .bool(flag)
        case .value: .null
        case .array(let elements): .array(elements.map(parity))
        case .object(let members):
            .object(Dictionary(uniqueKeysWithValues: members.map { ($0.key, parity($0.value)) }))
        }
    }

    private static let shared = [
        "avg_energy_per_output_token_joules", "avg_gpu_utilization_pct", "avg_mean_itl_ms", "avg_median_itl_ms",
        "avg_p95_itl_ms", "avg_throughput_per_watt", "avg_throughput_tok_per_sec", "total_cost",
        "total_decode_energy_joules", "total_energy_joules", "total_latency", "total_prefill_energy_joules",
        "total_tokens",
    ]
    private static let seedSummary = shared + ["total_calls"]
    private static let seedEngine =
        shared + ["engine", "call_count", "avg_latency", "avg_ttft", "avg_tokens_per_joule"]
    private static let seedModel =
        seedEngine.filter { $0 != "engine" } + [
            "model_id", "prompt_tokens", "prompt_tokens_evaluated", "completion_tokens",
        ]
    private static let seedBatch = [
        "batch_id", "total_requests", "total_tokens", "total_energy_joules", "energy_per_token_joules",
    ]
}

extension ParityValue {
    /// The value as something that encodes itself.
    fileprivate var foundation: [String: String] {
        members.compactMapValues(\.string)
    }
}
