// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import TelemetryTesting
import Testing

@testable import InferometerCommands

@Suite struct ExportImportTests {
    private static let records = [ExampleRecords.sparse(1), ExampleRecords.full(2), ExampleRecords.awkward(3)]

    private func filled() async throws -> CommandWorld {
        let world = try CommandWorld()
        try await world.fill(Self.records.reversed())
        return world
    }

    @Test func theOldestComesFirstInEveryFormat() async throws {
        let world = try await filled()
        let ids = Self.records.map(\.id.description)
        let array = try await world.run("export", "--format", "json").array()
        #expect(array.map { $0["record_id"] as? String } == ids)
        let lines = await world.run("export", "--format", "jsonl").lines
        #expect(lines.count == 4 && lines[3].isEmpty)
        for (line, id) in zip(lines, ids) { #expect(line.contains("\"record_id\":\"\(id)\"")) }
        let csv = await world.run("export", "--format", "csv").output.components(separatedBy: "\r\n")
        #expect(csv.count == 5 && csv[4].isEmpty)
        #expect(Set(csv[0].split(separator: ",").map(String.init)) == RecordKeys.all)
        for (line, id) in zip(csv.dropFirst(), ids) { #expect(line.hasPrefix(id + ",")) }
    }

    @Test func csvDoublesQuotesAndLeavesTheUnknownEmpty() async throws {
        let world = try await filled()
        let csv = await world.run("export", "--format", "csv").output.components(separatedBy: "\r\n")
        // Identity, time, two truths and metadata are all that the sparse one has.
        #expect(csv[1].filter { $0 == "," }.count == RecordKeys.all.count - 1)
        #expect(csv[1].split(separator: ",").count == 5)
        #expect(csv[3].contains("\"mödel \"\"3\"\", \\ 模型 🔋\n'; --\""))
        #expect(csv[3].contains(",0,") && csv[3].contains(",remote,"))
    }

    @Test func nothingIsStillADocument() async throws {
        let world = try CommandWorld()
        #expect(await world.run("export", "--format", "json").output == "[]\n")
        #expect(await world.run("export", "--format", "jsonl").output.isEmpty)
        #expect(await world.run("export", "--format", "csv").output.components(separatedBy: "\r\n").count == 2)
        #expect(!world.exists(world.database))
    }

    @Test func filtersAndTimesChoose() async throws {
        let world = try await filled()
        #expect(try await world.run("export", "--format", "json", "--outcome", "failed").array().count == 1)
        #expect(try await world.run("export", "--format", "json", "--until", "1764000000.002").array().count == 2)
        #expect(try await world.run("export", "--format", "json", "--agent", "agent 2").array().count == 1)
    }

    @Test func aFileIsItsOwnersAloneAndWhole() async throws {
        let world = try await filled()
        let path = try world.file("calls.json", "what was there before")
        let outcome = await world.run("export", "--format", "json", "--output", path)
        #expect(outcome.code == 0 && outcome.output.isEmpty)
        #expect(try world.text(of: path) == (await world.run("export", "--format", "json").output))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try names(in: world) == ["calls.json"])
    }

    @Test func whatCannotBeWrittenLeavesNothing() async throws {
        let world = try await filled()
        let missing = await world.run("export", "--format", "csv", "--output", world.path("no/such/folder/x.csv"))
        #expect(missing.code == 1 && missing.message.contains("Cannot write") && missing.message.contains("x.csv"))
        let folder = await world.run("export", "--format", "csv", "--output", world.scratch.path)
        #expect(folder.code == 1)
        #expect(try names(in: world).isEmpty)
    }

    @Test func anUnreadableDatabaseKeepsTheOldFile() async throws {
        let world = try CommandWorld()
        let path = try world.file("calls.json", "before")
        let foreign = try world.file("foreign.db", String(repeating: "no database ", count: 100))
        let outcome = await world.run("export", "--format", "json", "--output", path, "--database", foreign)
        #expect(outcome.code == 1 && outcome.message.contains(foreign))
        #expect(try world.text(of: path) == "before")
        #expect(try names(in: world).sorted() == ["calls.json", "foreign.db"])
    }

    @Test func theDatabaseItselfIsNeverWrittenOver() async throws {
        let world = try await filled()
        try world.scratch.link("alias.db", to: world.database)
        for output in [world.database, world.path("alias.db"), world.database + "-wal"] {
            let outcome = await world.run("export", "--format", "csv", "--output", output)
            #expect(outcome.code == 64 && outcome.message.contains("database"), "\(output)")
        }
        #expect(try await world.run("list", "--json").array().count == 3)
    }

    @Test func somethingThatIsNoFileIsWrittenAsItStands() async throws {
        let world = try await filled()
        #expect(await world.run("export", "--format", "csv", "--output", "/dev/null").code == 0)
        #expect(world.exists("/dev/null"))
    }

    @Test func whatWasExportedIsImportedOnce() async throws {
        let world = try await filled()
        let path = world.path("calls.jsonl")
        #expect(await world.run("export", "--format", "jsonl", "--output", path).code == 0)
        let other = world.path("deep/er/other.db")
        #expect(await world.run("import", path, "--database", other).output == "added 3, skipped 0, refused 0\n")
        #expect(await world.run("import", path, "--database", other).output == "added 0, skipped 3, refused 0\n")
        let again = await world.run("export", "--format", "jsonl", "--database", other).output
        #expect(again == (try world.text(of: path)))
        // Into the very store that it came from nothing is added either.
        #expect(await world.run("import", path).output == "added 0, skipped 3, refused 0\n")
    }

    @Test func aRowOfAnotherProgramIsReadByItsColumns() async throws {
        let world = try CommandWorld()
        let row =
            #"{"timestamp":1764000000.5,"model_id":"m","prompt_tokens":7,"completion_tokens":5,"latency_seconds":2,"energy_joules":0,"total_tokens":0}"#
        let path = try world.file("rows.jsonl", "\u{FEFF}\(row)\r\n\r\n  \n\(row)")
        #expect(await world.run("import", path).output == "added 2, skipped 0, refused 0\n")
        #expect(await world.run("import", path).output == "added 0, skipped 2, refused 0\n")
        let records = try await world.run("list", "--json").array()
        #expect(records.count == 2)
        for record in records {
            #expect(record["energy_joules"] is NSNull && record["total_tokens"] as? Int == 12)
            #expect(record["outcome"] is NSNull && record["operation"] is NSNull && record["upstream"] is NSNull)
            #expect(record["throughput_tok_per_sec"] as? Double == 2.5)
        }
    }

    @Test func refusedLinesMakeItAFailureAndTheOthersStay() async throws {
        let world = try CommandWorld()
        let path = try world.file("rows.jsonl", "{\"timestamp\":1,\"model_id\":\"m\"}\n[]\n{\"model_id\":\"m\"}\n")
        let outcome = await world.run("import", path)
        #expect(outcome.code == 1 && outcome.output == "added 1, skipped 0, refused 2\n")
        #expect(try await world.run("list", "--json").array().count == 1)
    }

    @Test func whatIsNotThereIsSaidAndNothingIsMade() async throws {
        let world = try CommandWorld()
        let missing = await world.run("import", world.path("none.jsonl"))
        #expect(missing.code == 1 && missing.message.contains("none.jsonl"))
        #expect(!world.exists(world.database))
        let folder = await world.run("import", world.scratch.path)
        #expect(folder.code == 1 && !folder.message.isEmpty)
    }

    private func names(in world: CommandWorld) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: world.scratch.path).filter { !$0.hasPrefix(".") }
    }
}
