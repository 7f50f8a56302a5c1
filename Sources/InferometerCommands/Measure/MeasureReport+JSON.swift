// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

extension MeasureReport {
    /// The object for scripts.
    var json: JSONValue {
        .pairs([
            "duration_seconds": .number(duration.seconds),
            "exit_code": .integer(Int(exitCode)),
            "energy_joules": .number(total?.energy.joules),
            "energy_bound_joules": .number(total?.bound.joules),
            "energy_method": .string(method?.rawValue),
            "energy_reason": .string(reason),
            "gpu_energy_joules": .number(energy(of: .gpu)?.energy.joules),
            "cpu_energy_joules": .number(energy(of: .cpu)?.energy.joules),
            "dram_energy_joules": .number(energy(of: .dram)?.energy.joules),
            "mean_power_watts": .number(total?.meanPower?.watts),
            "peak_power_watts": .number(peakPower?.watts),
            "energy_idle_joules": .number(idle?.idle.joules),
            "energy_dynamic_joules": .number(idle?.dynamic.joules),
            "energy_dynamic_bound_joules": .number(idle?.bound.joules),
            "idle_reason": .string(idleReason),
            "components": .array(components.map(\.json)),
        ])
    }
}

extension MeasureReport.Component {
    fileprivate var json: JSONValue {
        .pairs([
            "device": .string(device),
            "device_name": .string(deviceName),
            "domain": .string(domain.rawValue),
            "vendor": .string(vendor.rawValue),
            "in_total": .bool(isCounted && !wasAbsent),
            "energy_method": .string(method?.rawValue),
            "energy_joules": .number(window?.energy.joules),
            "energy_bound_joules": .number(window?.bound.joules),
            "energy_reason": .string(reason),
            "mean_power_watts": .number(window?.meanPower?.watts),
            "peak_power_watts": .number(peakPower?.watts),
            "energy_idle_joules": .number(idle?.idle.joules),
            "energy_dynamic_joules": .number(idle?.dynamic.joules),
            "energy_dynamic_bound_joules": .number(idle?.bound.joules),
        ])
    }
}
