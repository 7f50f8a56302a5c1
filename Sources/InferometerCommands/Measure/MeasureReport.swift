// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// What `measure` found of one command.
struct MeasureReport: Sendable {
    /// The energy of one channel.
    struct Component: Sendable {
        var device: String
        var domain: EnergyDomain
        var vendor: EnergyVendor
        var method: EnergyMethod
        var isCounted: Bool
        var window: EnergyWindow?
        var peakPower: Power?
    }

    var duration: Duration
    var exitCode: Int32
    var sample: EnergySample
    var components: [Component]
    /// Why there is no energy, where the sensors did not even start.
    var startReason: String?

    /// A total stands only on components that worked throughout.
    var total: Energy? {
        sample.isComplete ? sample.energy : nil
    }

    /// Why the total is absent.
    var reason: String? {
        total == nil ? startReason ?? sample.reason ?? "not measured throughout" : nil
    }

    /// The energy of one kind of component; absent if one of them died meanwhile.
    private func part(_ kind: EnergyComponent) -> Energy? {
        let parts = components.filter { $0.isCounted && $0.domain.component == kind }
        let windows = parts.compactMap(\.window)
        return windows.isEmpty || windows.count < parts.count ? nil : EnergyWindow.sum(windows)?.energy
    }

    /// The object for scripts.
    var json: JSONValue {
        .pairs([
            "duration_seconds": .number(duration.seconds),
            "exit_code": .integer(Int(exitCode)),
            "energy_joules": .number(total?.joules),
            "energy_bound_joules": .number(total == nil ? nil : sample.bound?.joules),
            "energy_method": .string(total == nil ? nil : sample.method?.rawValue),
            "energy_reason": .string(reason),
            "gpu_energy_joules": .number(part(.gpu)?.joules),
            "cpu_energy_joules": .number(part(.cpu)?.joules),
            "dram_energy_joules": .number(part(.dram)?.joules),
            "mean_power_watts": .number(total == nil ? nil : sample.meanPower?.watts),
            "peak_power_watts": .number(total == nil ? nil : sample.peakPower?.watts),
            "components": .array(components.map(Self.json)),
        ])
    }

    private static func json(_ component: Component) -> JSONValue {
        let window = component.window
        return .pairs([
            "device": .string(component.device),
            "domain": .string(component.domain.rawValue),
            "vendor": .string(component.vendor.rawValue),
            "energy_method": .string(component.method.rawValue),
            "energy_joules": .number(window?.energy.joules),
            "energy_bound_joules": .number(window?.bound.joules),
            "mean_power_watts": .number(window?.meanPower?.watts),
            "peak_power_watts": .number(component.peakPower?.watts),
            "energy_reason": .string(window == nil ? "not measured throughout" : nil),
        ])
    }

    /// The table for a person.
    func print(to output: Output) throws {
        try output.line()
        try output.line("\(HumanUnits.duration(duration)), exit code \(exitCode)")
        guard !components.isEmpty else {
            return try output.line("Energy: not measured (\(reason ?? "no sensor")); see 'inferometer doctor'.")
        }
        var table = Table(columns: [
            .text("DEVICE", atLeast: 10), .text("DOMAIN"), .number("ENERGY"), .number("BOUND"), .number("MEAN"),
            .number("PEAK"),
        ])
        table.rows = components.map { component in
            [
                component.device, component.domain.rawValue + (component.isCounted ? "" : " (not in total)"),
                component.window.map { HumanUnits.joules($0.energy.joules) },
                component.window.map { "±" + HumanUnits.joules($0.bound.joules) },
                component.window?.meanPower.map { HumanUnits.number($0.watts) + " W" },
                component.peakPower.map { HumanUnits.number($0.watts) + " W" },
            ]
        }
        table.rows.append([
            "total", nil, total.map { HumanUnits.joules($0.joules) },
            total == nil ? nil : sample.bound.map { "±" + HumanUnits.joules($0.joules) },
            total == nil ? nil : sample.meanPower.map { HumanUnits.number($0.watts) + " W" },
            sample.peakPower.map { HumanUnits.number($0.watts) + " W" },
        ])
        try output.table(table)
        if let reason { try output.line("The total is absent: \(reason).") }
    }
}
