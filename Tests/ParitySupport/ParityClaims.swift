// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Which suite runs which file of cases, so that a file which nothing runs is a failure.
package enum ParityClaims {
    /// Suites by file, `.json` left out.
    package static let suites: [String: String] = [
        "aggregate": "AggregateParityTests",
        "amd-sample": "AMDParityTests",
        "apple-fallback": "AppleParityTests",
        "batch": "BatchParityTests",
        "bench-stats": "StatisticsParityTests",
        "efficiency": "EfficiencyParityTests",
        "flops": "CatalogParityTests",
        "gauge": "MetricsParityTests",
        "generate": "GenerateParityTests",
        "gpu-aggregate": "GPUAggregateParityTests",
        "gpu-spec": "CatalogParityTests",
        "histogram": "MetricsParityTests",
        "itl": "StatisticsParityTests",
        "itl-values": "StatisticsParityTests",
        "mfu": "CatalogParityTests",
        "nvidia-sample": "NVIDIAParityTests",
        "phase": "PhaseParityTests",
        "rapl-delta": "RAPLParityTests",
        "rapl-sample": "RAPLParityTests",
        "session": "SessionParityTests",
        "steady": "SteadyStateParityTests",
        "stream": "StreamParityTests",
        "vllm": "MetricsParityTests",
    ]

    /// What stands in the folder beside the cases.
    package static let others: Set<String> = ["README.md", "db", "records.jsonl.gz"]
}
