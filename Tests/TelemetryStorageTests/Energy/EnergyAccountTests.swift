// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryStorage

@Suite struct EnergyAccountTests {
    private static let minute = Double(60 * 30_000_000)

    @Test func partsOfAMinuteAddUpWhicheverProcessTheyComeFrom() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        let first = try TelemetryStore.manual(path)
        let second = try TelemetryStore.manual(path)
        first.record([.part(at: Self.minute, attributed: 30, idle: 70)])
        try await first.flush()
        second.record([.part(at: Self.minute, attributed: 5, idle: 10, residual: -1)])
        second.record([.part(at: Self.minute, attributed: 1, foreign: 4)])
        try await second.close()
        try await first.close()
        let account = try #require(try await TelemetryAggregator(path: path).energyAccounts().only)
        #expect((account.vendor, account.device, account.domain) == ("nvidia", "GPU-1", "card"))
        #expect(account.measured == .nanojoules(119))
        #expect(account.attributed == .nanojoules(36))
        #expect(account.idle == .nanojoules(80))
        #expect(account.foreign == .nanojoules(4))
        #expect(account.residual == .nanojoules(-1))
        #expect(try PlainSQL.number("SELECT count(*) FROM energy_minute", in: path) == 1)
    }

    @Test func whatIsUnknownInAllPartsStaysUnknown() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        for _ in 0..<2 { store.record([.part(at: Self.minute, attributed: 100)]) }
        try await store.flush()
        let aggregator = TelemetryAggregator(path: directory.path())
        let account = try #require(try await aggregator.energyAccounts().only)
        #expect(account.idle == nil && account.foreign == nil)
        #expect(account.measured == .nanojoules(200) && account.attributed == .nanojoules(200))
        // A known nothing is not unknown.
        store.record([.part(at: Self.minute, attributed: 1, idle: 0, foreign: 0)])
        try await store.flush()
        let known = try #require(try await aggregator.energyAccounts().only)
        #expect(known.idle == .zero && known.foreign == .zero)
    }

    @Test func sumsPassTheRangeOfSixtyThreeBits() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        let large: Int64 = 5_000_000_000_000_000_000
        for hour in 0..<4 { store.record([.part(at: Double(hour) * 3_600, attributed: large - 7, idle: 7)]) }
        try await store.flush()
        let aggregator = TelemetryAggregator(path: directory.path())
        for range in [TimeRange.all, TimeRange(since: .seconds(0), until: .seconds(3 * 3_600 + 60))] {
            let account = try #require(try await aggregator.energyAccounts(in: range).only)
            #expect(account.measured.attojoules == Int128(large) * 4 * 1_000_000_000)
            #expect(account.idle == .nanojoules(28))
        }
    }

    @Test(
        arguments: [
            (nil, nil, [0, 1, 2, 3, 4, 5]),
            (60, nil, [1, 2, 3, 4, 5]),
            (60.5, nil, [2, 3, 4, 5]),
            (nil, 180, [0, 1, 2]),
            (nil, 179.99, [0, 1]),
            (60, 120, [1]),
            (61, 119, []),
            (120, 60, []),
        ] as [(Double?, Double?, [Int])]
    )
    func onlyMinutesThatLieInsideAsAWholeCount(_ since: Double?, _ until: Double?, _ minutes: [Int]) async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        for minute in 0..<6 { store.record([.part(at: Double(minute) * 60, attributed: 1 << minute)]) }
        try await store.flush()
        let range = TimeRange(since: since.map(WallTime.seconds), until: until.map(WallTime.seconds))
        let accounts = try await TelemetryAggregator(path: directory.path()).energyAccounts(in: range)
        let sum = minutes.reduce(Int64(0)) { $0 + 1 << Int64($1) }
        #expect(accounts.map(\.attributed) == (sum == 0 ? [] : [.nanojoules(sum)]))
    }

    /// Hours are written beside minutes: for any window the two must agree with the minutes alone, and with the law.
    @Test func anyWindowIsTheSumOfItsMinutes() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        var random = SeededGenerator(seed: 7)
        var parts: [MinuteAccount] = []
        for _ in 0..<600 {
            let start = Double(Int.random(in: -400..<400, using: &random) * 60)
            parts.append(
                .part(
                    at: start,
                    device: ["GPU-1", "GPU-2"].randomElement(using: &random) ?? "",
                    attributed: .random(in: 0..<1 << 50, using: &random),
                    idle: Bool.random(using: &random) ? .random(in: 0..<1 << 40, using: &random) : nil,
                    residual: .random(in: -1..<3, using: &random)
                )
            )
        }
        for part in parts { store.record([part]) }
        try await store.close()
        let aggregator = TelemetryAggregator(path: directory.path())
        for _ in 0..<60 {
            let since = Int64.random(in: -25_000..<25_000, using: &random) * 1_000_000
            let until = since + Int64.random(in: 0..<20_000, using: &random) * 1_000_000
            let range = TimeRange(
                since: WallTime(microsecondsSinceEpoch: since),
                until: WallTime(microsecondsSinceEpoch: until)
            )
            let inside = parts.filter {
                let start = $0.minute.microsecondsSinceEpoch
                return start >= since && start + 60_000_000 <= until + 1
            }
            for account in try await aggregator.energyAccounts(in: range) {
                let own = inside.filter { $0.channel.device.identifier == account.device }.map(\.accounts)
                #expect(account.attributed == .nanojoules(own.reduce(0) { $0 + $1.attributed }))
                #expect(
                    account.idle
                        == (own.contains(where: \.isIdleKnown) ? .nanojoules(own.reduce(0) { $0 + $1.idle }) : nil)
                )
                #expect(account.measured == account.attributed + (account.idle ?? .zero) + account.residual)
            }
        }
    }

    @Test func channelsStandApartAndTheirSumsTogether() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        store.record([
            .part(at: 0, vendor: .nvidia, device: "GPU-2", attributed: 1, idle: 2),
            .part(at: 0, vendor: .cpuRAPL, device: "0", domain: .package, attributed: 10),
            .part(at: 0, vendor: .cpuRAPL, device: "0", domain: .dram, attributed: 100, gap: .milliseconds(1_500)),
        ])
        try await store.flush()
        let accounts = try await TelemetryAggregator(path: directory.path()).energyAccounts()
        #expect(accounts.map(\.domain) == ["dram", "package", "card"])
        #expect(accounts.map(\.gap) == [.milliseconds(1_500), .zero, .zero])
        #expect(accounts.sum(of: \.attributed) == .nanojoules(111))
        #expect(accounts.sum(of: \.idle) == .nanojoules(2))
        #expect(accounts.sum(of: \.foreign) == nil)
        #expect([ChannelAccounts]().sum(of: \.measured) == nil)
    }

    @Test func aLabelOfAnotherReleaseIsKeptInTheSum() {
        #expect(ChannelLabel.accounts(of: "other").device == "other")
        #expect(ChannelLabel.channel(of: "other") == nil)
        #expect(ChannelLabel.channel(of: "newvendor\u{1F}card\u{1F}X") == nil)
        #expect(ChannelLabel.accounts(of: "newvendor\u{1F}card\u{1F}X").vendor == "newvendor")
        let channel = EnergyChannel(
            device: EnergyDeviceID(vendor: .amd, identifier: String(repeating: "x\u{1F}", count: 9)),
            domain: .card
        )
        #expect(ChannelLabel.channel(of: ChannelLabel.text(of: channel)) == channel)
    }

    @Test func aDatabaseThatIsNotThereHasNone() async throws {
        let directory = try TemporaryDirectory()
        let aggregator = TelemetryAggregator(path: directory.path())
        #expect(try await aggregator.energyAccounts().isEmpty)
        #expect(try await aggregator.powerHistory().isEmpty)
    }

    @Test func prunedMinutesStayInTheirHourUntilRollupsGo() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        let store = try TelemetryStore.manual(path)
        for minute in 0..<300 {
            store.record([.part(at: Double(minute * 60), attributed: 1)])
            store.record([.watts(Double(minute), at: Double(minute * 60))])
        }
        try await store.flush()
        var request = PruneRequest()
        request.before = .seconds(2.5 * 3_600)
        let report = try await store.prune(request)
        #expect(report.measurements == 240 && report.calls == 0 && report.rollups == 0)
        let aggregator = TelemetryAggregator(path: path)
        #expect(try await aggregator.energyAccounts().only?.measured == .nanojoules(300))
        #expect(try PlainSQL.number("SELECT count(*) FROM energy_minute", in: path) == 180)
        #expect(try await aggregator.powerHistory().first?.second == .seconds(7_200))
        request.includesRollups = true
        #expect(try await store.prune(request).rollups == 2)
        #expect(try await aggregator.energyAccounts().only?.measured == .nanojoules(180))
        #expect(try await store.clear() == 0)
        #expect(try await aggregator.energyAccounts().isEmpty)
        #expect(try await aggregator.powerHistory().isEmpty)
        #expect(try PlainSQL.number("SELECT count(*) FROM label", in: path) == 0)
        // The writer's memory of labels is emptied with them.
        store.record([.part(at: 0, attributed: 3)])
        try await store.close()
        #expect(try await aggregator.energyAccounts().only?.device == "GPU-1")
    }

    @Test func aFileOfPowerAloneShrinksToItsLimit() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path()) { $0.bufferLimit = 100_000 }
        for hour in 0..<10 {
            for second in stride(from: 0, to: 3_600, by: 4) {
                store.record([.watts(300, at: Double(hour * 3_600 + second))])
                if second % 3_200 == 0 { try await store.flush() }
            }
        }
        try await store.flush()
        var request = PruneRequest()
        let before = try await store.prune(request).fileBytes
        request.largestFileBytes = before - 40_000
        let report = try await store.prune(request)
        #expect(report.measurements >= 900 && report.fileBytes <= before - 40_000)
    }
}

