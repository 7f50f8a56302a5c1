// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A metric that instrumented engines give: OpenTelemetry's for generative AI, and ours beside them.
///
/// Backends of `swift-metrics` choose the buckets of a histogram themselves; those that take a table can be given
/// ``bucketBounds``, which are OpenTelemetry's advice.
public struct GenAIMetric: Sendable, Hashable {
    /// The metric's name.
    public let name: String
    /// The unit: seconds, tokens in braces, joules.
    public let unit: String
    /// Upper bounds of the buckets of its histogram; empty for a counter.
    public let bucketBounds: [Double]

    /// Input and output tokens of a call, by `gen_ai.token.type`.
    public static let tokenUsage = GenAIMetric(
        name: "gen_ai.client.token.usage",
        unit: "{token}",
        bucketBounds: (0..<14).map { Double(1 << (2 * $0)) }
    )
    /// From the send to the last byte.
    public static let operationDuration = duration("gen_ai.client.operation.duration")
    /// From the send to the first event of a stream, whatever it holds.
    public static let timeToFirstChunk = duration("gen_ai.client.operation.time_to_first_chunk")
    /// Between successive payload events of a stream.
    public static let timePerOutputChunk = duration("gen_ai.client.operation.time_per_output_chunk")
    /// From arrival to first token as the engine reports it, or as queue and prefill add up to.
    public static let serverTimeToFirstToken = GenAIMetric(
        name: "gen_ai.server.time_to_first_token",
        unit: "s",
        bucketBounds: [
            0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
        ]
    )
    /// The engine's own time of generating, by the output token after the first.
    public static let serverTimePerOutputToken = GenAIMetric(
        name: "gen_ai.server.time_per_output_token",
        unit: "s",
        bucketBounds: [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5]
    )
    /// The calls' shares of the machine's energy; a counter.
    public static let energy = GenAIMetric(name: "inferometer.inference.energy", unit: "J", bucketBounds: [])

    /// All of them.
    public static let all = [
        tokenUsage, operationDuration, timeToFirstChunk, timePerOutputChunk, serverTimeToFirstToken,
        serverTimePerOutputToken, energy,
    ]

    private static func duration(_ name: String) -> GenAIMetric {
        // 10 ms, doubled thirteen times.
        GenAIMetric(name: name, unit: "s", bucketBounds: (0..<14).map { Double(1 << $0) / 100 })
    }
}
