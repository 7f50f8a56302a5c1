// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import EnergyMonitors

/// A fake Mac, the monitor on top of it, and one clock for both.
struct AppleBench {
    let fake: FakeIOReport
    let monitor: AppleEnergyMonitor
    private let clock = ManualClock.atZero()

    init(_ script: String, missing: [String] = []) throws {
        fake = try FakeIOReport(script: "clock manual\n" + script, missing: missing)
        var access = HardwareAccess.nothing(clock: clock)
        access.appleLibraries = [fake.libraryPath]
        monitor = AppleEnergyMonitor(access: access)
    }

    func readings(at seconds: Double) -> [EnergyReading] {
        fake.setTime(seconds)
        clock.set(seconds)
        return monitor.readEnergy()
    }
}

@Suite struct AppleEnergyMonitorTests {
    /// Units as an M4 Max has them, among channels that repeat others in parts.
    private static let mac = """
        brand "Apple M4 Max"
        timebase numer=125 denom=3
        channel name="ECPU" unit=mJ
        power 0:3
        channel name="CPU Energy" unit=mJ start=500 batch_ms=2000
        power 0:10
        channel name="GPU Energy" unit=nJ start=7
        power 0:20
        channel name="GPU0_0" unit=mJ
        power 0:20
        channel name="ANE" unit="mJ " batch_ms=2000
        power 0:1
        channel name="DRAM" unit=uJ
        power 0:2
        channel name="GPU SRAM" unit=mJ
        power 0:0.5
        channel group="Other" name="CPU Energy" unit=mJ
        """

