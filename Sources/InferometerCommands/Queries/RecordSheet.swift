// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// One record as a list of its keys and values for a person; what is unknown is a dash.
struct RecordSheet {
    let record: TelemetryRecord
    let now: WallTime

    /// Every key, so that what was not measured can be seen; the reason for energy stands among them.
    var table: Table {
        var table = Table(columns: [.text("KEY"), .text("VALUE", atLeast: 20)])
        table.rows = RecordField.all.map { [$0.key, text($0)] }
        return table
    }

    private func text(_ field: RecordField) -> String? {
        switch (field.key, field.value(record)) {
        case (_, .null): nil
        case ("timestamp", _):
            "\(HumanTime.iso8601.text(record.timestamp)) (\(HumanTime.relative(to: now).text(record.timestamp)))"
        case (_, .bool(let flag)): flag ? "true" : "false"
        case (_, .integer(let number)): String(number)
        case (let key, .number(let number)): Self.text(number, key: key)
        case (_, .string(let text)), (_, .json(let text)): text
        case (_, .strings(let texts)): texts.joined(separator: ", ")
        }
    }

    /// A number in the unit that its key names.
    private static func text(_ number: Double, key: String) -> String {
        switch key {
        case "cost_usd": HumanUnits.dollars(number)
        case _ where key.hasSuffix("_ms"): HumanUnits.seconds(number / 1e3)
        case _ where key.hasSuffix("_seconds") || key == "ttft" || key == "time_to_first_answer":
            HumanUnits.seconds(number)
        case _ where key.hasSuffix("_joules"): HumanUnits.joules(number)
        default: HumanUnits.number(number)
        }
    }
}
