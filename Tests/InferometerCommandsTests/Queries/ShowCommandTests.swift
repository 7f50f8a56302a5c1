// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import TelemetryTesting
import Testing

@testable import InferometerCommands

@Suite struct ShowCommandTests {
    @Test func aWholeIdentityOrItsBeginning() async throws {
        let world = try CommandWorld()
        let record = ExampleRecords.full(1)
        try await world.fill([record])
        let id = record.id.description
        for text in [id, id.uppercased(), String(id.prefix(1)), String(id.prefix(9)), String(id.dropLast())] {
            let outcome = await world.run("show", text, "--json")
            #expect(outcome.code == 0)
            #expect(try outcome.object()["record_id"] as? String == id)
        }
    }

    @Test func oneObjectOnOneLineTheSameAsInAList() async throws {
        let world = try CommandWorld()
        try await world.fill([ExampleRecords.full(1)])
        let shown = await world.run("show", "0197a3b2", "--json")
        #expect(shown.lines.count == 2)
        #expect(Set(try shown.object().keys) == RecordKeys.all)
        let listed = await world.run("list", "--json")
        #expect(listed.output == "[\n\(shown.output)]\n")
    }

    @Test func twoThatBeginSoAreNotGuessedAt() async throws {
        let world = try CommandWorld()
        try await world.fill([ExampleRecords.full(1), ExampleRecords.full(2)])
        let several = await world.run("show", "0197a3b2")
        #expect(several.code == 1 && several.output.isEmpty)
        #expect(several.message == "Error: Several calls begin with 0197a3b2: add more of the identity.")
        let none = await world.run("show", "ffff", "--json")
        #expect(none.code == 1 && none.output.isEmpty && none.message == "Error: No call is recorded as ffff.")
    }

    @Test(arguments: ["", "g", "0197a3b2-", "0197a3b2_", "-", "0197a3b2-11c4-7000-8000-0000000000011", "é"])
    func whatBeginsNoIdentity(_ text: String) async throws {
        let outcome = try await CommandWorld().run("show", "--", text)
        // A beginning may end behind a dash.
        #expect(outcome.code == (text == "0197a3b2-" ? 1 : 64), "\(outcome.message)")
    }

    @Test func everyKeyIsThereAndUnknownIsADash() async throws {
        let world = try CommandWorld()
        try await world.fill([ExampleRecords.sparse(1)])
        let lines = await world.run("show", "0").lines.dropLast()
        #expect(Set(lines.dropFirst().map { String($0.prefix { $0 != " " }) }) == RecordKeys.all)
        let values = Dictionary(
            uniqueKeysWithValues: lines.dropFirst().map { line in
                let cells = line.split(separator: "  ", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
                return (cells[0], cells[1])
            }
        )
        #expect(values["timestamp"] == "2025-11-24T16:00:00Z (99s ago)")
        #expect(values["is_warmup"] == "false" && values["metadata"] == "{}")
        let unknown = values.filter { $0.value == "-" }
        #expect(unknown.count == RecordKeys.all.count - 5)
    }

    @Test func numbersHaveTheUnitsThatTheirKeysName() {
        var record = ExampleRecords.full(1)
        record.price.costUSD = 0.00042
        record.price.electricityCost = 0.0000123
        record.price.carbonGrams = 0.0137
        record.energy.prefill = .joules(0.0345)
        let table = RecordSheet(record: record, now: record.timestamp).table
        let values = Dictionary(uniqueKeysWithValues: table.rows.map { ($0[0] ?? "", $0[1]) })
        #expect(values["latency_seconds"] == "1.23 s" && values["ttft"] == "46 ms")
        #expect(values["time_to_first_answer"] == "46 ms" && values["tpot_ms"] == "61 ms")
        #expect(values["energy_joules"] == "12.3 J" && values["prefill_energy_joules"] == "34.5 mJ")
        #expect(values["cost_usd"] == "$0.000420")
        #expect(values["peak_power_watts"] == "310")
        #expect(values["devices"] == "GPU-0" && values["prompt_tokens"] == "101")
        // What one call costs in electricity is little, and not nothing.
        #expect(values["electricity_cost"] == "0.0000123")
        #expect(values["carbon_grams"] == "0.0137")
    }

    @Test(arguments: [20, 40, 60, 80, 120, 200])
    func aNameOfTheEnginesCannotSpeakToTheTerminal(_ width: Int) async throws {
        var world = try CommandWorld()
        var record = ExampleRecords.awkward(1)
        record.identity.model = "\u{1B}]0;owned\u{7}" + String(repeating: "模", count: 90)
        try await world.fill([record])
        world.terminal = Terminal(width: width, hasColour: false, isInteractive: true)
        let lines = await world.run("show", "0").lines
        #expect(!lines.joined().unicodeScalars.contains { $0.properties.generalCategory == .control })
        // The longest key and twenty columns of its value stay, however narrow it is.
        #expect(lines.allSatisfy { DisplayText.width(of: $0) <= max(width, 52) })
        #expect(lines.contains { $0.hasPrefix("model_id") && $0.hasSuffix("…") })
    }
}