    @Test func `Each channel counts in its own unit`() throws {
        let bench = try AppleBench(Self.mac)
        #expect(bench.readings(at: 2).map(\.count) == [20_500, 40_000_000_007, 2_000, 4_000_000, 1_000])
        #expect(
            bench.monitor.sensors.map(\.format) == [
                .millijoules, .nanojoules, .millijoules, .microjoules, .millijoules,
            ]
        )
        #expect(bench.monitor.sensors.map(\.channel.domain) == [.package, .card, .ane, .dram, .rail])
        #expect(bench.monitor.sensors.map(\.isCounted) == [true, true, true, true, false])
        #expect(bench.monitor.chip == "M4 Max")
        #expect(Set(bench.monitor.sensors.map(\.deviceName)) == ["M4 Max"])
    }

    @Test func `Batches carry the time of their publication`() throws {
        let bench = try AppleBench(Self.mac)
        let readings = bench.readings(at: 5.5)
        #expect(readings.first?.count == 40_500)
        // A tick of this clock is 41.7 ns, so that is how exact a stamp is.
        let published = try #require(readings.first?.publishedAt)
        #expect(abs(published.nanoseconds - 4_000_000_000) < 100)
        #expect(readings[1].publishedAt?.nanoseconds == 5_500_000_000)
        #expect(bench.monitor.statuses.first?.reason?.contains("batches") == true)
    }

    @Test func `Mach time that stood still in a suspend is not mistaken`() throws {
        let bench = try AppleBench(Self.mac + "\nasleep from=10 until=3610")
        let published = try #require(bench.readings(at: 3_613.5).first?.publishedAt)
        #expect(abs(published.nanoseconds - 3_612_000_000_000) < 100)
    }

    @Test func `Only the channels that are read are subscribed, and nothing leaks`() throws {
        let bench = try AppleBench(Self.mac)
        _ = bench.readings(at: 1)
        let before = bench.fake.liveObjects
        for step in 0..<50 { _ = bench.readings(at: 1 + Double(step)) }
        #expect(bench.fake.liveObjects == before)
        #expect(bench.fake.sampleCount == 51)
        bench.monitor.close()
        bench.monitor.close()
        #expect(bench.readings(at: 60).compactMap(\.count) == [])
        // What the system handed back as subscribed stays: five channels of ten objects, the list and what holds it.
        #expect(bench.fake.liveObjects <= before)
        #expect(bench.fake.sampleCount == 51)
    }

    @Test func `Chips of several dies are summed over them`() throws {
        let bench = try AppleBench(
            """
            channel name="DIE_0_CPU Energy" unit=mJ
            power 0:10
            channel name="DIE_1_CPU Energy" unit=mJ
            power 0:4
            channel name="GPU Energy" unit=nJ
            """
        )
        #expect(bench.readings(at: 1).map(\.count) == [10_000, 4_000, 0])
        #expect(
            bench.monitor.sensors.map(\.channel.device.identifier) == [
                "apple-soc/DIE_0_CPU Energy", "apple-soc/DIE_1_CPU Energy", "apple-soc",
            ]
        )
        #expect(bench.monitor.sensors.map(\.isCounted) == [true, true, true])
    }

    @Test func `A channel in a unit that is none of energy is left out loudly`() throws {
        let bench = try AppleBench(
            "channel name=\"CPU Energy\" unit=mW\nchannel name=\"GPU Energy\" unit=nJ\npower 0:1"
        )
        #expect(bench.monitor.sensors.map(\.name) == ["GPU Energy"])
        let status = try #require(bench.monitor.statuses.first { !$0.works })
        #expect(status.name == "CPU Energy")
        #expect(status.reason?.contains("mW") == true)
    }

    @Test func `A processor that stands at 0 is not measured`() throws {
        let bench = try AppleBench("channel name=\"CPU Energy\" unit=mJ\nchannel name=\"GPU Energy\" unit=nJ")
        let readings = bench.readings(at: 5)
        #expect(readings[0].failure?.code == .unusable)
        #expect(readings[1].count == 0)
    }

    @Test func `Stamps that are missing or wrong are told from right ones`() throws {
        func stamp(_ kind: String) throws -> [Int64?] {
            let bench = try AppleBench(
                "channel name=\"CPU Energy\" unit=mJ start=1 batch_ms=1000 stamp=\(kind)\npower 0:1"
            )
            return [1.5, 2.5].map { bench.readings(at: $0).first?.publishedAt?.nanoseconds }
        }
        #expect(try stamp("right") == [1_000_000_000, 2_000_000_000])
        #expect(try stamp("none") == [nil, nil])
        #expect(try stamp("frozen") == [0, nil])
        #expect(try stamp("ahead") == [nil, nil])
    }

    @Test func `Samples that fail, channels that go and counters that restart`() throws {
        let bench = try AppleBench(
            """
            fail at=samples from=2 until=3
            channel name="CPU Energy" unit=mJ start=9000
            power 0:1
            reset at=5
            channel name="DRAM" unit=mJ
            power 0:1
            gone from=4
            """
        )
        #expect(bench.readings(at: 1).map(\.count) == [10_000, 1_000])
        #expect(bench.readings(at: 2.5).map(\.failure?.code) == [.failed, .failed])
        #expect(bench.readings(at: 4.5).map(\.failure?.code) == [nil, .lost])
        #expect(bench.readings(at: 7).map(\.count) == [2_000, nil])
    }

    @Test(arguments: [
        ("fail at=channels", "no energy channel"), ("fail at=subscription", "refuses the subscription"),
        ("", "no energy channel"),
    ])
    func `What does not start says why, and nothing is estimated`(script: String, reason: String) throws {
        let channel = script.isEmpty ? "" : "\nchannel name=\"CPU Energy\" unit=mJ"
        let bench = try AppleBench(script + channel)
        #expect(bench.monitor.sensors == [])
        #expect(bench.readings(at: 1) == [])
        let status = try #require(bench.monitor.statuses.first)
        #expect(!status.works)
        #expect(status.reason?.contains(reason) == true)
        #expect(status.reason?.contains("an estimate was not asked for") == true)
        #expect(bench.fake.liveObjects == 0)
    }

    @Test func `A system without IOReport, or with half of it, says so`() throws {
        let none = AppleEnergyMonitor(access: .nothing())
        #expect(none.chip == nil)
        #expect(none.statuses.first?.reason?.contains("only Apple's systems") == true)
        let half = try AppleBench(Self.mac, missing: ["IOReportCreateSamples"])
        #expect(half.monitor.statuses.map(\.reason) == ["IOReport lacks IOReportCreateSamples"])
        #expect(half.monitor.chip == "M4 Max")
    }
}
