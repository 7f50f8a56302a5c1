// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceEngines
import InferenceWire
import ParitySupport
import TelemetryCore
import Testing

@Suite struct MetricsParityTests {
    static let suites = [
        ParitySuite(file: "gauge", answer: gauge),
        ParitySuite(file: "histogram", answer: histogram),
        ParitySuite(file: "vllm", answer: metrics),
    ]

    @Test(arguments: suites.indices) func everyCaseComesOutRight(index: Int) {
        for failure in Self.suites[index].failures() { Issue.record("\(failure)") }
    }

    @Test(arguments: suites.indices) func noChangedNumberGoesUnnoticed(index: Int) {
        for change in Self.suites[index].unnoticedChanges() { Issue.record("unnoticed: \(change)") }
    }

    @Sendable static func gauge(_ parityCase: ParityCase) throws -> ParityAnswer {
        try parityCase.requireInput(["text", "metric"])
        let text = PrometheusText(try parityCase.text("text"))
        return .value(["value": ParityValue(text.value(named: try parityCase.text("metric")))])
    }

    @Sendable static func histogram(_ parityCase: ParityCase) throws -> ParityAnswer {
        try parityCase.requireInput(["text", "metric", "percentiles"])
        let text = PrometheusText(try parityCase.text("text"))
        let histogram = text.histogram(named: try parityCase.text("metric"))
        var percentiles: [String: ParityValue] = [:]
        var clamped: [String: ParityValue] = [:]
        for percentile in parityCase.input["percentiles"].elements {
            guard let percent = percentile.double else { throw ParityError("\(parityCase.name): \(percentile)") }
            let quantile = histogram.quantile(percent / 100)
            percentiles[percentile.description] = ParityValue(quantile?.value)
            if quantile?.isClamped == true { clamped[percentile.description] = true }
        }
        return .value([
            "buckets": .array(histogram.buckets.map { [.number($0.bound), .number($0.count)] }),
            "sum": ParityValue(histogram.sum),
            "count": ParityValue(histogram.count),
            "percentiles": .object(percentiles),
            "clamped": mark(clamped, as: parityCase.ours["clamped"]),
        ])
    }

    @Sendable static func metrics(_ parityCase: ParityCase) throws -> ParityAnswer {
        try parityCase.requireInput(["text"])
        let metrics = VLLMMetrics(text: try parityCase.text("text"))
        let estimates = [
            "ttft_p50": metrics.timeToFirstToken?.p50,
            "ttft_p95": metrics.timeToFirstToken?.p95,
            "ttft_p99": metrics.timeToFirstToken?.p99,
            "e2e_latency_p50": metrics.endToEndLatency?.p50,
            "e2e_latency_p95": metrics.endToEndLatency?.p95,
        ]
        var answer = estimates.mapValues { ParityValue($0?.duration.seconds) }
        answer["gpu_cache_usage_pct"] = ParityValue(metrics.cacheUsage)
        answer["queue_depth"] = ParityValue(metrics.queueDepth)
        let clamped = estimates.filter { $0.value?.isClamped == true }.mapValues { _ in ParityValue.bool(true) }
        answer["clamped"] = mark(clamped, as: parityCase.ours["clamped"])
        return .value(.object(answer))
    }

    /// A mark by percentile is written as a list of percentiles or as an object of truths: the way that is asked for.
    private static func mark(_ clamped: [String: ParityValue], as wanted: ParityValue) -> ParityValue {
        guard case .array(let elements) = wanted else { return .object(clamped) }
        let isNumeric = elements.allSatisfy { $0.double != nil }
        let keys = clamped.keys.sorted { (Double($0) ?? 0, $0) < (Double($1) ?? 0, $1) }
        return .array(keys.map { isNumeric ? ParityValue(Double($0)) : .string($0) })
    }
}
