// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ParitySupport
import TelemetryCore
import Testing

@Suite struct GPUAggregateParityTests {
    static let suite = ParitySuite(file: "gpu-aggregate", answer: answer)

    @Test func everyCaseComesOutRight() {
        for failure in Self.suite.failures() { Issue.record("\(failure)") }
    }

    @Test func noChangedNumberGoesUnnoticed() {
        for change in Self.suite.unnoticedChanges() { Issue.record("unnoticed: \(change)") }
    }

    @Sendable static func answer(_ parityCase: ParityCase) throws -> ParityAnswer {
        try parityCase.requireInput(["snapshots", "timestamps", "wall_duration"])
        let ticks = try parityCase.input["snapshots"].elements.map { try $0.elements.map(snapshot) }
        let times = try parityCase.numbers("timestamps").map {
            MonotonicInstant(nanoseconds: Int64(($0 * 1e9).rounded()))
        }
        let duration = Duration.nanoseconds(Int64((try parityCase.number("wall_duration") * 1e9).rounded()))
        let sample: GPUSample
        do {
            sample = try GPUSample(snapshots: ticks, times: times, duration: duration)
        } catch {
            return .refused(error.message)
        }
        return .value(value(sample))
    }

    private static func snapshot(_ value: ParityValue) throws -> GPUSnapshot {
        let known: Set = ["power_watts", "utilization_pct", "memory_used_gb", "temperature_c", "device_id"]
        guard known.isSuperset(of: value.members.keys) else { throw ParityError("unknown snapshot \(value)") }
        var snapshot = GPUSnapshot(deviceIndex: value["device_id"].int ?? 0)
        snapshot.power = value["power_watts"].double.map(Power.watts)
        snapshot.utilizationPercent = value["utilization_pct"].double
        snapshot.memoryUsedGigabytes = value["memory_used_gb"].double
        snapshot.temperatureCelsius = value["temperature_c"].double
        return snapshot
    }

    private static func value(_ sample: GPUSample) -> ParityValue {
        [
            "energy_joules": ParityValue(sample.energy?.joules),
            "mean_power_watts": ParityValue(sample.meanPower?.watts),
            "peak_power_watts": ParityValue(sample.peakPower?.watts),
            "mean_utilization_pct": ParityValue(sample.meanUtilizationPercent),
            "peak_utilization_pct": ParityValue(sample.peakUtilizationPercent),
            "mean_memory_used_gb": ParityValue(sample.meanMemoryUsedGigabytes),
            "peak_memory_used_gb": ParityValue(sample.peakMemoryUsedGigabytes),
            "mean_temperature_c": ParityValue(sample.meanTemperatureCelsius),
            "peak_temperature_c": ParityValue(sample.peakTemperatureCelsius),
            "duration_seconds": .number(sample.duration.seconds),
            "num_snapshots": .integer(sample.snapshotCount),
            "complete": .bool(sample.isComplete),
            "partial": .bool(sample.isPartial),
        ]
    }
}
