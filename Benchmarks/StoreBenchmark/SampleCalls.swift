// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Calls such as a busy node sees: a few models, engines and outcomes, times that are log-normal.
struct SampleCalls {
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    private let models: [(model: String, engine: EngineKind, upstream: String)] = [
        ("llama-3.3-70b-instruct", .vllm, "gpu"), ("qwen3-32b", .vllm, "gpu"), ("gemma-3-12b", .ollama, "desk"),
        ("mistral-small-24b", .llamaCpp, "127.0.0.1:8080"), ("gpt-4o-2024-08-06", .openAI, "openai"),
        ("claude-sonnet-4-5-20250929", .anthropic, "anthropic"),
    ]

    /// The next call, at a time.
    mutating func next(at time: WallTime) -> TelemetryRecord {
        var record = TelemetryRecord(id: RecordID(at: time, randomHigh: random(), randomLow: random()), timestamp: time)
        let choice = models[Int(random() % UInt64(models.count))]
        record.identity.model = choice.model
        record.identity.requestedModel = choice.model
        record.identity.engine = choice.engine
        record.identity.upstream = choice.upstream
        record.identity.operation = random() % 10 == 0 ? .completion : .chat
        record.identity.isStreaming = true
        record.identity.agent = "agent-\(random() % 20)"
        record.identity.session = "session-\(random() % 2_000)"
        record.identity.batch = random() % 4 == 0 ? "batch-\(random() % 100)" : nil
        record.result = result()
        fill(&record)
        record.methodologyVersion = TelemetryRecord.currentMethodologyVersion
        return record
    }

    private mutating func result() -> CallResult {
        switch random() % 50 {
        case 0: CallResult(outcome: .cancelled, httpStatus: 200, errorKind: .clientGone)
        case 1: CallResult(outcome: .failed, httpStatus: 503, errorKind: .serverStatus)
        default: CallResult(outcome: .completed, httpStatus: 200, finishReason: "stop")
        }
    }

    private mutating func fill(_ record: inout TelemetryRecord) {
        let output = Int(random() % 800) + 1
        record.tokens.prompt = Int(random() % 4_000) + 1
        record.tokens.completion = output
        record.tokens.source = .usage
        let first = 0.08 * spread()
        let each = 0.018 * spread()
        record.timing.timeToFirstToken = .seconds(first)
        record.timing.timeToFirstAnswer = .seconds(first)
        record.timing.latency = .seconds(first + each * Double(output))
        record.timing.timePerOutputToken = .seconds(each)
        record.timing.chunkCount = output
        var gaps = GapStatistics()
        gaps.count = output - 1
        gaps.mean = .seconds(each)
        gaps.median = .seconds(each * 0.97)
        gaps.p90 = .seconds(each * 1.2)
        gaps.p95 = .seconds(each * 1.4)
        gaps.p99 = .seconds(each * 2.1)
        gaps.standardDeviation = .seconds(each * 0.3)
        record.timing.interTokenLatency = gaps
        record.timing.interChunkLatency = gaps
        record.energy = CallEnergy(absent: "not built")
        record.price.costUSD = record.identity.engine?.isSelfHosted == true ? 0 : Double(output) * 1e-5
        record.price.source = record.identity.engine?.isSelfHosted == true ? "local" : "litellm-1.110.2@2026-11-24"
    }

    /// About log-normal around 1: the product of a few uniform numbers.
    private mutating func spread() -> Double {
        (0..<4).reduce(1.0) { value, _ in value * (0.55 + Double(random() % 1_000) / 1_000) }
    }

    /// SplitMix64.
    private mutating func random() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
