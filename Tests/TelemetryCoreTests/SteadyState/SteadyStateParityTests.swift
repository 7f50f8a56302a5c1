// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ParitySupport
import TelemetryCore
import Testing

@Suite struct SteadyStateParityTests {
    static let suite = ParitySuite(file: "steady", answer: answer)

    @Test func everyCaseComesOutRight() {
        for failure in Self.suite.failures() { Issue.record("\(failure)") }
    }

    @Test func noChangedNumberGoesUnnoticed() {
        for change in Self.suite.unnoticedChanges() { Issue.record("unnoticed: \(change)") }
    }

    @Sendable static func answer(_ parityCase: ParityCase) throws -> ParityAnswer {
        try parityCase.requireInput(["config", "samples"])
        do {
            var detector = try SteadyStateDetector(configuration: configuration(of: parityCase))
            var returns: [ParityValue] = []
            for sample in parityCase.input["samples"].elements {
                let (throughput, energy) = try read(sample, parityCase)
                returns.append(.bool(try detector.record(throughput: throughput, energy: energy)))
            }
            return .value(["returns": .array(returns), "result": result(detector.result)])
        } catch let error as CalculationError {
            return .refused(error.message)
        }
    }

    private static func configuration(of parityCase: ParityCase) throws -> SteadyStateConfiguration {
        var configuration = SteadyStateConfiguration()
        for (key, value) in parityCase.input["config"].members {
            switch (key, value.double, value.int) {
            case ("warmup_samples", _, let count?): configuration.warmupSamples = count
            case ("window_size", _, let count?): configuration.windowSize = count
            case ("min_steady_samples", _, let count?): configuration.minimumSteadyWindows = count
            case ("cv_threshold", let threshold?, _): configuration.variationThreshold = threshold
            case ("unlatch", _, let flag?): configuration.unlatches = flag != 0
            case ("metric", _, _):
                guard let metric = value.string.flatMap(SteadyStateConfiguration.Metric.init) else {
                    throw CalculationError(.configuration, "unknown metric \(value)")
                }
                configuration.metric = metric
            default: throw ParityError("\(parityCase.name): unknown configuration \(key): \(value)")
            }
        }
        return configuration
    }

    private static func read(_ sample: ParityValue, _ parityCase: ParityCase) throws -> (Double, Energy?) {
        if let throughput = sample.double { return (throughput, nil) }
        let unknown = sample.members.keys.filter { !["throughput", "energy"].contains($0) }
        guard unknown.isEmpty, let throughput = sample["throughput"].double else {
            throw ParityError("\(parityCase.name): unknown sample \(sample)")
        }
        guard let joules = sample["energy"].double else { return (throughput, nil) }
        guard let energy = Energy.joules(joules) else { throw CalculationError(.sample, "energy \(joules)") }
        return (throughput, energy)
    }

    private static func result(_ result: SteadyStateResult) -> ParityValue {
        [
            "total_samples": .integer(result.totalSamples),
            "warmup_samples": .integer(result.warmupSamples),
            "steady_state_samples": .integer(result.steadyStateSamples),
            "steady_state_reached": .bool(result.steadyStateReached),
            "warmup_throughputs": .array(result.warmupThroughputs.map(ParityValue.number)),
            "warmup_energies": .array(result.warmupEnergies.map { ParityValue($0?.joules) }),
            "steady_throughputs": .array(result.steadyThroughputs.map(ParityValue.number)),
            "steady_energies": .array(result.steadyEnergies.map { ParityValue($0?.joules) }),
        ]
    }
}
