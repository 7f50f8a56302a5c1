// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ParitySupport
import TelemetryCore
import TelemetryRecording
import Testing

@Suite struct BatchParityTests {
    static let suite = ParitySuite(file: "batch", answer: answer)

    @Test func everyCaseComesOutRight() {
        for failure in Self.suite.failures() { Issue.record("\(failure)") }
    }

    @Test func noChangedNumberGoesUnnoticed() {
        for change in Self.suite.unnoticedChanges() { Issue.record("unnoticed: \(change)") }
    }

    @Sendable static func answer(_ parityCase: ParityCase) throws -> ParityAnswer {
        try parityCase.requireInput(["requests", "monitor", "elapsed_s", "batch_id"])
        let metrics = BatchMetrics(
            batchID: parityCase.input["batch_id"].string ?? "b",
            requests: try parityCase.input["requests"].elements.map(request),
            sample: try sample(parityCase.input["monitor"]),
            elapsed: .nanoseconds(Int64((try parityCase.number("elapsed_s") * 1e9).rounded()))
        )
        return .value(value(metrics))
    }

    private static func request(_ value: ParityValue) throws -> BatchRequest {
        let known: Set = ["tokens", "energy_joules", "prefill_energy_joules", "decode_energy_joules"]
        guard known.isSuperset(of: value.members.keys), let tokens = value["tokens"].int else {
            throw ParityError("unknown request \(value)")
        }
        return BatchRequest(
            tokens: tokens,
            energy: energy(value["energy_joules"]),
            prefillEnergy: energy(value["prefill_energy_joules"]),
            decodeEnergy: energy(value["decode_energy_joules"])
        )
    }

    private static func sample(_ value: ParityValue) throws -> EnergySample? {
        guard value != .null else { return nil }
        let known: Set = ["energy_joules", "mean_power_watts"]
        guard known.isSuperset(of: value.members.keys) else { throw ParityError("unknown monitor \(value)") }
        var sample = EnergySample()
        sample.energy = energy(value["energy_joules"])
        sample.meanPower = value["mean_power_watts"].double.map(Power.watts)
        return sample
    }

    private static func energy(_ value: ParityValue) -> Energy? {
        value.double.flatMap(Energy.joules)
    }

    private static func value(_ metrics: BatchMetrics) -> ParityValue {
        [
            "batch_id": .string(metrics.batchID),
            "total_requests": .integer(metrics.requestCount),
            "total_tokens": .integer(metrics.tokenCount),
            "total_energy_joules": ParityValue(metrics.energy?.joules),
            "energy_per_token_joules": ParityValue(metrics.joulesPerToken),
            "energy_per_request_joules": ParityValue(metrics.joulesPerRequest),
            "mean_power_watts": ParityValue(metrics.meanPower?.watts),
            "mean_throughput_tok_per_sec": ParityValue(metrics.tokensPerSecond),
            "prefill_energy_joules": ParityValue(metrics.prefillEnergy?.joules),
            "decode_energy_joules": ParityValue(metrics.decodeEnergy?.joules),
            "per_request_energy": .array(metrics.energyPerRequest.map { ParityValue($0?.joules) }),
        ]
    }
}