extension MinuteAccount {
    /// A part of a minute's accounts in nanojoules; what is not given is unknown.
    static func part(
        at seconds: Double,
        vendor: EnergyVendor = .nvidia,
        device: String = "GPU-1",
        domain: EnergyDomain = .card,
        attributed: Int64,
        idle: Int64? = nil,
        foreign: Int64? = nil,
        residual: Int64 = 0,
        gap: Duration = .zero
    ) -> MinuteAccount {
        var accounts = EnergyAccounts()
        accounts.measured = attributed + (idle ?? 0) + (foreign ?? 0) + residual
        accounts.attributed = attributed
        accounts.idle = idle ?? 0
        accounts.idleKnownNanoseconds = idle == nil ? 0 : 1
        accounts.foreign = foreign ?? 0
        accounts.foreignKnownNanoseconds = foreign == nil ? 0 : 1
        accounts.residual = residual
        accounts.gapNanoseconds = gap.nanoseconds
        let channel = EnergyChannel(device: EnergyDeviceID(vendor: vendor, identifier: device), domain: domain)
        return MinuteAccount(minute: .seconds(seconds), channel: channel, accounts: accounts)
    }
}

extension ChannelPower {
    /// A second's power of a card.
    static func watts(_ watts: Double, at seconds: Double, device: String = "GPU-1") -> ChannelPower {
        let device = EnergyDeviceID(vendor: .nvidia, identifier: device)
        return ChannelPower(
            second: .seconds(seconds),
            channel: EnergyChannel(device: device, domain: .card),
            power: .watts(watts)
        )
    }
}

extension Collection {
    /// The one element; nothing if there is none, or another beside it.
    var only: Element? {
        count == 1 ? first : nil
    }
}
