// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// What devices do besides, the phases of a call, and the accounts of a machine.
@Suite struct EnergyAccountTypesTests {
    private let gpu = EnergyDeviceID(vendor: .nvidia, identifier: "GPU-1")
    private let other = EnergyDeviceID(vendor: .nvidia, identifier: "GPU-2")

    private func instant(_ seconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: seconds * 1_000_000_000)
    }

    private func reading(_ device: EnergyDeviceID, busy: Double? = nil, bytes: UInt64? = nil) -> DeviceReading {
        var reading = DeviceReading(device: device)
        reading.utilizationPercent = busy
        reading.memoryUsedBytes = bytes
        return reading
    }

    @Test func historyIsOfTheSpanAndOfTheDevicesAskedFor() throws {
        var history = DeviceHistory()
        for second in 0..<10 {
            history.take(
                [reading(gpu, busy: Double(second) * 10), reading(other, busy: 100)],
                at: instant(Int64(second))
            )
        }
        let one = try #require(
            history.statistics(of: \.utilizationPercent, devices: [gpu], from: instant(2), to: instant(4))
        )
        #expect(one.mean == 30 && one.peak == 40)
        let both = try #require(history.statistics(of: \.utilizationPercent, from: instant(2), to: instant(4)))
        #expect(both.mean == 65 && both.peak == 70)
        let sum = try #require(
            history.statistics(of: \.utilizationPercent, from: instant(2), to: instant(4), isSummed: true)
        )
        #expect(sum.mean == 130 && sum.peak == 140)
        #expect(history.statistics(of: \.utilizationPercent, devices: [], from: instant(2), to: instant(4)) == nil)
    }

    @Test func aShortSpanTakesTheLastReadingBefore() {
        var history = DeviceHistory()
        history.take([reading(gpu, busy: 10)], at: instant(1))
        history.take([reading(gpu, busy: 90)], at: instant(5))
        func mean(_ from: Int64, _ to: Int64) -> Double? {
            history.statistics(of: \.utilizationPercent, from: instant(from), to: instant(to))?.mean
        }
        #expect(mean(2, 3) == 10)
        #expect(mean(6, 9) == 90)
        #expect(mean(0, 0) == nil)
        #expect(mean(1, 5) == 50 && mean(1, 1) == 10)
    }

    @Test func aValueThatADeviceDoesNotTellIsAbsentAloneAndNeverZero() {
        var history = DeviceHistory()
        history.take([reading(gpu, busy: nil, bytes: 2_000_000_000)], at: instant(1))
        history.take([reading(other, busy: 50, bytes: nil)], at: instant(1))
        let span = (instant(0), instant(2))
        #expect(history.statistics(of: \.utilizationPercent, from: span.0, to: span.1)?.mean == 50)
        #expect(history.statistics(of: \.memoryUsedGigabytes, from: span.0, to: span.1, isSummed: true)?.mean == 2)
        #expect(history.statistics(of: \.temperatureCelsius, from: span.0, to: span.1) == nil)
        #expect(history.latest.map(\.device) == [gpu, other])
        #expect(DeviceHistory().latest.isEmpty)
    }

    @Test func historyIsBounded() {
        var history = DeviceHistory(capacity: 2)
        for second in 0..<5 { history.take([reading(gpu, busy: Double(second))], at: instant(Int64(second))) }
        #expect(history.statistics(of: \.utilizationPercent, from: instant(0), to: instant(9))?.mean == 3.5)
        #expect(history.statistics(of: \.utilizationPercent, from: instant(0), to: instant(2)) == nil)
    }

    private struct History: EnergyHistory {
        var windows: [ChannelWindow]
        func windows(from start: MonotonicInstant, to end: MonotonicInstant) -> [ChannelWindow] { windows }
    }

    /// A phase of which nothing was measured has no figure, rather than a zero.
    @Test func aPhaseWithoutASensorIsAbsent() {
        let phase = PhaseMetrics(of: History(windows: []), in: instant(0)..<instant(2), tokens: 10)
        #expect(phase.energy == nil && phase.bound == nil && phase.gpuMeanPower == nil)
        #expect(phase.joulesPerToken == nil && phase.duration == .seconds(2))
    }

    @Test func aPhaseCountsWhatATotalCounts() throws {
        func window(_ joules: Double) -> EnergyWindow {
            EnergyWindow(energy: .joules(joules) ?? .zero, bound: .zero, covered: .seconds(2), isComplete: true)
        }
        let history = History(windows: [
            ChannelWindow(sensor: .fakeCounter(.card), window: window(10)),
            ChannelWindow(sensor: .fakeCounter(.package), window: window(4)),
            ChannelWindow(sensor: .fakeCounter(.core), window: window(3)),
            ChannelWindow(sensor: .fakeCounter(.psys), window: window(99)),
        ])
        let phase = PhaseMetrics(of: history, in: instant(0)..<instant(2), tokens: 7)
        #expect(phase.energy == .joules(14) && phase.gpuEnergy == .joules(10) && phase.cpuEnergy == .joules(4))
        #expect(phase.joulesPerToken == 2 && phase.gpuMeanPower == .watts(5) && phase.isComplete)
        #expect(PhaseMetrics(of: history, in: instant(0)..<instant(2), tokens: 0).joulesPerToken == nil)
        #expect(history.windows.total?.energy == .joules(14))
        #expect(history.windows.energy(of: .dram) == nil)
    }

    @Test(arguments: [(3, 2, 5), (0, 6, 5), (5, 4, 3)] as [(Int64, Int64, Int64)])
    func instantsThatDoNotFollowAreRefused(_ times: (Int64, Int64, Int64)) {
        #expect(throws: CalculationError.self) {
            try splitAtFirstToken(
                of: History(windows: []),
                from: instant(times.0),
                firstToken: instant(times.1),
                to: instant(times.2),
                inputTokens: 1,
                outputTokens: 1
            )
        }
    }

    @Test func equalInstantsAreTwoPhasesOfNoLength() throws {
        let (prefill, decode) = try splitAtFirstToken(
            of: History(windows: []),
            from: instant(1),
            firstToken: instant(1),
            to: instant(1),
            inputTokens: 3,
            outputTokens: 4
        )
        #expect(prefill.duration == .zero && decode.duration == .zero && prefill.tokens == 3 && decode.tokens == 4)
    }

    @Test func accountsOfChannelsAreSummedWhereTheyAreKnown() {
        var card = ChannelAccounts(vendor: "nvidia", device: "GPU-1", domain: "card")
        (card.measured, card.idle) = (.nanojoules(10), .nanojoules(3))
        var package = ChannelAccounts(vendor: "cpu_rapl", device: "package-0", domain: "package")
        package.measured = .nanojoules(5)
        let both = [card, package]
        #expect(both.sum(of: \ChannelAccounts.measured) == .nanojoules(15))
        #expect(both.sum(of: \ChannelAccounts.idle) == .nanojoules(3))
        #expect(both.sum(of: \ChannelAccounts.foreign) == nil)
        #expect([ChannelAccounts]().sum(of: \ChannelAccounts.measured) == nil)
    }

    @Test func aDifferenceOfAccountsClosesAsTheyDo() {
        var (later, earlier) = (EnergyAccounts(), EnergyAccounts())
        (later.measured, later.attributed, later.idle, later.foreign, later.residual) = (100, 60, 20, 15, 5)
        (earlier.measured, earlier.attributed, earlier.idle, earlier.foreign, earlier.residual) = (40, 20, 10, 5, 5)
        (later.gapNanoseconds, later.idleKnownNanoseconds, later.foreignKnownNanoseconds) = (9, 8, 7)
        let part = later - earlier
        #expect(part.measured == part.attributed + part.idle + part.foreign + part.residual)
        #expect(part.gapNanoseconds == 9 && part.isIdleKnown && part.isForeignKnown)
        #expect(later - later == EnergyAccounts())
        #expect(!EnergyAccounts().isIdleKnown && !EnergyAccounts().isForeignKnown)
    }

    @Test func devicesAndChannelsHaveOneOrder() {
        let channels = [
            EnergyChannel(device: other, domain: .card), EnergyChannel(device: gpu, domain: .dram),
            EnergyChannel(device: gpu, domain: .card),
            EnergyChannel(device: EnergyDeviceID(vendor: .amd, identifier: "z"), domain: .card),
        ]
        #expect(channels.sorted().map(\.device.identifier) == ["z", "GPU-1", "GPU-1", "GPU-2"])
        #expect(channels.sorted()[1].domain == .card)
        #expect(gpu.description == "GPU-1")
        #expect(!(channels[0] < channels[0]))
    }

    @Test func aSensorThatWasNeverReadIsInNoTrouble() {
        let health = SensorHealth(sensor: .fakeCounter(.card))
        #expect(health.failure == nil && health.failures.isEmpty && health.gaps.isEmpty && health.doubt == nil)
        #expect(EnergyMeterHealth().sensors.isEmpty && EnergyMeterHealth(reason: "x").reason == "x")
        #expect(SensorFailure.Code.allCases.map(\.rawValue).contains("permission_denied"))
    }

    /// A meter that says nothing of its health is in no trouble.
    @Test func aMeterWithoutAHealthOfItsOwnHasNone() {
        struct Plain: CallEnergyMeter {
            func callStarted(
                _ id: RecordID,
                at time: MonotonicInstant,
                promptBytes: Int,
                engine: String,
                isLocal: Bool,
                slots: Int?
            ) -> CallEnergy { .pending }
            func firstToken(of id: RecordID, at time: MonotonicInstant) {}
            func callEnded(_ id: RecordID, at time: MonotonicInstant) {}
        }
        #expect(Plain().health == EnergyMeterHealth())
    }
}
