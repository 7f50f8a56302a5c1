// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import InferometerCommands

@Suite struct MeasurePlanTests {
    @Test func theObjectGoesWhereItIsAskedFor() throws {
        #expect(try MeasurePlan(command: ["true"]).document == .none)
        #expect(try MeasurePlan(command: ["true"], json: true).document == .standardOutput)
        #expect(try MeasurePlan(command: ["true"], output: "a.json").document == .file("a.json"))
        #expect(try MeasurePlan(command: ["true"], json: true, output: "a.json").document == .file("a.json"))
    }

    @Test func nonsenseIsRefused() {
        #expect(throws: (any Error).self) { try MeasurePlan(command: []) }
        for interval in [0, -5, 60_001] {
            #expect(throws: (any Error).self) { try MeasurePlan(command: ["x"], intervalMilliseconds: interval) }
        }
        for baseline in [0, -1, 3_601, .nan, .infinity] {
            #expect(throws: (any Error).self) { try MeasurePlan(command: ["x"], baselineSeconds: baseline) }
        }
    }

    @Test func whatIsLeftOutIsTheSensorsOwnAffair() throws {
        let plan = try MeasurePlan(command: ["x"])
        #expect(plan.interval == nil && plan.baseline == nil && plan.trace == nil && plan.hardwareRoot == "/")
        let other = try MeasurePlan(
            command: ["x"],
            csv: "p.csv",
            intervalMilliseconds: 20,
            baselineSeconds: 2.5,
            environment: ["INFEROMETER_SYSFS_ROOT": "/tmp/machine"]
        )
        #expect(other.interval == .milliseconds(20) && other.baseline == .milliseconds(2_500))
        #expect(other.trace == "p.csv" && other.hardwareRoot == "/tmp/machine")
        #expect(try MeasurePlan(command: ["x"], environment: ["INFEROMETER_SYSFS_ROOT": ""]).hardwareRoot == "/")
    }

    @Test(arguments: [
        (Int32(0), CommandEnd.exited(0), Int32(0)), (3 << 8, .exited(3), 3), (255 << 8, .exited(255), 255),
        (15, .signalled(15), 143), (2, .signalled(2), 130), (0x80 | 11, .signalled(11), 139),
    ])
    func aWaitStatusIsReadAsAShellDoes(status: Int32, end: CommandEnd, code: Int32) {
        #expect(CommandEnd(waitStatus: status) == end)
        #expect(end.code == code)
    }

    @Test func aCommandThatCannotStartHasAShellsCode() {
        let missing = SpawnError(name: "x", number: 2, isMissing: true, words: "No such file")
        let forbidden = SpawnError(name: "x", number: 13, isMissing: false, words: "Permission denied")
        #expect(missing.code == 127 && forbidden.code == 126)
        #expect("\(missing)".contains("not found") && "\(forbidden)".contains("Permission denied"))
        #expect(ExecutablePath.find("/no/such/file") == "/no/such/file")
        #expect(ExecutablePath.find("sh")?.hasSuffix("/sh") == true)
        #expect(ExecutablePath.find("no-such-command-anywhere") == nil)
    }
}
