// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import EnergyMonitors

@Suite struct AppleRailTests {
    @Test(arguments: [
        ("CPU Energy", AppleRail.processor), ("DIE_0_CPU Energy", .processor), ("DIE_12_CPU Energy", .processor),
        ("GPU Energy", .graphics), ("ANE", .neuralEngine), ("ANE0", .neuralEngine), ("ANE0_1", .neuralEngine),
        ("DRAM", .memory), ("DRAM0_0", .memory), ("GPU SRAM", .graphicsMemory), ("GPU SRAM0_0", .graphicsMemory),
    ])
    func `Channels are told by their exact names`(name: String, rail: AppleRail) {
        #expect(AppleRail(channel: name) == rail)
    }

    @Test(arguments: [
        "", "ECPU", "PCPU0", "GPU0_0", "GPU", "CPU Energy 2", "PACC_0 CPU Energy", "DIE__CPU Energy",
        "DIE_x_CPU Energy",
        "ANE_SRAM", "ANEx", "ANE0_", "ANE0_1_2", "DRAM_BW", "DISP", "AMCC", "GPU CS Energy", "AVE", "cpu energy",
    ])
    func `Parts of a name are none`(name: String) {
        #expect(AppleRail(channel: name) == nil)
    }

    @Test(arguments: [
        ("nJ", CounterFormat.nanojoules), ("uJ", .microjoules), ("\u{00B5}J", .microjoules),
        ("\u{03BC}J", .microjoules),
        ("mJ", .millijoules), ("J", .joules), ("mJ  ", .millijoules),
    ])
    func `Units are the channel's own`(unit: String, format: CounterFormat) {
        #expect(AppleRail.format(unit: unit) == format)
    }

    @Test(arguments: ["", "mW", "kJ", "24Mticks", "MJ"]) func `Other units are refused`(unit: String) {
        #expect(AppleRail.format(unit: unit) == nil)
    }

    @Test func `Whole rails are read without their parts, parts where there is no whole`() {
        let names = [
            "CPU Energy", "DIE_0_CPU Energy", "GPU Energy", "GPU0_0", "ANE0_0", "ANE0_1", "DRAM", "DRAM0", "CPU Energy",
        ]
        let chosen = AppleChannel.chosen(of: names.map { ($0, "mJ") })
        #expect(chosen.map(\.name) == ["CPU Energy", "GPU Energy", "ANE0_0", "ANE0_1", "DRAM"])
        #expect(Set(chosen.map(\.channel)).count == 5)
    }

    @Test(arguments: [("Apple M4 Max", "M4 Max"), ("Apple M1", "M1"), ("VirtualApple", "VirtualApple"), ("", "")])
    func `A chip is called what the machine calls it`(brand: String, chip: String) {
        #expect(AppleDiscovery.chip(brand: brand) == chip)
    }
}

@Suite struct PublicationStampsTests {
    private let now = MonotonicInstant(nanoseconds: 10_000_000_000)

    private func entry(_ value: Int64, stamp: UInt64?) -> IOReportSession.Entry {
        IOReportSession.Entry(name: "CPU Energy", unit: "mJ", value: value, stamp: stamp)
    }

    @Test func `A stamp is so long ago`() {
        var stamps = PublicationStamps()
        let instant = stamps.instant(of: entry(1, stamp: 5), age: .milliseconds(1_500), now: now)
        #expect(instant == MonotonicInstant(nanoseconds: 8_500_000_000))
    }

    @Test func `No stamp is none, and does not spoil later ones`() {
        var stamps = PublicationStamps()
        #expect(stamps.instant(of: entry(1, stamp: nil), age: .zero, now: now) == nil)
        #expect(stamps.instant(of: entry(1, stamp: 5), age: .zero, now: now) == now)
    }

    @Test func `A stamp a little ahead is now, one far ahead is another clock's for good`() {
        var stamps = PublicationStamps()
        #expect(stamps.instant(of: entry(1, stamp: 5), age: .milliseconds(-900), now: now) == now)
        #expect(stamps.instant(of: entry(2, stamp: 6), age: .milliseconds(-1_100), now: now) == nil)
        #expect(stamps.instant(of: entry(3, stamp: 7), age: .zero, now: now) == nil)
    }

    @Test func `A stamp that stands while its value moves is distrusted for good`() {
        var stamps = PublicationStamps()
        #expect(stamps.instant(of: entry(1, stamp: 5), age: .zero, now: now) != nil)
        #expect(stamps.instant(of: entry(1, stamp: 5), age: .seconds(1), now: now) != nil)
        #expect(stamps.instant(of: entry(2, stamp: 5), age: .seconds(2), now: now) == nil)
        #expect(stamps.instant(of: entry(3, stamp: 9), age: .zero, now: now) == nil)
    }
}
