// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import TelemetryTesting
import Testing

@testable import InferometerCommands

@Suite struct RemovalTests {
    /// Calls of three hours: 2, 1 and 0 hours before this world's own.
    private func filled() async throws -> CommandWorld {
        let world = try CommandWorld()
        var records = (0..<6).map(ExampleRecords.full)
        for index in records.indices {
            records[index].timestamp = records[index].timestamp.advanced(by: .seconds(-3_600 * (index / 2)))
        }
        try await world.fill(records)
        return world
    }

    private func count(_ world: CommandWorld) async throws -> Int {
        try await world.run("list", "--json").array().count
    }

    @Test(arguments: [["clear"], ["prune", "--older-than", "1h"], ["prune", "--max-size", "1"]])
    func whereNobodyCanBeAskedNothingIsRemoved(_ arguments: [String]) async throws {
        let world = try await filled()
        let outcome = await world.run(arguments)
        #expect(outcome.code == 64 && outcome.output.isEmpty)
        #expect(outcome.message.contains("--yes") && outcome.message.contains(world.database))
        #expect(try await count(world) == 6)
    }

    @Test func theQuestionSaysHowMany() async throws {
        let outcome = try await filled().run("clear")
        #expect(outcome.message.contains("Remove all 6 calls in "))
    }

    @Test func clearRemovesRowsAndSummaries() async throws {
        let world = try await filled()
        #expect(await world.run("clear", "--yes").output == "removed 6 calls\n")
        #expect(try await count(world) == 0)
        #expect(try await world.run("stats", "--json").object()["total_calls"] as? Int == 0)
        #expect(await world.run("clear", "--yes").output == "removed 0 calls\n")
    }

    @Test func wholeHoursGoAndTheirSummariesStay() async throws {
        let world = try await filled()
        // The bound lies inside the hour before, which is kept whole.
        let pruned = await world.run("prune", "--older-than", "30m", "--yes")
        #expect(pruned.code == 0 && pruned.output.hasPrefix("removed 2 calls; the file takes "))
        #expect(try await count(world) == 4)
        let stats = try await world.run("stats", "--json").object()
        #expect(stats["total_calls"] as? Int == 6 && stats["rows_pruned"] as? Bool == true)
        let page = await world.run("stats", "--since", "2025-11-24T14:30:00Z").output
        #expect(page.contains("pruned"))
    }

    @Test func summariesGoWhenToldTo() async throws {
        let world = try await filled()
        let pruned = await world.run("prune", "--older-than", "30m", "--rollups", "--yes")
        #expect(pruned.output.hasPrefix("removed 2 calls and ") && pruned.output.contains("summaries; the file takes"))
        #expect(try await world.run("stats", "--json").object()["total_calls"] as? Int == 4)
    }

    @Test func anAgeThatNothingHasRemovesNothing() async throws {
        let world = try await filled()
        let pruned = await world.run("prune", "--older-than", "3h", "--max-size", "1TB", "--yes")
        #expect(pruned.output.hasPrefix("removed 0 calls; "))
        #expect(try await count(world) == 6)
    }

    @Test func aSizeThatCannotBeReachedRemovesAllAndSaysSo() async throws {
        let world = try await filled()
        let pruned = await world.run("prune", "--max-size", "0", "--yes")
        #expect(pruned.code == 0 && pruned.output.hasPrefix("removed 6 calls; the file takes "))
        #expect(try await count(world) == 0)
    }

    @Test func aDatabaseThatIsNotThereIsNotMade() async throws {
        let world = try CommandWorld()
        for arguments in [["clear", "--yes"], ["prune", "--older-than", "1d", "--yes"]] {
            let outcome = await world.run(arguments)
            #expect(outcome.code == 0 && outcome.output == "removed 0 calls\n")
        }
        #expect(!world.exists(world.database))
    }

    @Test(arguments: [["clear", "--yes"], ["prune", "--older-than", "1d", "--yes"]])
    func whatIsNotOursIsNotTouched(_ arguments: [String]) async throws {
        let world = try CommandWorld()
        let text = String(repeating: "nothing of ours\n", count: 300)
        let path = try world.file("notes.txt", text)
        let outcome = await world.run(arguments + ["--database", path])
        #expect(outcome.code == 1 && outcome.message.contains(path))
        #expect(try world.text(of: path) == text)
        #expect(!world.exists(path + "-wal"))
    }
}
