// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Logging
import TelemetryCore
import TelemetryProxy
import Testing

@testable import InferometerCommands

/// Each setting can be said in three places, and the nearest wins.
@Suite struct PrecedenceTests {
    /// One setting: how it is said by option, environment and file, and what the plan then has.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var option: [String]
        var variable: String
        var json: String
        /// What the plan has if the option, the environment or the file said it, or nobody did.
        var values: (option: String, environment: String, file: String, none: String)
        var read: @Sendable (ServePlan) -> String
        var testDescription: String { name }
    }

    private static let cases: [Case] = [
        Case(
            name: "listen",
            option: ["--listen", "127.0.0.1:1"],
            variable: "2",
            json: "3",
            values: ("127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3", "127.0.0.1:4242"),
            read: { $0.listen.authority }
        ),
        Case(
            name: "upstream",
            option: ["--upstream", "a=http://h:1"],
            variable: "http://h:2",
            json: #"["http://h:3"]"#,
            values: ("http://h:1", "http://h:2", "http://h:3", ""),
            read: { $0.upstreams.map(\.address.url).joined(separator: " ") }
        ),
        Case(
            name: "grace",
            option: ["--grace", "1"],
            variable: "2m",
            json: "2.5",
            values: ("1.0 seconds", "120.0 seconds", "2.5 seconds", "10.0 seconds"),
            read: { "\($0.grace)" }
        ),
        Case(
            name: "allow-host",
            option: ["--allow-host", "a", "--allow-host", "b"],
            variable: "c,d",
            json: #"["e"]"#,
            values: ("a b", "c d", "e", ""),
            read: { $0.allowedHosts.joined(separator: " ") }
        ),
        Case(
            name: "prices",
            option: ["--prices", "a.json"],
            variable: "b.json",
            json: #""c.json""#,
            values: ("a.json", "b.json", "c.json", "-"),
            read: { $0.pricesFile ?? "-" }
        ),
        Case(
            name: "durability",
            option: ["--durability", "normal"],
            variable: "full",
            json: #""full""#,
            values: ("normal", "full", "full", "normal"),
            read: { $0.durability.rawValue }
        ),
        Case(
            name: "log-level",
            option: ["--log-level", "debug"],
            variable: "ERROR",
            json: #""trace""#,
            values: ("debug", "error", "trace", "notice"),
            read: { $0.logLevel.rawValue }
        ),
        Case(
            name: "database",
            option: ["--database", "a.db"],
            variable: "b.db",
            json: #""c.db""#,
            values: ("a.db", "b.db", "c.db", "/data/inferometer/telemetry.db"),
            read: { $0.database }
        ),
        Case(
            name: "idle",
            option: ["--idle", "amortised"],
            variable: "excluded",
            json: #""excluded""#,
            values: ("amortised", "excluded", "excluded", "amortised"),
            read: { "\($0.energy.idlePolicy)" }
        ),
        Case(
            name: "electricity",
            option: ["--electricity", "1EUR/kWh"],
            variable: "2/kWh",
            json: #"".5 ct/KWH""#,
            values: ("1.0", "2.0", "0.5", "-"),
            read: { $0.energy.electricity.map { "\($0.amount)" } ?? "-" }
        ),
        Case(
            name: "carbon",
            option: ["--carbon", "1g/kWh"],
            variable: "2g/kWh",
            json: #""3/kwh""#,
            values: ("1.0", "2.0", "3.0", "-"),
            read: { $0.energy.carbon.map { "\($0.amount)" } ?? "-" }
        ),
        Case(
            name: "slots",
            option: ["--slots", "a=1"],
            variable: "a=2,b=3",
            json: #"["a=4"]"#,
            values: ("a=1", "a=2 b=3", "a=4", ""),
            read: { plan in
                plan.energy.slots.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            }
        ),
    ]

    @Test(arguments: cases)
    func theNearestWins(_ setting: Case) async throws {
        let (none, file) = (String?.none, "{\"\(setting.name)\": \(setting.json)}")
        #expect(try await read(setting, option: true, environment: true, file: file) == setting.values.option)
        #expect(try await read(setting, option: true, environment: false, file: none) == setting.values.option)
        #expect(try await read(setting, option: false, environment: true, file: file) == setting.values.environment)
        #expect(try await read(setting, option: false, environment: false, file: file) == setting.values.file)
        #expect(try await read(setting, option: false, environment: false, file: none) == setting.values.none)
    }

    @Test(arguments: ["simulate", "observe-only", "no-energy", "estimate"], ["true", "false", "1", "0", "yes", "no"])
    func truthIsSaidInTheEnvironmentToo(_ name: String, _ word: String) async throws {
        let said = ["true", "1", "yes"].contains(word)
        let plan = try await plan([], [variable(name): word], "{\"\(name)\": \(!said)}")
        #expect(truth(plan, name) == said)
        // There is no option that says no: an option can only say yes.
        #expect(truth(try await self.plan(["--\(name)"], [variable(name): word], nil), name))
        #expect(truth(try await self.plan([], [:], "{\"\(name)\": \(said)}"), name) == said)
        #expect(!truth(try await self.plan([], [:], nil), name))
    }

    @Test(arguments: Settings.keys.sorted())
    func everyKeyOfTheFileIsAnOption(_ key: String) {
        #expect(ServeCommand.helpMessage(columns: 400).contains("--\(key) ") || key == "config")
    }

    @Test(arguments: [
        (#"{"listen": true}"#, "'listen' must be a text"), (#"{"simulate": 1}"#, "'simulate' must be true or false"),
        (#"{"database": true}"#, "'database' must be a text"),
        (#"{"listen": {"port": 1}}"#, "'listen'"),
        (#"{"listen": []}"#, "'listen'"), (#"{"upstream": [1, 2]}"#, "'upstream' must be a text or a list of texts"),
        (#"{"upstream": {"a": "http://h:1"}}"#, "'upstream'"),
        (#"{"simulate": "maybe"}"#, "'simulate' must be true or false"),
        (#"{"grace": "soon"}"#, "'grace' cannot be 'soon'"),
        (#"{"grace": -1}"#, "'grace' cannot be '-1'"), (#"{"idle": "maybe"}"#, "'idle' cannot be 'maybe'"),
        (#"{"slots": ["a=1", "b"]}"#, "'slots' cannot be 'b'"), (#"{"Listen": 1}"#, "unknown key 'Listen'"),
        (#"{"since": "1h"}"#, "unknown key 'since'"), (#"{"database": ""}"#, "database"),
        (#"{"listen": null}"#, "'listen'"),
        (#"{"upstream": ["a=http://h:1", "a=http://h:2"]}"#, "Two upstreams are called 'a'"),
        (#"{"listen": 1"#, "no JSON object"), ("[]", "no JSON object"), ("", "no JSON object"), ("7", "no JSON object"),
    ])
    func aFileThatCannotBeRightIsMisuse(_ text: String, _ says: String) async {
        await #expect {
            _ = try await plan([], [:], text)
        } throws: { error in
            error is ValidationError && "\(error)".contains(says)
        }
    }

    @Test func theSimulatedDatabaseIsTakenOnlyWhereNothingIsSaid() async throws {
        #expect(try await plan([], [:], #"{"simulate": true}"#).database == "/data/inferometer/simulated.db")
        let named = try await plan([], [:], #"{"simulate": true, "database": "x.db"}"#)
        #expect(named.database == "x.db")
        let beside = try await plan(["--upstream", "http://h:1"], [:], #"{"simulate": true}"#)
        #expect(beside.database == "/data/inferometer/telemetry.db")
    }

    @Test func anEngineMustBeThereForItsDevices() async throws {
        let arguments = ["--upstream", "a=http://h:1", "--upstream", "http://h:2/v1", "--simulate"]
        for engine in ["a", "h:2", "simulated"] {
            #expect(try await plan(arguments + ["--slots", "\(engine)=1"], [:], nil).energy.slots == [engine: 1])
        }
        await #expect {
            _ = try await plan(arguments + ["--devices", "b=GPU-1"], [:], nil)
        } throws: { error in
            "\(error)" == "--devices names 'b', which is no upstream; there is 'a', 'h:2', 'simulated'."
        }
        // Engines that are looked for have names that are not known yet.
        #expect(try await plan(["--slots", "b=1"], [:], nil).energy.slots == ["b": 1])
    }

    private func read(_ setting: Case, option: Bool, environment: Bool, file: String?) async throws -> String {
        let variables = environment ? [variable(setting.name): setting.variable] : [:]
        return setting.read(try await plan(option ? setting.option : [], variables, file))
    }

    private func variable(_ name: String) -> String {
        "INFEROMETER_" + name.uppercased().replacing("-", with: "_")
    }

    private func truth(_ plan: ServePlan, _ name: String) -> Bool {
        switch name {
        case "simulate": plan.isSimulating
        case "observe-only": plan.observeOnly
        case "no-energy": !plan.energy.isMetered
        default: plan.energy.isEstimated
        }
    }

    /// The plan of a `serve` with this command line, environment and file.
    private func plan(
        _ arguments: [String],
        _ environment: [String: String],
        _ file: String?
    ) async throws -> ServePlan {
        var world = try CommandWorld()
        world.environment = environment.merging(["XDG_DATA_HOME": "/data"]) { own, _ in own }
        let config = try file.map { ["--config", try world.file("config.json", $0)] } ?? []
        let options = try ServeOptions.parse(arguments + config)
        let settings = try await options.store.settings(world.context())
        return try ServePlan(options: options, settings: settings, environment: world.environment)
    }
}

@Suite struct StorePathTests {
    @Test func optionThenEnvironmentThenFileThenTheUsualPlace() async throws {
        var world = try CommandWorld()
        let config = try world.file("config.json", #"{"database": "/file.db", "listen": "1"}"#)
        #expect(try await path(world) == world.path(".local/share/inferometer/telemetry.db"))
        #expect(try await path(world, "--config", config) == "/file.db")
        world.environment["INFEROMETER_DATABASE"] = "/environment.db"
        #expect(try await path(world, "--config", config) == "/environment.db")
        #expect(try await path(world, "--config", config, "--database", "option.db") == "option.db")
        world.environment["INFEROMETER_DATABASE"] = ""
        #expect(try await path(world, "--config", config) == "/file.db")
    }

    #if os(Linux)
    @Test func theDataDirectoryFollowsXDG() {
        func place(_ environment: [String: String]) -> String { DataDirectory.database(environment: environment) }
        #expect(place(["HOME": "/h"]) == "/h/.local/share/inferometer/telemetry.db")
        #expect(place(["HOME": "/h", "XDG_DATA_HOME": "/d"]) == "/d/inferometer/telemetry.db")
        // Relative paths are to be ignored, and so is an empty one.
        #expect(place(["HOME": "/h", "XDG_DATA_HOME": "d"]) == "/h/.local/share/inferometer/telemetry.db")
        #expect(place(["HOME": "/h", "XDG_DATA_HOME": ""]) == "/h/.local/share/inferometer/telemetry.db")
        #expect(place([:]) == "./.local/share/inferometer/telemetry.db")
        #expect(place(["HOME": ""]) == "./.local/share/inferometer/telemetry.db")
        #expect(DataDirectory.simulatedDatabase(environment: ["XDG_DATA_HOME": "/d"]) == "/d/inferometer/simulated.db")
    }
    #endif

    @Test func aSettingThatIsNoPathIsMisuse() async throws {
        let world = try CommandWorld()
        for text in [#"{"database": ["a"]}"#, #"{"databas": "x"}"#, #"{"database": ""}"#] {
            let config = try world.file("config.json", text)
            await #expect(throws: ValidationError.self, "\(text)") { try await path(world, "--config", config) }
        }
    }

    private func path(_ world: CommandWorld, _ arguments: String...) async throws -> String {
        try await StoreOptions.parse(arguments).databasePath(world.context())
    }
}
