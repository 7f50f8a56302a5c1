// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Logging
import TelemetryCore
import TelemetryRecording
import TelemetryStorage
import TelemetryTesting
import Testing

@testable import InferometerCommands

/// The sink of the proxy, over a real database.
@Suite struct StoreSinkTests {
    private let clock = ManualClock(wall: WallTime(microsecondsSinceEpoch: 1_800_000_000_000_000))

    private func sink(_ path: String) async throws -> StoreSink {
        let environment = ["HOME": "/nowhere"]
        let settings = try await Settings(environment: environment, file: nil)
        let options = try ServeOptions.parse(["--database", path])
        let plan = try ServePlan(options: options, settings: settings, environment: environment)
        return StoreSink(
            plan: plan,
            clock: clock.clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private func kept(_ path: String) async throws -> [TelemetryRecord] {
        let aggregator = TelemetryAggregator(path: path)
        defer { aggregator.close() }
        return try await aggregator.recentRecords(limit: 10_000)
    }

    @Test(.timeLimit(.minutes(1)))
    func itIsASinkAsThirdPartiesAreHeldTo() async throws {
        let path = try ScratchDirectory().path + "/telemetry.db"
        let sink = try await sink(path)
        let found = await RecordSinkConformance.check(sink) {
            await sink.close()
            return try await kept(path)
        }
        #expect(found == [])
        #expect(sink.failures == 0)
    }

    @Test(.timeLimit(.minutes(1)))
    func recordsAfterTheCloseAreCountedAsLost() async throws {
        let path = try ScratchDirectory().path + "/telemetry.db"
        let sink = try await sink(path)
        sink.record(ExampleRecords.full(1))
        await sink.close()
        sink.record(ExampleRecords.full(2))
        sink.record(ExampleRecords.sparse(3))
        #expect(sink.failures == 2)
        await sink.close()
        #expect(try await kept(path).map(\.id) == [ExampleRecords.full(1).id])
    }

    /// A database that cannot be opened fails nobody: calls are counted as lost, and opening is tried again in time.
    @Test(.timeLimit(.minutes(1)))
    func aDatabaseThatComesBackIsOpenedAgain() async throws {
        let folder = try ScratchDirectory()
        try folder.write("no folder", to: "data")
        let path = folder.path + "/data/telemetry.db"
        let sink = try await sink(path)
        sink.record(ExampleRecords.full(1))
        #expect(sink.failures == 1)
        folder.remove("data")
        clock.advance(by: .seconds(9))
        sink.record(ExampleRecords.full(2))
        #expect(sink.failures == 2, "tried again too early")
        clock.advance(by: .seconds(2))
        sink.record(ExampleRecords.full(3))
        sink.record(ExampleRecords.full(4))
        #expect(sink.failures == 2)
        await sink.close()
        #expect(Set(try await kept(path).map(\.id)) == [ExampleRecords.full(3).id, ExampleRecords.full(4).id])
    }

    @Test(.timeLimit(.minutes(1)))
    func energyThatComesLaterCompletesItsRecordOnce() async throws {
        let path = try ScratchDirectory().path + "/telemetry.db"
        let sink = try await sink(path)
        var waiting = TelemetryRecord(id: RecordID(at: clock.clock.wall()), timestamp: clock.clock.wall())
        waiting.energy = .pending
        sink.record(waiting)
        for joules in [5.0, 9] {
            var energy = CallEnergy()
            energy.total = .joules(joules)
            sink.complete(MeteredCall(id: waiting.id, energy: energy), price: CallPrice())
        }
        var stranger = CallEnergy()
        stranger.total = .joules(1)
        sink.complete(MeteredCall(id: RecordID(high: 1, low: 1), energy: stranger), price: CallPrice())
        await sink.close()
        let records = try await kept(path)
        #expect(records.map(\.id) == [waiting.id] && records.first?.energy.total == .joules(5))
    }

    @Test(.timeLimit(.minutes(1)))
    func whatStillWaitsIsMadeFinalWithItsReason() async throws {
        let path = try ScratchDirectory().path + "/telemetry.db"
        let sink = try await sink(path)
        var waiting = TelemetryRecord(id: RecordID(at: clock.clock.wall()), timestamp: clock.clock.wall())
        waiting.energy = .pending
        sink.record(waiting)
        await sink.finalizePending(reason: "the proxy stopped")
        await sink.close()
        let record = try #require(try await kept(path).first)
        #expect(record.energy.reason == "the proxy stopped" && record.energy.total == nil)
    }

    /// A foreign file is not altered by a byte, and the calls go on.
    @Test(.timeLimit(.minutes(1)))
    func aFileThatIsNotOursStaysAsItIs() async throws {
        let folder = try ScratchDirectory()
        try folder.write("SQLite format 3 is what this is not", to: "telemetry.db")
        let path = folder.path + "/telemetry.db"
        let sink = try await sink(path)
        sink.record(ExampleRecords.full(1))
        await sink.finalizePending(reason: "x")
        await sink.close()
        #expect(sink.failures == 1)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "SQLite format 3 is what this is not")
    }

    @Test func aDatabaseThatStaysBrokenIsNotAskedWithEveryCall() async throws {
        let world = try CommandWorld()
        try world.scratch.makeDirectory("x.db")
        let sink = try await sink(world.path("x.db"))
        clock.advance(by: .seconds(10))
        sink.record(ExampleRecords.full(1))
        world.scratch.remove("x.db")
        // It was tried just now: the next try is ten seconds away again.
        sink.record(ExampleRecords.full(2))
        #expect(sink.failures == 2)
        await sink.close()
        #expect(!world.exists(world.path("x.db")))
    }

    @Test func energyArrivesLaterWithItsPrice() async throws {
        let world = try CommandWorld()
        let sink = try await sink(world.database)
        for number in 1...2 {
            var record = ExampleRecords.full(number)
            record.energy = .pending
            sink.record(record)
        }
        var energy = CallEnergy()
        energy.total = .joules(360)
        var price = CallPrice()
        price.electricityCost = 0.03
        sink.complete(MeteredCall(id: ExampleRecords.full(1).id, energy: energy), price: price)
        await sink.finalizePending(reason: "stopped")
        await sink.close()
        let records = try await world.run("list", "--json").array()
        #expect(records[1]["energy_joules"] as? Double == 360 && records[1]["electricity_cost"] as? Double == 0.03)
        #expect(records[1]["cost_usd"] as? Double == 0)
        #expect(records[0]["energy_joules"] is NSNull && records[0]["energy_reason"] as? String == "stopped")
    }
}
