// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

extension MeasureReport {
    /// Writes all of it for a person.
    func print(to output: Output) throws {
        try output.line()
        try output.line(output.emphasised("Ran for \(HumanUnits.duration(duration)), exit code \(exitCode)"))
        if !components.isEmpty { try output.table(table) }
        for note in notes { try output.sentence(note) }
    }

    /// The table for a person; what a total does not count is marked.
    var table: Table {
        var table = Table(columns: [
            .text("DEVICE", atLeast: 12), .text("DOMAIN"), .number("ENERGY"), .number("BOUND"),
            .number("ABOVE IDLE", expendability: 1), .number("MEAN"), .number("PEAK"),
        ])
        table.rows = components.map { part in
            let mark = part.isCounted ? "" : " *"
            let cells = Self.cells(part.window, idle: part.idle, peak: part.peakPower)
            return [label(part), part.domain.rawValue + mark] + cells
        }
        table.rows.append(["total", ""] + Self.cells(total, idle: idle, peak: peakPower))
        return table.droppingUnknownColumns()
    }

    /// What could not be measured and why, one sentence each.
    var notes: [String] {
        var notes: [String] = []
        if let reason, components.isEmpty {
            notes.append("No energy was measured: \(reason).")
        } else if components.contains(where: { $0.isCounted && $0.reason != nil && !$0.wasAbsent }) {
            notes.append("No total, since a part of it is missing.")
        } else if let reason {
            notes.append("No total: \(reason).")
        }
        notes += components.compactMap { part in
            part.reason.map { "\(label(part)) \(part.domain.rawValue) was not measured: \($0)." }
        }
        if method == .estimated {
            notes.append("Estimated from how busy the processors were: a guess, and no measurement.")
        }
        if components.contains(where: { !$0.isCounted }) {
            notes.append("* not in the total, as another sensor covers it.")
        }
        if total != nil, let idleReason { notes.append("What lies above idle is unknown: \(idleReason).") }
        if let idle, total != nil {
            let bound = HumanUnits.joules(idle.bound.joules)
            notes.append(
                "Above idle is sure to ±\(bound): the quiet machine's own energy is no surer than its reading."
            )
        }
        if reason != nil || components.contains(where: { $0.reason != nil }) {
            notes.append("'inferometer doctor' tells of each sensor why, and what can be done.")
        }
        var seen: Set<String> = []
        return notes.filter { seen.insert($0).inserted }
    }

    /// The device's name; with its identifier where several share the name.
    private func label(_ part: Component) -> String {
        let namesakes = Set(components.filter { $0.deviceName == part.deviceName }.map(\.device))
        return namesakes.count > 1 ? "\(part.deviceName) \(part.device)" : part.deviceName
    }

    private static func cells(_ window: EnergyWindow?, idle: IdlePart?, peak: Power?) -> [String?] {
        [
            window.map { HumanUnits.joules($0.energy.joules) },
            window.map { "±" + HumanUnits.joules($0.bound.joules) },
            idle.map { HumanUnits.joules($0.dynamic.joules) },
            window?.meanPower.map { HumanUnits.number($0.watts) + " W" },
            peak.map { HumanUnits.number($0.watts) + " W" },
        ]
    }
}
