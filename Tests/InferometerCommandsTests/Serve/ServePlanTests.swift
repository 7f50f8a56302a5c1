// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Testing

@testable import InferometerCommands

@Suite struct ServePlanTests {
    @Test func defaultsAreLocal() async throws {
        let plan = try await plan([], environment: ["HOME": "/home/x"])
        #expect(plan.listen == ListenAddress(host: "127.0.0.1", port: 4_242))
        #expect(plan.upstreams.isEmpty && !plan.isSimulating && !plan.observeOnly)
        #expect(plan.grace == .seconds(10))
        #expect(plan.durability == .normal)
        #expect(plan.database == DataDirectory.database(environment: ["HOME": "/home/x"]))
    }

    @Test func optionsWinOverTheEnvironment() async throws {
        let environment = [
            "INFEROMETER_LISTEN": "127.0.0.1:1", "INFEROMETER_DATABASE": "/env.db",
            "INFEROMETER_UPSTREAM": "http://env:1",
            "INFEROMETER_GRACE": "3",
        ]
        let plan = try await plan(["--listen", "[::1]:0", "--upstream", "a=http://h:1"], environment: environment)
        #expect(plan.listen == ListenAddress(host: "::1", port: 0))
        #expect(plan.upstreams.map(\.name) == ["a"])
        #expect(plan.database == "/env.db")
        #expect(plan.grace == .seconds(3))
    }

    @Test func simulatedCallsHaveADatabaseOfTheirOwn() async throws {
        let environment = ["XDG_DATA_HOME": "/data"]
        #expect(try await plan(["--simulate"], environment: environment).database == "/data/inferometer/simulated.db")
        #expect(try await plan(["--simulate", "--database", "x.db"], environment: environment).database == "x.db")
        let both = ["--simulate", "--upstream", "http://h:1"]
        #expect(try await plan(both, environment: environment).database == "/data/inferometer/telemetry.db")
    }

    @Test(arguments: [
        ["--upstream", "http://a:1", "--upstream", "http://b:2"],
        ["--upstream", "a=http://a:1", "--upstream", "a=http://b:2"],
    ])
    func namesMustTellUpstreamsApart(_ arguments: [String]) async {
        await #expect(throws: ValidationError.self) { try await plan(arguments, environment: [:]) }
    }

    @Test(arguments: [
        ["INFEROMETER_LISTEN": "nowhere"], ["INFEROMETER_GRACE": "-1"], ["INFEROMETER_LOG_LEVEL": "loud"],
        ["INFEROMETER_UPSTREAM": "ftp://x"], ["INFEROMETER_SIMULATE": "perhaps"],
    ])
    func aSettingThatCannotBeRightIsMisuse(_ environment: [String: String]) async {
        await #expect(throws: ValidationError.self) { try await plan([], environment: environment) }
    }

    @Test(arguments: [
        ["--listen", "x"], ["--grace", "-1"], ["--upstream", "ftp://x"], ["--durability", "some"],
        ["--log-level", "loud"],
    ])
    func anOptionThatCannotBeRightIsMisuse(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try ServeOptions.parse(arguments) }
    }

    private func plan(_ arguments: [String], environment: [String: String]) async throws -> ServePlan {
        let settings = try await Settings(environment: environment, file: nil)
        return try ServePlan(options: try ServeOptions.parse(arguments), settings: settings, environment: environment)
    }
}
