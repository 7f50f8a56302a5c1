// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Logging
import TelemetryCore
import TelemetryProxy
import TelemetryRecording
import TelemetryTesting
import Testing

@testable import InferometerCommands

@Suite struct StoreSinkTroubleTests {
    private let clock = ManualClock()

    private func sink(_ database: String) async throws -> StoreSink {
        let settings = try await Settings(environment: [:], file: nil)
        let options = try ServeOptions.parse(["--database", database, "--durability", "full"])
        let plan = try ServePlan(options: options, settings: settings, environment: [:])
        return StoreSink(plan: plan, clock: clock.clock, logger: .silent)
    }

    @Test func whatCannotBeOpenedIsCountedAndTriedAgain() async throws {
        let world = try CommandWorld()
        // A folder stands where the database should be.
        try world.scratch.makeDirectory("x.db")
        let sink = try await sink(world.path("x.db"))
        sink.record(ExampleRecords.full(1))
        #expect(sink.failures == 1)
        world.scratch.remove("x.db")
        clock.advance(by: .milliseconds(9_999))
        sink.record(ExampleRecords.full(2))
        #expect(sink.failures == 2)
        clock.advance(by: .milliseconds(1))
        sink.record(ExampleRecords.full(3))
        #expect(sink.failures == 2)
        await sink.close()
        let left = try await world.run("list", "--json", "--database", world.path("x.db")).array()
        #expect(left.map { $0["record_id"] as? String } == [ExampleRecords.full(3).id.description])
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

@Suite struct LocalAddressesTests {
    private let addresses = LocalAddresses(["192.0.2.7", "box", "box.local", "2001:db8::1", "fe80::1"])

    @Test(arguments: [
        "localhost", "LOCALHOST", "a.localhost", "127.0.0.1", "127.255.0.9", "127.1", "::1", "0:0:0:0:0:0:0:1",
        "::ffff:127.0.0.1", "0.0.0.0", "::", "192.0.2.7", "box", "BOX.local", "2001:db8::1", "2001:0DB8:0:0::1",
    ])
    func thisMachine(_ host: String) {
        #expect(addresses.contain(host))
    }

    /// Only what is this machine's is billed its energy, and costs nothing.
    @Test(arguments: [
        "192.0.2.8", "gpu1", "box.example.com", "localhost.example.com", "mylocalhost", "127.example.com",
        "127.0.0.1.nip.io",
        "2001:db8::2", "", "128.0.0.1", "api.openai.com",
    ])
    func anotherMachine(_ host: String) {
        #expect(!addresses.contain(host))
    }

    @Test func theSystemIsAskedForItsOwn() {
        let own = LocalAddresses.ofThisMachine()
        #expect(own.contain("127.0.0.1") && !own.contain("192.0.2.250"))
    }
}

@Suite struct PriceSourcesTests {
    @Test func aPersonsListComesFirstAndTheUpstreamTellsTheSeller() throws {
        let world = try CommandWorld()
        let file = try world.file(
            "prices/own.json",
            #"{"gpt-4o": {"litellm_provider": "openai", "input_cost_per_token": 1, "output_cost_per_token": 2}}"#
        )
        let upstream = try UpstreamConfiguration(name: "hosted", url: "https://api.openai.com", kind: .openAI)
        let price = try PriceSources(file: file).source(upstreams: [upstream])
        var identity = CallIdentity()
        identity.engine = .openAI
        identity.upstream = "hosted"
        identity.model = "gpt-4o"
        var usage = TokenUsage(source: .usage)
        usage.prompt = 10
        usage.completion = 5
        let own = price(identity, usage)
        #expect(own.costUSD == 20 && own.source?.contains("own.json") == true)
        let bundled = try PriceSources(file: nil).source(upstreams: [upstream])(identity, usage)
        #expect(bundled.costUSD.map { $0 > 0 && $0 < 1 } == true && bundled.source != own.source)
        identity.model = "no-such-model"
        #expect(price(identity, usage).costUSD == nil)
        identity.engine = .vllm
        #expect(price(identity, usage).costUSD == 0 && price(identity, usage).source == "local")
    }

    @Test(arguments: ["[]", "{", "7", #"{"a": 5}"#, ""])
    func whatIsNoListIsMisuse(_ text: String) throws {
        let file = try CommandWorld().file("prices.json", text)
        #expect {
            _ = try PriceSources(file: file)
        } throws: { "\($0)".contains("prices.json") }
    }
}
