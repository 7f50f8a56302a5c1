// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ParitySupport
import TelemetryCatalog
import TelemetryCore
import Testing

@Suite struct CatalogParityTests {
    static let suites = [
        ParitySuite(file: "flops", answer: flops),
        ParitySuite(file: "mfu", answer: utilization),
        ParitySuite(file: "gpu-spec", answer: specification),
    ]

    @Test(arguments: suites.indices) func everyCaseComesOutRight(index: Int) {
        for failure in Self.suites[index].failures() { Issue.record("\(failure)") }
    }

    @Test(arguments: suites.indices) func noChangedNumberGoesUnnoticed(index: Int) {
        for change in Self.suites[index].unnoticedChanges() { Issue.record("unnoticed: \(change)") }
    }

    @Sendable static func flops(_ parityCase: ParityCase) throws -> ParityAnswer {
        try parityCase.requireInput(["model", "input_tokens", "output_tokens"])
        guard let model = ModelCatalog.specification(forModelNamed: try parityCase.text("model")) else {
            return .value([:])
        }
        let (input, output) = (try parityCase.integer("input_tokens"), try parityCase.integer("output_tokens"))
        do {
            let cached = try ModelFLOPs.estimate(model.size, inputTokens: input, outputTokens: output)
            let whole = try ModelFLOPs.withoutKVCache(model.size, inputTokens: input, outputTokens: output)
            return .value([
                "params_b": .number(model.size.parameters / 1e9),
                "total_flops": .number(cached.total),
                "flops_per_token": ParityValue(cached.perToken),
                "no_kv_total_flops": .number(whole.total),
                "no_kv_flops_per_token": ParityValue(whole.perToken),
            ])
        } catch {
            return .refused(error.message)
        }
    }

    @Sendable static func utilization(_ parityCase: ParityCase) throws -> ParityAnswer {
        try parityCase.requireInput(["flops", "duration_s", "gpu_name", "num_gpus"])
        let accelerator = AcceleratorCatalog.specification(forDeviceNamed: try parityCase.text("gpu_name"))
        guard let duration = Duration.seconds(checking: try parityCase.number("duration_s")) else {
            return .refused("a duration that is no number")
        }
        do {
            let utilization = try ModelFLOPs.modelFLOPsUtilization(
                flops: try parityCase.number("flops"),
                duration: duration,
                peak: accelerator?.halfPrecisionFLOPS,
                devices: parityCase.input["num_gpus"].int ?? 1
            )
            return .value([
                "mfu_pct": ParityValue(utilization?.percent),
                "suspect": ParityValue(utilization?.isSuspect),
            ])
        } catch let error as CalculationError {
            return .refused(error.message)
        }
    }

    @Sendable static func specification(_ parityCase: ParityCase) throws -> ParityAnswer {
        try parityCase.requireInput(["name"])
        let found = AcceleratorCatalog.specification(forDeviceNamed: try parityCase.text("name"))
        return .value([
            "spec": [
                "tflops_fp16": ParityValue(found?.halfPrecisionFLOPS.map { $0 / 1e12 }),
                "bandwidth_gb_s": ParityValue(found?.memoryBytesPerSecond.map { $0 / 1e9 }),
                "tdp_watts": ParityValue(found?.thermalDesignPower?.watts),
            ]
        ])
    }
}
