// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Histograms of seconds that engines give.
enum HistogramKey: Sendable, Hashable, CaseIterable {
    case timeToFirstToken
    case interTokenLatency
    case timePerOutputToken
    case endToEnd
    case queue
    case prefill
    case decode
}

/// Counters and gauges that engines give.
enum SeriesKey: Sendable, Hashable, CaseIterable {
    case running
    case waiting
    case cacheUsage
    case cacheHitRate
    case prefixQueries
    case prefixHits
    case preemptions
    case promptTokens
    case generationTokens
    case finished
    case promptSeconds
    case generationSeconds
    case busySlots

    /// Whether the value only grows, so that a difference of two scrapes has a meaning.
    var isCounter: Bool {
        switch self {
        case .running, .waiting, .cacheUsage, .cacheHitRate, .busySlots: false
        case .prefixQueries, .prefixHits, .preemptions, .promptTokens, .generationTokens: true
        case .finished, .promptSeconds, .generationSeconds: true
        }
    }

    /// Whether the value is a share, of which engines have a mean and no sum.
    var isShare: Bool {
        self == .cacheUsage || self == .cacheHitRate
    }
}

/// What one kind of engine calls its metrics, newer names first.
struct MetricNames: Sendable {
    let engine: EngineKind
    let prefix: String
    let histograms: [HistogramKey: [String]]
    let series: [SeriesKey: [String]]

    static let all = [vllm, sglang, llamaCpp]

    /// `time_per_output_token_seconds` was the gap between tokens and got its true name later; the mean per request
    /// is another metric.
    static let vllm = MetricNames(
        engine: .vllm,
        prefix: "vllm:",
        histograms: [
            .timeToFirstToken: ["time_to_first_token_seconds"],
            .interTokenLatency: ["inter_token_latency_seconds", "time_per_output_token_seconds"],
            .timePerOutputToken: ["request_time_per_output_token_seconds"],
            .endToEnd: ["e2e_request_latency_seconds"],
            .queue: ["request_queue_time_seconds", "time_in_queue_requests"],
            .prefill: ["request_prefill_time_seconds"],
            .decode: ["request_decode_time_seconds"],
        ],
        series: [
            .running: ["num_requests_running"],
            .waiting: ["num_requests_waiting"],
            .cacheUsage: ["kv_cache_usage_perc", "gpu_cache_usage_perc"],
            .cacheHitRate: ["gpu_prefix_cache_hit_rate"],
            .prefixQueries: [
                "prefix_cache_queries_total", "gpu_prefix_cache_queries_total", "gpu_prefix_cache_queries",
            ],
            .prefixHits: ["prefix_cache_hits_total", "gpu_prefix_cache_hits_total", "gpu_prefix_cache_hits"],
            .preemptions: ["num_preemptions_total", "num_preemptions"],
            .promptTokens: ["prompt_tokens_total", "prompt_tokens"],
            .generationTokens: ["generation_tokens_total", "generation_tokens"],
            .finished: ["request_success_total", "request_success"],
        ]
    )

    static let sglang = MetricNames(
        engine: .sglang,
        prefix: "sglang:",
        histograms: [
            .timeToFirstToken: ["time_to_first_token_seconds"],
            .interTokenLatency: ["inter_token_latency_seconds", "time_per_output_token_seconds"],
            .endToEnd: ["e2e_request_latency_seconds"],
            .queue: ["queue_time_seconds"],
        ],
        series: [
            .running: ["num_running_reqs"],
            .waiting: ["num_queue_reqs"],
            .cacheUsage: ["token_usage"],
            .cacheHitRate: ["cache_hit_rate"],
            .promptTokens: ["prompt_tokens_total"],
            .generationTokens: ["generation_tokens_total"],
            .finished: ["num_requests_total"],
        ]
    )

    static let llamaCpp = MetricNames(
        engine: .llamaCpp,
        prefix: "llamacpp:",
        histograms: [:],
        series: [
            .running: ["requests_processing"],
            .waiting: ["requests_deferred"],
            .cacheUsage: ["kv_cache_usage_ratio"],
            .promptTokens: ["prompt_tokens_total"],
            .generationTokens: ["tokens_predicted_total"],
            .promptSeconds: ["prompt_seconds_total"],
            .generationSeconds: ["tokens_predicted_seconds_total"],
            .busySlots: ["n_busy_slots_per_decode"],
        ]
    )
}
