// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// The one table of a record's keys: what is not measured is null, and each key reads its own value.
@Suite struct RecordFieldTests {
    private static let fields = Dictionary(uniqueKeysWithValues: RecordField.all.map { ($0.key, $0) })

    private func record(_ change: (inout TelemetryRecord) -> Void = { _ in }) -> TelemetryRecord {
        var record = TelemetryRecord(
            id: RecordID(high: 1, low: 2),
            timestamp: WallTime(microsecondsSinceEpoch: 1_500_000)
        )
        change(&record)
        return record
    }

    private func value(_ key: String, _ change: (inout TelemetryRecord) -> Void = { _ in }) throws -> RecordValue {
        try #require(Self.fields[key], "no key \(key)").value(record(change))
    }

    /// Law 1: of a record of which only identity and time are known, nothing else has a value.
    @Test func whatIsUnknownIsNull() {
        let known: Set = ["record_id", "timestamp", "is_warmup", "is_streaming", "metadata"]
        for field in RecordField.all {
            #expect((field.value(record()) == .null) != known.contains(field.key), "\(field.key)")
        }
    }

    @Test func theSeedsColumnsKeepTheirNames() {
        let seed = [
            "timestamp", "model_id", "engine", "agent", "prompt_tokens", "completion_tokens", "total_tokens",
            "latency_seconds", "ttft", "cost_usd", "energy_joules", "power_watts", "gpu_utilization_pct",
            "gpu_memory_used_gb", "gpu_temperature_c", "throughput_tok_per_sec", "prefill_latency_seconds",
            "decode_latency_seconds", "metadata", "energy_method", "energy_vendor", "batch_id", "is_warmup",
            "cpu_energy_joules", "gpu_energy_joules", "dram_energy_joules", "tokens_per_joule",
            "prefill_energy_joules", "decode_energy_joules", "mean_itl_ms", "median_itl_ms", "p90_itl_ms",
            "p95_itl_ms", "p99_itl_ms", "std_itl_ms", "is_streaming", "prompt_tokens_evaluated",
            "energy_per_output_token_joules", "throughput_per_watt", "token_counting_version",
        ]
        for key in seed { #expect(Self.fields[key] != nil, "\(key)") }
    }

    @Test func aMeasuredZeroIsZeroAndNotNull() throws {
        #expect(try value("prompt_tokens") { $0.tokens.prompt = 0 } == .integer(0))
        #expect(try value("ttft") { $0.timing.timeToFirstToken = .zero } == .number(0))
        #expect(try value("cost_usd") { $0.price.costUSD = 0 } == .number(0))
        #expect(try value("energy_joules") { $0.energy.total = .zero } == .number(0))
        #expect(
            try value("std_itl_ms") {
                $0.timing.interTokenLatency = GapStatistics(gaps: [.milliseconds(2), .milliseconds(2)])
            } == .number(0)
        )
        #expect(try value("chunk_count") { $0.timing.chunkCount = 0 } == .integer(0))
    }

    @Test func durationsAreSecondsUnlessTheNameSaysMilliseconds() throws {
        #expect(try value("latency_seconds") { $0.timing.latency = .milliseconds(1_250) } == .number(1.25))
        #expect(try value("tpot_ms") { $0.timing.timePerOutputToken = .microseconds(1_500) } == .number(1.5))
        #expect(try value("queue_seconds") { $0.timing.engineQueue = .milliseconds(1) } == .number(0.001))
        #expect(try value("load_seconds") { $0.timing.engineLoad = .seconds(3) } == .number(3))
        #expect(try value("timestamp") == .number(1.5))
        for key in Self.fields.keys where key.hasSuffix("_ms") {
            #expect(key.contains("itl") || key.contains("icl") || key == "tpot_ms")
        }
    }

