// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ParitySupport
import TelemetryCore
import TelemetryTesting
import Testing

@Suite struct PhaseParityTests {
    static let suite = ParitySuite(file: "phase", answer: answer)

    @Test func everyCaseComesOutRight() {
        for failure in Self.suite.failures() { Issue.record("\(failure)") }
    }

    @Test func noChangedNumberGoesUnnoticed() {
        for change in Self.suite.unnoticedChanges() { Issue.record("unnoticed: \(change)") }
    }

    @Sendable static func answer(_ parityCase: ParityCase) throws -> ParityAnswer {
        try parityCase.requireInput(
            ["samples", "start_ns", "ttft_ns", "end_ns", "input_tokens", "output_tokens", "capacity"])
        let meters = try PowerSamples(parityCase).meters
        do {
            let phases = try splitAtFirstToken(
                of: meters,
                from: MonotonicInstant(nanoseconds: Int64(parityCase.integer("start_ns"))),
                firstToken: MonotonicInstant(nanoseconds: Int64(parityCase.integer("ttft_ns"))),
                to: MonotonicInstant(nanoseconds: Int64(parityCase.integer("end_ns"))),
                inputTokens: parityCase.integer("input_tokens"),
                outputTokens: parityCase.integer("output_tokens")
            )
            return .value(["prefill": value(phases.prefill), "decode": value(phases.decode)])
        } catch let error as CalculationError {
            return .refused(error.message)
        }
    }

    private static func value(_ phase: PhaseMetrics) -> ParityValue {
        [
            "energy_j": ParityValue(phase.gpuEnergy?.joules),
            "cpu_energy_j": ParityValue(phase.cpuEnergy?.joules),
            "mean_power_w": ParityValue(phase.gpuMeanPower?.watts),
            "cpu_mean_power_w": ParityValue(phase.cpuMeanPower?.watts),
            "duration_s": .number(phase.duration.seconds),
            "energy_per_token_j": ParityValue(phase.joulesPerToken),
            "tokens": .integer(phase.tokens),
            "complete": .bool(phase.isComplete),
        ]
    }
}

/// The samples of a case, `[ns, GPU W, CPU W]`, as readings of two sensors of power.
struct PowerSamples {
    let meters: EnergyMeters

    init(_ parityCase: ParityCase) throws {
        var configuration = ChannelMeter.Configuration()
        configuration.longestSilence = .seconds(60)
        if let capacity = parityCase.input["capacity"].int { configuration.capacity = capacity }
        var meters = EnergyMeters(sensors: [.fakePower(.card), .fakePower(.package)], configuration: configuration)
        for sample in parityCase.input["samples"].elements {
            guard sample.elements.count == 3, let time = sample.elements[0].int else {
                throw ParityError("\(parityCase.name): sample \(sample)")
            }
            let instant = MonotonicInstant(nanoseconds: Int64(time))
            let readings = zip(meters.sensors, sample.elements.dropFirst()).map { sensor, watts in
                EnergyReading(
                    channel: sensor.channel,
                    value: watts.double.map { .power(.watts($0)) } ?? .failed(SensorFailure(.failed, "no reading"))
                )
            }
            _ = meters.take(readings, from: instant, to: instant)
        }
        self.meters = meters
    }
}
