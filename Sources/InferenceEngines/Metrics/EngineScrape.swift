// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceWire
import TelemetryCore

/// The histograms and series of one scrape that an engine's names are known for.
struct EngineScrape: Sendable, Hashable {
    private(set) var engine: EngineKind?
    private var histograms: [HistogramKey: PrometheusHistogram] = [:]
    private var series: [SeriesKey: PrometheusSeries] = [:]

    init() {}

    /// Reads a scrape; the engine is absent where no name of a known one occurs.
    init(_ text: PrometheusText) {
        let present = text.names
        guard let names = MetricNames.all.first(where: { known in present.contains { $0.hasPrefix(known.prefix) } })
        else { return }
        engine = names.engine
        for (key, candidates) in names.histograms {
            histograms[key] = candidates.lazy
                .map { text.histogram(named: names.prefix + $0) }
                .first { !$0.buckets.isEmpty || $0.count != nil }
        }
        for (key, candidates) in names.series {
            series[key] = candidates.lazy
                .map { text.series(named: names.prefix + $0).collapsing(Self.ranks) }
                .first { $0.sum != nil }
        }
    }

    subscript(key: HistogramKey) -> PrometheusHistogram? {
        histograms[key]
    }

    /// The value over all engines and models: a sum, or for a share the mean.
    subscript(key: SeriesKey) -> Double? {
        key.isShare ? series[key]?.mean : series[key]?.sum
    }

    /// Sums of a series by one of its labels.
    func sums(_ key: SeriesKey, by label: String) -> [String: Double] {
        series[key]?.sums(by: label) ?? [:]
    }

    /// What was added since an earlier scrape of the same engine; gauges as they are now.
    func increase(since earlier: EngineScrape) -> EngineScrape {
        var increase = self
        for (key, histogram) in histograms {
            increase.histograms[key] = histogram.increase(since: earlier.histograms[key] ?? PrometheusHistogram())
        }
        for (key, values) in series where key.isCounter {
            increase.series[key] = values.increase(since: earlier.series[key] ?? PrometheusSeries())
        }
        return increase
    }

    /// The ranks of one engine that split a model among them: each tells of the same requests.
    private static let ranks: Set<String> = ["tp_rank", "pp_rank", "moe_ep_rank"]
}
