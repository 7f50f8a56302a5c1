// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import TelemetryCore
import TelemetryTesting
import Testing

@testable import InferometerCommands

@Suite struct MeasureCommandTests {
    private static let keys: Set = [
        "duration_seconds", "exit_code", "energy_joules", "energy_bound_joules", "energy_method", "energy_reason",
        "gpu_energy_joules", "cpu_energy_joules", "dram_energy_joules", "mean_power_watts", "peak_power_watts",
        "components", "energy_idle_joules", "energy_dynamic_joules", "energy_dynamic_bound_joules", "idle_reason",
    ]

    /// The libraries of this machine's own cards would be found beside an empty folder of sensors.
    private func measured(_ world: CommandWorld, _ arguments: String...) async -> CommandWorld.Outcome {
        await world.run(["measure"] + arguments)
    }

    @Test func withoutASensorTimeIsMeasuredAllTheSame() async throws {
        let outcome = await measured(try CommandWorld(), "--json", "--", "true")
        #expect(outcome.code == 0)
        let object = try outcome.object()
        #expect(Set(object.keys) == Self.keys)
        #expect(object["exit_code"] as? Int == 0)
        let seconds = try #require(object["duration_seconds"] as? Double)
        #expect(seconds > 0 && seconds < 60)
        if object["energy_joules"] is NSNull { #expect(object["energy_reason"] is String) }
    }

    @Test(
        arguments: [(["false"], 1), (["sh", "-c", "exit 77"], 77), (["sh", "-c", "kill -9 $$"], 137)]
            as [([String], Int32)]
    )
    func theCodeIsTheCommandsOwn(_ command: [String], _ code: Int32) async throws {
        let world = try CommandWorld()
        let outcome = await world.run(["measure", "--json", "--"] + command)
        #expect(outcome.code == code)
        #expect(try outcome.object()["exit_code"] as? Int == Int(code))
    }

    @Test func whatCannotBeRunHasAShellsCode() async throws {
        let world = try CommandWorld()
        #expect(await measured(world, "--", "no-such-command-anywhere").code == 127)
        #expect(await measured(world, "--", try world.file("plain", "text")).code == 126)
        #expect(await measured(world, "--", world.scratch.path).code == 126)
    }

    @Test func aFileGetsTheObjectAndAnotherThePower() async throws {
        let world = try CommandWorld()
        let (report, power) = (world.path("report.json"), world.path("power.csv"))
        let outcome = await measured(world, "--output", report, "--csv", power, "--", "true")
        #expect(outcome.code == 0 && outcome.output.isEmpty)
        let text = try world.text(of: report)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(Set(object.keys) == Self.keys)
        #expect(try world.text(of: power).hasPrefix(PowerTrace.header))
        for path in [report, power] {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test func theOptionsMakeThePlan() throws {
        func plan(_ line: String) throws -> MeasureCommand {
            try MeasureCommand.parse(line.split(separator: " ").map(String.init))
        }
        let command = try plan("--json --interval 20 --baseline 2.5 --estimate -- make -j 4 --json")
        #expect(command.command == ["make", "-j", "4", "--json"])
        #expect(command.json && command.estimate && command.interval == 20 && command.baseline == 2.5)
        #expect(try plan("-- true").command == ["true"])
        #expect(try plan("-- -- true").command == ["--", "true"])
    }
}

@Suite struct MeasureDeliveryTests {
    private static let span = CommandSpan(
        start: MonotonicInstant(nanoseconds: 0),
        end: MonotonicInstant(nanoseconds: 1_500_000_000),
        exitCode: 3
    )
    private let result = MeasuredRun.Result(
        report: MeasureReport(of: span, reason: "no sensor"),
        trace: Array("power".utf8)
    )

    @Test func aPersonGetsATable() async throws {
        let (scripts, people) = await deliver(try MeasurePlan(command: ["x"]))
        #expect(scripts.text.isEmpty)
        #expect(people.lines[1] == "Ran for 1.50 s, exit code 3")
        #expect(people.text.contains("No energy was measured: no sensor."))
        #expect(people.text.contains("'inferometer doctor'"))
    }

    @Test func aScriptGetsTheObjectAlone() async throws {
        let (scripts, people) = await deliver(try MeasurePlan(command: ["x"], json: true))
        #expect(scripts.text.hasPrefix("{\n") && scripts.text.hasSuffix("}\n"))
        #expect(people.text.isEmpty)
    }

    @Test func whatCannotBeWrittenIsToldAndTheReportStays() async throws {
        let nowhere = "/nowhere/at/all"
        let plan = try MeasurePlan(command: ["x"], output: nowhere + ".json", csv: nowhere + ".csv")
        let (scripts, people) = await deliver(plan)
        #expect(scripts.text.isEmpty)
        #expect(people.text.contains("The power trace was not written. Cannot write /nowhere/at/all.csv"))
        #expect(people.text.contains("The report was not written. Cannot write /nowhere/at/all.json"))
        #expect(people.text.contains("Ran for 1.50 s, exit code 3"))
    }

    @Test func aReaderThatHasGoneLosesNothing() async throws {
        let people = Page()
        let gone = Output(terminal: .none) { _ in throw SystemError(code: EPIPE, doing: "write") }
        let plan = try MeasurePlan(command: ["x"], json: true)
        await MeasureDelivery(plan: plan, scripts: gone, people: people.output()).deliver(result)
        #expect(people.text.contains("was not written") && people.text.contains("exit code 3"))
        // And where nobody reads at all, nothing is left to do.
        await MeasureDelivery(plan: plan, scripts: gone, people: gone).deliver(result)
    }

    private func deliver(_ plan: MeasurePlan) async -> (scripts: Page, people: Page) {
        let (scripts, people) = (Page(), Page())
        await MeasureDelivery(plan: plan, scripts: scripts.output(), people: people.output()).deliver(result)
        return (scripts, people)
    }
}

@Suite struct MeasurePageTests {
    private func component(
        _ name: String,
        _ device: String,
        _ domain: EnergyDomain = .card,
        joules: Double? = 10,
        reason: String? = nil
    ) -> MeasureReport.Component {
        var part = MeasureReport.Component(
            device: device,
            deviceName: name,
            domain: domain,
            vendor: .nvidia,
            isCounted: domain.isAdditive
        )
        part.window = joules.flatMap(Energy.joules).map {
            EnergyWindow(energy: $0, bound: .joules(0.5) ?? .zero, covered: .seconds(2), isComplete: true)
        }
        part.reason = reason
        return part
    }

    private func report(_ parts: [MeasureReport.Component]) -> MeasureReport {
        let span = CommandSpan(
            start: MonotonicInstant(nanoseconds: 0),
            end: MonotonicInstant(nanoseconds: 2_000_000_000),
            exitCode: 0
        )
        var report = MeasureReport(of: span, reason: "")
        report.reason = nil
        report.idleReason = nil
        report.components = parts
        report.total = .sum(parts.compactMap(\.window))
        return report
    }

    @Test func cardsOfOneNameAreToldApart() {
        let twins = report([component("H100", "GPU-1"), component("H100", "GPU-2"), component("EPYC", "0", .package)])
        let lines = twins.table.lines(width: nil)
        #expect(lines[1].hasPrefix("H100 GPU-1 ") && lines[2].hasPrefix("H100 GPU-2 ") && lines[3].hasPrefix("EPYC "))
        // One device of several domains is one.
        let one = report([component("H100", "GPU-1"), component("H100", "GPU-1", .cardPackage)])
        #expect(one.table.lines(width: nil)[1].hasPrefix("H100  "))
        #expect(one.table.lines(width: nil)[2].contains("pkg *"))
        #expect(one.notes.contains("* not in the total, as another sensor covers it."))
    }

    @Test func whatIsMissingTakesTheTotal() {
        let broken = report([component("A", "1"), component("B", "2", joules: nil, reason: "it was lost")])
        #expect(broken.notes.first == "No total, since a part of it is missing.")
        #expect(broken.notes.contains("B card was not measured: it was lost."))
        #expect(broken.notes.filter { $0.contains("doctor") }.count == 1)
        let cells = broken.table.lines(width: nil)[2].split(separator: " ").map(String.init)
        #expect(cells == ["B", "card", "-", "-", "-", "-"])
    }

    @Test(arguments: [20, 40, 60, 80, 120, 200])
    func thePageFits(_ width: Int) throws {
        let page = Page()
        let long = component("A card with a name that no one would print", "GPU-3fa85f64-5717-4562-b3fc-2c963f66afa6")
        try report([long, component("B", "2")]).print(to: page.output(width: width))
        #expect(page.lines.allSatisfy { DisplayText.width(of: $0) <= max(width, 57) })
    }

    @Test func aDriversWordsCannotSpeakToTheTerminal() throws {
        let page = Page()
        let evil = component("\u{1B}[2JX", "1", joules: nil, reason: "\u{1B}]0;owned\u{7}")
        try report([evil]).print(to: page.output(width: 80))
        #expect(!page.text.contains("\u{1B}") && !page.text.contains("\u{7}"))
    }

    @Test func aGuessIsCalledOne() {
        var guess = report([component("CPU", "0", .package)])
        guess.method = .estimated
        #expect(guess.notes.contains { $0.hasPrefix("Estimated from how busy the processors were") })
    }
}
