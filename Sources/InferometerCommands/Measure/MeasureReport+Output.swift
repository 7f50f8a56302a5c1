// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

extension MeasureReport {
    /// The object for scripts.
    var json: JSONValue {
        .pairs([
            "duration_seconds": .number(duration.seconds), "exit_code": .integer(Int(exitCode)),
            "energy_joules": .number(total?.energy.joules), "energy_bound_joules": .number(total?.bound.joules),
            "energy_method": .string(method?.rawValue), "energy_reason": .string(reason),
            "gpu_energy_joules": .number(energy(of: .gpu)?.energy.joules),
            "cpu_energy_joules": .number(energy(of: .cpu)?.energy.joules),
            "dram_energy_joules": .number(energy(of: .dram)?.energy.joules),
            "mean_power_watts": .number(total?.meanPower?.watts), "peak_power_watts": .number(peakPower?.watts),
            "components": .array(components.map(\.json)),
        ])
    }

    /// The table for a person; what a total does not count is marked.
    var table: Table {
        var table = Table(columns: [
            .text("DEVICE", atLeast: 12), .text("DOMAIN"), .number("ENERGY"), .number("BOUND"), .number("MEAN W"),
            .number("PEAK W"),
        ])
        table.rows = components.map { part in
            let mark = part.sensor.isCounted ? "" : " *"
            let domain = part.sensor.channel.domain.rawValue + mark
            return [part.sensor.deviceName, domain] + Self.cells(part.window, peak: part.peakPower)
        }
        table.rows.append(["total", ""] + Self.cells(total, peak: peakPower))
        return table
    }

    /// What could not be measured and why, one line each.
    var notes: [String] {
        var notes: [String] = []
        if let reason { notes.append("No total: \(reason)") }
        notes += components.compactMap { part in part.reason.map { "\(part.name): \($0)" } }
        // Vendors that this machine has nothing of matter only where nothing was measured.
        let told = failing.filter { components.isEmpty || $0.deviceName != nil || $0.remedy != nil }
        notes += told.map { "\($0.deviceName ?? $0.name): \($0.reason ?? "does not work")" }
        if components.contains(where: { !$0.sensor.isCounted }) {
            notes.append("* not in the total, as another sensor covers it")
        }
        if reason != nil || !told.isEmpty || components.contains(where: { $0.reason != nil }) {
            notes.append("See 'inferometer doctor' for what can be done.")
        }
        var seen: Set<String> = []
        return notes.filter { seen.insert($0).inserted }
    }

    /// Writes all of it for a person.
    func print(to output: Output) throws {
        try output.line()
        try output.line(output.emphasised("Ran \(HumanUnits.duration(duration)), exit code \(exitCode)"))
        if !components.isEmpty { try output.table(table) }
        for note in notes { try output.sentence(note) }
    }

    private static func cells(_ window: EnergyWindow?, peak: Power?) -> [String?] {
        [
            window.map { HumanUnits.joules($0.energy.joules) }, window.map { "±" + HumanUnits.joules($0.bound.joules) },
            window?.meanPower.map { HumanUnits.number($0.watts) }, peak.map { HumanUnits.number($0.watts) },
        ]
    }
}

extension MeasureReport.Component {
    fileprivate var json: JSONValue {
        .pairs([
            "device": .string(sensor.channel.device.identifier), "domain": .string(sensor.channel.domain.rawValue),
            "vendor": .string(sensor.channel.device.vendor.rawValue), "method": .string(sensor.method.rawValue),
            "energy_joules": .number(window?.energy.joules), "energy_bound_joules": .number(window?.bound.joules),
            "mean_power_watts": .number(window?.meanPower?.watts), "peak_power_watts": .number(peakPower?.watts),
            "energy_reason": .string(reason),
        ])
    }
}
