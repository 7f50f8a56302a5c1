// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Metrics
import TelemetryCore

/// Tells one call to the program's metrics.
struct CallMetrics {
    private let factory: any MetricsFactory

    /// Nothing where nobody collects metrics, so that such a program pays for none.
    init?(factory: (any MetricsFactory)?) {
        let factory = factory ?? MetricsSystem.factory
        if factory is NOOPMetricsHandler { return nil }
        self.factory = factory
    }

    /// What is known at the end of the call.
    func record(
        _ record: TelemetryRecord,
        seen: InferenceObservation,
        firstEventAt: MonotonicInstant?,
        by engine: EngineIdentity
    ) {
        let dimensions = Self.dimensions(of: record, by: engine)
        let error = record.spanError.map { [("error.type", $0)] } ?? []
        observe(.operationDuration, record.timing.latency?.seconds, dimensions + error)
        // Counted chunks are an estimate, and the convention wants the engine's counts or none.
        if record.tokens.source != .chunks {
            observe(.tokenUsage, record.tokens.prompt, dimensions + [("gen_ai.token.type", "input")])
            observe(.tokenUsage, record.tokens.completion, dimensions + [("gen_ai.token.type", "output")])
        }
        observe(.serverTimeToFirstToken, Self.serverTimeToFirstToken(seen.engineTimings), dimensions)
        if record.result.outcome == .completed {
            observe(.serverTimePerOutputToken, Self.serverTimePerOutputToken(record), dimensions)
        }
        guard seen.isStreaming else { return }
        observe(.timeToFirstChunk, firstEventAt.map { ($0 - seen.sentAt).seconds }, dimensions)
        guard !seen.gaps.isEmpty else { return }
        let gaps = recorder(.timePerOutputChunk, dimensions)
        for gap in seen.gaps { gaps.record(gap.seconds) }
    }

    /// The call's energy, once it is known; what is not known adds nothing.
    func record(energy record: TelemetryRecord) {
        guard let joules = record.energy.total?.joules, joules > 0 else { return }
        var dimensions = [("gen_ai.provider.name", record.identity.engine?.rawValue ?? "_OTHER")]
        if let model = record.identity.requestedModel { dimensions.append(("gen_ai.request.model", model)) }
        FloatingPointCounter(label: GenAIMetric.energy.name, dimensions: dimensions, factory: factory)
            .increment(by: joules)
    }

    private func observe(_ metric: GenAIMetric, _ value: Double?, _ dimensions: [(String, String)]) {
        guard let value else { return }
        recorder(metric, dimensions).record(value)
    }

    private func observe(_ metric: GenAIMetric, _ value: Int?, _ dimensions: [(String, String)]) {
        guard let value else { return }
        recorder(metric, dimensions).record(value)
    }

    private func recorder(_ metric: GenAIMetric, _ dimensions: [(String, String)]) -> Recorder {
        Recorder(label: metric.name, dimensions: dimensions, aggregate: true, factory: factory)
    }

    private static func dimensions(of record: TelemetryRecord, by engine: EngineIdentity) -> [(String, String)] {
        let operation = record.identity.operation ?? .chat
        var dimensions = [
            ("gen_ai.operation.name", operation.conventionName), ("gen_ai.provider.name", engine.kind.rawValue),
        ]
        if let model = record.identity.requestedModel { dimensions.append(("gen_ai.request.model", model)) }
        if let model = record.identity.model { dimensions.append(("gen_ai.response.model", model)) }
        if let address = engine.serverAddress {
            dimensions.append(("server.address", address))
            if let port = engine.serverPort { dimensions.append(("server.port", "\(port)")) }
        }
        return dimensions
    }

    private static func serverTimeToFirstToken(_ timings: EngineTimings) -> Double? {
        if let stated = timings.timeToFirstToken { return stated.seconds }
        return timings.prefill.map { (timings.queue ?? .zero).seconds + $0.seconds }
    }

    private static func serverTimePerOutputToken(_ record: TelemetryRecord) -> Double? {
        guard let decode = record.timing.engineDecode, let tokens = record.tokens.completion, tokens > 1 else {
            return nil
        }
        return decode.seconds / Double(tokens - 1)
    }
}
