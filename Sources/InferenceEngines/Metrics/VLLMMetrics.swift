// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceWire
public import TelemetryCore

/// What an engine tells of itself by its metrics: vLLM, SGLang or llama-server.
///
/// Everything is over all engines and models of the scrape: histograms, counters and queues are summed, shares
/// averaged. What the engine does not give is absent, and so are the quantiles of what it has not yet observed.
/// Counters and histograms are since the engine started; ``increase(since:)`` gives what lies between two scrapes.
public struct VLLMMetrics: Sendable, Hashable {
    private let scrape: EngineScrape

    /// Reads a scrape in Prometheus' text format.
    public init(text: String) {
        self.init(bytes: Array(text.utf8))
    }

    /// Reads a scrape in Prometheus' text format.
    public init(bytes: [UInt8]) {
        scrape = EngineScrape(PrometheusText(bytes))
    }

    private init(_ scrape: EngineScrape) {
        self.scrape = scrape
    }

    /// What happened between an earlier scrape of the same engine and this one.
    ///
    /// A counter that fell began anew with a restart and counts whole. Gauges are those of this scrape.
    ///
    /// - Parameter earlier: the scrape before.
    /// - Returns: Histograms and counters of the time between.
    public func increase(since earlier: VLLMMetrics) -> VLLMMetrics {
        VLLMMetrics(scrape.increase(since: earlier.scrape))
    }

    /// The kind of engine; absent where the text holds no metric of a known one.
    public var engine: EngineKind? { scrape.engine }

    /// Whether the engine works on nothing and nothing waits; absent where it does not tell.
    public var isIdle: Bool? {
        guard let runningRequests else { return nil }
        return runningRequests == 0 && (queueDepth ?? 0) == 0
    }
}

/// Durations.
extension VLLMMetrics {
    /// From a request's arrival at the engine to its first token, queue included.
    public var timeToFirstToken: LatencyQuantiles? { LatencyQuantiles(scrape[.timeToFirstToken]) }

    /// Between successive tokens.
    public var interTokenLatency: LatencyQuantiles? { LatencyQuantiles(scrape[.interTokenLatency]) }

    /// Per output token, averaged over each request.
    public var timePerOutputToken: LatencyQuantiles? { LatencyQuantiles(scrape[.timePerOutputToken]) }

    /// From a request's arrival to its end.
    public var endToEndLatency: LatencyQuantiles? { LatencyQuantiles(scrape[.endToEnd]) }

    /// Waiting before work began.
    public var queueTime: LatencyQuantiles? { LatencyQuantiles(scrape[.queue]) }

    /// Working on the prompt.
    public var prefillTime: LatencyQuantiles? { LatencyQuantiles(scrape[.prefill]) }

    /// Generating.
    public var decodeTime: LatencyQuantiles? { LatencyQuantiles(scrape[.decode]) }

    /// Working on prompts, in all: llama-server counts seconds where others keep histograms.
    public var promptProcessing: Duration? { scrape[.promptSeconds].flatMap(Duration.seconds(checking:)) }

    /// Generating, in all: llama-server counts seconds where others keep histograms.
    public var generation: Duration? { scrape[.generationSeconds].flatMap(Duration.seconds(checking:)) }
}

/// Load.
extension VLLMMetrics {
    /// Requests that wait.
    public var queueDepth: Double? { scrape[.waiting] }

    /// Requests that are worked on.
    public var runningRequests: Double? { scrape[.running] }

    /// The share of the KV cache in use, from 0 to 1.
    public var cacheUsage: Double? { scrape[.cacheUsage] }

    /// Requests that lost their place in the cache and had to be worked on again.
    public var preemptions: Double? { scrape[.preemptions] }

    /// The mean number of slots that one decode worked for.
    public var busySlotsPerDecode: Double? { scrape[.busySlots] }
}

/// Tokens and requests.
extension VLLMMetrics {
    /// Prompt tokens worked on.
    public var promptTokens: Double? { scrape[.promptTokens] }

    /// Output tokens generated.
    public var generationTokens: Double? { scrape[.generationTokens] }

    /// Prompt tokens that were looked up in the prefix cache.
    public var prefixCacheQueries: Double? { scrape[.prefixQueries] }

    /// Prompt tokens that were found in the prefix cache.
    public var prefixCacheHits: Double? { scrape[.prefixHits] }

    /// The share of prompt tokens found in the prefix cache, from 0 to 1; absent where none was looked up.
    public var prefixCacheHitRate: Double? {
        guard let queries = prefixCacheQueries, let hits = prefixCacheHits else { return scrape[.cacheHitRate] }
        return queries > 0 ? hits / queries : nil
    }

    /// Requests that ended, whatever the reason.
    public var finishedRequests: Double? { scrape[.finished] }

    /// Requests that ended, by the engine's own word for why.
    public var finishedRequestsByReason: [String: Double] { scrape.sums(.finished, by: "finished_reason") }
}
