// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ParitySupport
import TelemetryCore
import Testing

@Suite struct EfficiencyParityTests {
    static let suite = ParitySuite(file: "efficiency", answer: answer)

    @Test func everyCaseComesOutRight() {
        for failure in Self.suite.failures() { Issue.record("\(failure)") }
    }

    @Test func noChangedNumberGoesUnnoticed() {
        for change in Self.suite.unnoticedChanges() { Issue.record("unnoticed: \(change)") }
    }

    @Sendable static func answer(_ parityCase: ParityCase) throws -> ParityAnswer {
        try parityCase.requireInput([
            "param_count_b", "active_params_b", "gpu_peak_tflops", "gpu_peak_bandwidth_gb_s", "tokens_per_sec",
            "num_gpus", "energy_joules", "accuracy", "bytes_per_param", "batch_size",
        ])
        do {
            return .value(value(of: try metrics(parityCase)))
        } catch let error as CalculationError {
            return .refused(error.message)
        }
    }

    private static func metrics(_ parityCase: ParityCase) throws -> EfficiencyMetrics {
        let input = parityCase.input
        let model = try ModelSize(
            parameters: parityCase.number("param_count_b") * 1e9,
            activeParameters: input["active_params_b"].double.map { $0 * 1e9 },
            bytesPerParameter: input["bytes_per_param"].double ?? 2
        )
        let accelerator = try AcceleratorPeaks(
            flopsPerSecond: known(parityCase.number("gpu_peak_tflops")).map { $0 * 1e12 },
            bytesPerSecond: known(parityCase.number("gpu_peak_bandwidth_gb_s")).map { $0 * 1e9 }
        )
        return try EfficiencyMetrics(
            model: model,
            accelerator: accelerator,
            tokensPerSecond: parityCase.number("tokens_per_sec"),
            devices: input["num_gpus"].int ?? 1,
            batchSize: input["batch_size"].double ?? 1,
            energy: input["energy_joules"].double.flatMap(known).flatMap(Energy.joules),
            accuracy: input["accuracy"].double
        )
    }

    /// A 0 in an input is the original's default: unknown.
    private static func known(_ number: Double) -> Double? {
        number == 0 ? nil : number
    }

    private static func value(of metrics: EfficiencyMetrics) -> ParityValue {
        let utilizations = [metrics.modelFLOPsUtilization, metrics.modelBandwidthUtilization]
        return [
            "mfu_pct": ParityValue(metrics.modelFLOPsUtilization?.percent),
            "mbu_pct": ParityValue(metrics.modelBandwidthUtilization?.percent),
            "actual_flops": .number(metrics.actualFLOPS),
            "peak_flops": ParityValue(metrics.peakFLOPS),
            "actual_bandwidth_gb_s": .number(metrics.actualBytesPerSecond / 1e9),
            "peak_bandwidth_gb_s": ParityValue(metrics.peakBytesPerSecond.map { $0 / 1e9 }),
            "ipj": ParityValue(metrics.intelligencePerJoule),
            "flops_per_token": .number(metrics.flopsPerToken),
            "bytes_per_token": .number(metrics.bytesPerToken),
            "suspect": .bool(utilizations.contains { $0?.isSuspect == true }),
        ]
    }
}