    @Test func namesAreThoseOfTheSurface() throws {
        #expect(try value("outcome") { $0.result.outcome = .truncated } == .string("truncated"))
        #expect(try value("error_kind") { $0.result.errorKind = .clientStatus } == .string("http_4xx"))
        #expect(try value("engine") { $0.identity.engine = .llamaCpp } == .string("llama.cpp"))
        #expect(try value("token_source") { $0.tokens.source = .chunks } == .string("chunks"))
        #expect(try value("operation") { $0.identity.operation = .embedding } == .string("embedding"))
        #expect(try value("record_id") == .string("00000000-0000-0001-0000-000000000002"))
    }

    @Test func devicesAreAListOrNull() throws {
        #expect(try value("devices") == .null)
        #expect(try value("devices") { $0.energy.devices = ["GPU-1", "GPU-2"] } == .strings(["GPU-1", "GPU-2"]))
    }

    @Test func ourOwnRecordsNameTheirTokenCounting() throws {
        #expect(try value("token_counting_version") == .null)
        #expect(try value("token_counting_version") { $0.methodologyVersion = 1 } == .integer(2))
        #expect(
            try value("token_counting_version") {
                ($0.methodologyVersion, $0.tokenCountingVersion) = (1, 7)
            } == .integer(7)
        )
    }

    /// No two keys read the same place by mistake: each change of one value shows under the keys that follow from it.
    @Test func eachNumberHasItsOwnKey() {
        typealias Change = (inout TelemetryRecord) -> Void
        let changes: [(String, Change)] = [
            ("prompt_tokens", { $0.tokens.prompt = 3 }), ("cached_tokens", { $0.tokens.cached = 3 }),
            ("prompt_tokens_evaluated", { $0.tokens.promptEvaluated = 3 }),
            ("completion_tokens", { $0.tokens.completion = 3 }), ("reasoning_tokens", { $0.tokens.reasoning = 3 }),
            ("time_to_first_answer", { $0.timing.timeToFirstAnswer = .seconds(1) }),
            ("engine_prefill_seconds", { $0.timing.enginePrefill = .seconds(1) }),
            ("engine_decode_seconds", { $0.timing.engineDecode = .seconds(1) }),
            ("electricity_cost", { $0.price.electricityCost = 1 }), ("carbon_grams", { $0.price.carbonGrams = 1 }),
            ("price_source", { $0.price.source = "x" }), ("energy_dynamic_joules", { $0.energy.dynamic = .zero }),
            ("energy_idle_joules", { $0.energy.idle = .zero }), ("energy_bound_joules", { $0.energy.bound = .zero }),
            ("cpu_energy_joules", { $0.energy.cpu = .zero }), ("gpu_energy_joules", { $0.energy.gpu = .zero }),
            ("dram_energy_joules", { $0.energy.dram = .zero }), ("ane_energy_joules", { $0.energy.ane = .zero }),
            ("prefill_energy_joules", { $0.energy.prefill = .zero }),
            ("decode_energy_joules", { $0.energy.decode = .zero }),
            ("peak_power_watts", { $0.energy.peakPower = .watts(1) }), ("energy_sharing", { $0.energy.sharing = "x" }),
            ("gpu_utilization_pct", { $0.device.utilizationPercent = 1 }),
            ("gpu_memory_used_gb", { $0.device.memoryUsedGigabytes = 1 }),
            ("gpu_temperature_c", { $0.device.temperatureCelsius = 1 }), ("agent", { $0.identity.agent = "x" }),
            ("session", { $0.identity.session = "x" }), ("batch_id", { $0.identity.batch = "x" }),
            ("requested_model", { $0.identity.requestedModel = "x" }), ("model_id", { $0.identity.model = "x" }),
            ("upstream", { $0.identity.upstream = "x" }), ("http_status", { $0.result.httpStatus = 200 }),
            ("finish_reason", { $0.result.finishReason = "stop" }),
            ("methodology_version", { $0.methodologyVersion = 1 }),
        ]
        let plain = record()
        for (key, change) in changes {
            let changed = RecordField.all.filter { $0.value(record(change)) != $0.value(plain) }.map(\.key)
            #expect(changed.contains(key), "\(key)")
            let implied: Set = ["token_counting_version"]
            #expect(Set(changed).subtracting(implied) == [key], "\(key) changes \(changed)")
        }
    }
}
