// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A value of statistics as scripts see it: one of a record's, or a list or object of such.
public enum StatisticsValue: Sendable, Hashable {
    /// A single value.
    case value(RecordValue)
    /// An object, its keys in the order of output.
    case object([Member])
    /// A list.
    case array([StatisticsValue])

    /// One key of an object.
    public struct Member: Sendable, Hashable {
        /// The key.
        public var key: String
        /// Its value.
        public var value: StatisticsValue

        /// Creates a key with its value.
        public init(_ key: String, _ value: StatisticsValue) {
            self.key = key
            self.value = value
        }
    }
}

/// One key of statistics as scripts see it, with the way to its value.
///
/// This table is the only place that spells the keys of `stats --json`.
public struct StatisticsField: Sendable {
    /// The key.
    public let key: String
    /// Reads the value.
    public let value: @Sendable (CallStatistics) -> RecordValue

    /// The keys of a summary.
    public static let summary = [integer("total_calls") { $0.callCount }] + common
    /// The keys of a group.
    public static let group = [integer("call_count") { $0.callCount }] + common
    /// What a batch has besides the keys of a group: the seed's own names.
    public static let batch = [
        integer("total_requests") { $0.callCount },
        number("energy_per_token_joules") { $0.joulesPerToken },
    ]

    private static let common = counts + sums + averages + percentiles

    private static let counts = [
        integer("warmup_calls") { $0.warmupCalls },
        integer("total_tokens") { $0.totalTokens },
        integer("prompt_tokens") { $0.promptTokens },
        integer("cached_tokens") { $0.cachedTokens },
        integer("prompt_tokens_evaluated") { $0.promptTokensEvaluated },
        integer("completion_tokens") { $0.completionTokens },
        integer("reasoning_tokens") { $0.reasoningTokens },
    ]

    private static let sums = [
        number("total_latency") { $0.totalLatency?.seconds },
        number("total_cost") { $0.totalCostUSD },
        number("total_electricity_cost") { $0.totalElectricityCost },
        number("total_carbon_grams") { $0.totalCarbonGrams },
        number("total_energy_joules") { $0.totalEnergy?.joules },
        number("total_prefill_energy_joules") { $0.totalPrefillEnergy?.joules },
        number("total_decode_energy_joules") { $0.totalDecodeEnergy?.joules },
    ]

    private static let averages: [StatisticsField] = [
        average("avg_latency", of: { $0.averageLatency }, in: { $0.seconds }),
        average("avg_ttft", of: { $0.averageTimeToFirstToken }, in: { $0.seconds }),
        average("avg_gpu_utilization_pct", of: { $0.averageGPUUtilizationPercent }, in: { $0 }),
        average("avg_throughput_tok_per_sec", of: { $0.averageTokensPerSecond }, in: { $0 }),
        average("avg_tokens_per_joule", of: { $0.averageTokensPerJoule }, in: { $0 }),
        average("avg_energy_per_output_token_joules", of: { $0.averageJoulesPerOutputToken }, in: { $0 }),
        average("avg_throughput_per_watt", of: { $0.averageTokensPerSecondPerWatt }, in: { $0 }),
        average("avg_mean_itl_ms", of: { $0.averageMeanInterTokenLatency }, in: { $0.milliseconds }),
        average("avg_median_itl_ms", of: { $0.averageMedianInterTokenLatency }, in: { $0.milliseconds }),
        average("avg_p95_itl_ms", of: { $0.averageP95InterTokenLatency }, in: { $0.milliseconds }),
    ].flatMap { $0 }

    private static let percentiles: [StatisticsField] = [
        percentiles("ttft", of: { $0.timeToFirstToken }, in: { $0.seconds }),
        percentiles("latency", of: { $0.latency }, in: { $0.seconds }),
        percentiles("tpot", of: { $0.timePerOutputToken }, in: { $0.milliseconds }),
        percentiles("throughput", of: { $0.throughput }, in: { $0 }),
    ].flatMap { $0 }

    private static func integer(
        _ key: String,
        _ read: @escaping @Sendable (CallStatistics) -> Int?
    ) -> StatisticsField {
        StatisticsField(key: key) { read($0).map(RecordValue.integer) ?? .null }
    }

    private static func number(
        _ key: String,
        _ read: @escaping @Sendable (CallStatistics) -> Double?
    ) -> StatisticsField {
        StatisticsField(key: key) { read($0).map(RecordValue.number) ?? .null }
    }

    private static func average<Value>(
        _ key: String,
        of read: @escaping @Sendable (CallStatistics) -> Average<Value>,
        in unit: @escaping @Sendable (Value) -> Double
    ) -> [StatisticsField] {
        [number(key) { read($0).value.map(unit) }, integer(key + "_count") { read($0).count }]
    }

    private static func percentiles<Value>(
        _ key: String,
        of read: @escaping @Sendable (CallStatistics) -> Percentiles<Value>,
        in unit: @escaping @Sendable (Value) -> Double
    ) -> [StatisticsField] {
        [
            number(key + "_p50") { read($0).p50.map(unit) },
            number(key + "_p95") { read($0).p95.map(unit) },
            number(key + "_p99") { read($0).p99.map(unit) },
        ]
    }
}
