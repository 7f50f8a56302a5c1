// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import TelemetryCore
import Testing

@testable import InferometerCommands

@Suite struct EnergyPlanTests {
    @Test func byDefaultAllIsMeteredAndNothingGuessed() async throws {
        let plan = try await plan([])
        #expect(plan.isMetered && !plan.isEstimated)
        #expect(plan.devices.isEmpty && plan.slots.isEmpty)
        #expect(plan.idlePolicy == .amortised)
        #expect(plan.electricity == nil && plan.carbon == nil)
        #expect(plan.hardwareRoot == "/" && plan.lockFile == "/tmp/inferometer-meter.lock")
    }

    @Test func theEnvironmentSaysWhatOptionsCan() async throws {
        let plan = try await plan(
            [],
            environment: [
                "INFEROMETER_NO_ENERGY": "true", "INFEROMETER_ESTIMATE": "true",
                "INFEROMETER_DEVICES": "a=GPU-1,GPU-2,b=GPU-3", "INFEROMETER_SLOTS": "a=4,b=1",
                "INFEROMETER_IDLE": "excluded", "INFEROMETER_ELECTRICITY": "0.30EUR/kWh",
                "INFEROMETER_CARBON": "400g/kWh", "INFEROMETER_SYSFS_ROOT": "/tree", "INFEROMETER_METER_LOCK": "/lock",
            ]
        )
        #expect(!plan.isMetered && plan.isEstimated)
        #expect(plan.devices == ["a": ["GPU-1", "GPU-2"], "b": ["GPU-3"]])
        #expect(plan.slots == ["a": 4, "b": 1])
        #expect(plan.idlePolicy == .excluded)
        #expect(plan.electricity?.amount == 0.3 && plan.carbon?.amount == 400)
        #expect(plan.hardwareRoot == "/tree" && plan.lockFile == "/lock")
    }

    @Test func theFileSaysItToo() async throws {
        let text = """
            {"no-energy": false, "devices": ["a=GPU-1,GPU-2", "b=GPU-3"], "slots": "a=4", "idle": "excluded",
             "electricity": "0.1/kWh", "carbon": "5g/kWh", "estimate": true}
            """
        let plan = try await plan([], file: text)
        #expect(plan.isMetered && plan.isEstimated)
        #expect(plan.devices == ["a": ["GPU-1", "GPU-2"], "b": ["GPU-3"]])
        #expect(plan.slots == ["a": 4] && plan.idlePolicy == .excluded)
        #expect(plan.electricity?.amount == 0.1 && plan.carbon?.amount == 5)
    }

    @Test func optionsWinOverTheEnvironmentAndThatOverTheFile() async throws {
        let plan = try await plan(
            ["--slots", "a=1", "--idle", "amortised"],
            environment: ["INFEROMETER_SLOTS": "a=2", "INFEROMETER_IDLE": "excluded", "INFEROMETER_CARBON": "2g/kWh"],
            file: #"{"carbon": "3g/kWh", "electricity": "4/kWh"}"#
        )
        #expect(plan.slots == ["a": 1] && plan.idlePolicy == .amortised)
        #expect(plan.carbon?.amount == 2 && plan.electricity?.amount == 4)
    }

    @Test(arguments: [
        ["INFEROMETER_SLOTS": "a=0"], ["INFEROMETER_SLOTS": "4"], ["INFEROMETER_DEVICES": "GPU-1"],
        ["INFEROMETER_IDLE": "some"], ["INFEROMETER_CARBON": "400"], ["INFEROMETER_ELECTRICITY": "-1/kWh"],
        ["INFEROMETER_NO_ENERGY": "perhaps"],
    ])
    func whatCannotBeRightIsMisuse(_ environment: [String: String]) async {
        await #expect(throws: ValidationError.self) { try await plan([], environment: environment) }
    }

    /// Half a number is none: `0,30` must not become 0.
    @Test(arguments: [
        "0,30EUR/kWh", "1,000g/kWh", "1e3/kWh", "1.5E-3 g/kWh", "1.2.3/kWh", "1'000/kWh", "/kWh", "EUR/kWh", "5",
    ])
    func halfANumberIsNotTaken(_ text: String) {
        #expect(PerKilowattHour(argument: text) == nil)
    }

    @Test(arguments: [
        ("400g/kWh", 400.0), ("400/kWh", 400), ("400 gCO2e/kWh", 400), ("0.4kg/kWh", 400), ("0.4 kgCO2/kWh", 400),
        ("400000mg/kWh", 400), ("0g/kWh", 0),
    ])
    func carbonIsInGramsWhateverItsUnit(_ text: String, _ grams: Double) throws {
        let factor = try #require(PerKilowattHour(argument: text))
        #expect(abs(try #require(factor.grams(for: .joules(3_600_000))) - grams) < 1e-9)
        #expect(factor.grams(for: nil) == nil)
    }

    @Test func anEngineThatIsNotThereIsMisuse() async throws {
        let plan = try await plan(["--devices", "a=GPU-1", "--slots", "b=2"])
        try plan.check(engines: ["a", "b"])
        #expect {
            try plan.check(engines: ["a", "127.0.0.1:8080"])
        } throws: { error in
            "\(error)".contains("--slots names 'b'") && "\(error)".contains("'127.0.0.1:8080'")
        }
    }

    @Test func electricityAndCarbonFollowFromEnergy() async throws {
        let plan = try await plan(["--electricity", "0.36EUR/kWh", "--carbon", "360g/kWh"])
        var energy = CallEnergy()
        #expect(plan.price(of: energy).electricityCost == nil && plan.price(of: energy).carbonGrams == nil)
        energy.total = .joules(100)
        let price = plan.price(of: energy)
        #expect(abs(try #require(price.electricityCost) - 1e-5) < 1e-15)
        #expect(abs(try #require(price.carbonGrams) - 0.01) < 1e-12)
        #expect(price.costUSD == nil)
    }

    private func plan(
        _ arguments: [String],
        environment: [String: String] = [:],
        file: String? = nil
    ) async throws -> EnergyPlan {
        let path = FileManager.default.temporaryDirectory.appending(path: "plan-\(UUID().uuidString).json")
        if let file { try Data(file.utf8).write(to: path) }
        defer { try? FileManager.default.removeItem(at: path) }
        let settings = try await Settings(environment: environment, file: file == nil ? nil : path.path)
        let options = try EnergyOptions.parse(arguments)
        return try EnergyPlan(options: options, settings: settings, environment: environment)
    }
}
