// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ParitySupport
import TelemetryCore
import TelemetryRecording
import TelemetryTesting

/// Plays one call of a case with an instrumented engine: its events and its record.
struct ParityCall {
    let clock = ManualClock()
    private let sink = RecordingSink()
    private let telemetry: CallTelemetry

    init(energy: ParityValue) throws {
        var telemetry = CallTelemetry()
        telemetry.clock = clock.clock
        telemetry.bus.attach(sink)
        if energy != .null {
            let metered = try Self.metered(energy)
            telemetry.energy = StatedEnergyMeter(waiting: telemetry.waiting) { id in
                var call = metered
                call.id = id
                return call
            }
        }
        self.telemetry = telemetry
    }

    /// Runs the call while its events are collected, and answers in the terms of the cases.
    func answer(
        _ engine: ScriptedEngine,
        _ call: (InstrumentedEngine<ScriptedEngine>) async throws -> Void
    ) async throws -> ParityAnswer {
        var engine = engine
        // A person's own engine costs nothing; what the cases' costs is unknown.
        engine.identity.isLocal = telemetry.energy != nil
        let events = try await telemetry.bus.withSubscription { subscription in
            try await call(InstrumentedEngine(engine, telemetry: telemetry))
            return await Self.names(subscription)
        }
        guard sink.records.count == 1, var record = sink.records.first else {
            throw ParityError("\(sink.records.count) records of one call")
        }
        if record.price.source == "local" { record.price = CallPrice() }
        return .value([
            "events": .array(events.map(ParityValue.string)),
            "record": SeedColumns.value(of: record),
            "estimated": .bool(record.tokens.source == .chunks),
        ])
    }

    /// The events that are there already, by the original's names.
    private static func names(_ subscription: EventSubscription) async -> [String] {
        var names: [String] = []
        for await event in subscription.events {
            switch event {
            case .started: names.append("inference_start")
            case .firstToken: names.append("first_token")
            case .ended: names.append("inference_end")
            case .recorded: return names + ["telemetry_record"]
            }
        }
        return names
    }

    private static func metered(_ value: ParityValue) throws -> MeteredCall {
        let known: Set = [
            "energy_joules", "mean_power_watts", "mean_utilization_pct", "peak_memory_used_gb", "mean_temperature_c",
            "energy_method", "vendor", "gpu_energy_joules",
        ]
        guard known.isSuperset(of: value.members.keys) else { throw ParityError("unknown energy \(value)") }
        var energy = CallEnergy()
        energy.total = value["energy_joules"].double.flatMap(Energy.joules)
        energy.gpu = value["gpu_energy_joules"].double.flatMap(Energy.joules)
        energy.method = value["energy_method"].string
        energy.vendor = value["vendor"].string
        var device = DeviceUse()
        device.utilizationPercent = value["mean_utilization_pct"].double
        device.memoryUsedGigabytes = value["peak_memory_used_gb"].double
        device.temperatureCelsius = value["mean_temperature_c"].double
        return MeteredCall(
            id: RecordID(high: 0, low: 0),
            energy: energy,
            device: device,
            meanPower: value["mean_power_watts"].double.map(Power.watts)
        )
    }
}

extension ParityCase {
    /// A number of seconds, in whole nanoseconds.
    func duration(_ key: String) throws -> Duration {
        .nanoseconds(Int64((try number(key) * 1e9).rounded()))
    }
}
