// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryTesting

/// The fakes do what their documentation says, since others build on it.
@Suite struct FakesTests {
    private static let curves: [(name: String, curve: PowerCurve, most: Double)] = [
        ("constant", .constant(50), 50), ("steps", .steps(low: 10, high: 90, period: 0.5), 90),
        ("ramp", .ramp(low: 10, high: 90, period: 0.5), 90), ("sine", .sine(mean: 50, amplitude: 50, period: 0.7), 100),
        ("random", .random(seed: 4, upTo: 300, length: 5), 300),
        ("no length", .random(seed: 4, upTo: 300, length: 0), 300),
    ]

    /// The energy of a curve never falls, nor grows faster than its highest power; before time 0 there is none.
    @Test(arguments: curves.indices)
    func energyFollowsPower(_ index: Int) {
        let (name, curve, most) = Self.curves[index]
        var last = 0.0
        for step in 0...1_000 {
            let instant = MonotonicInstant(nanoseconds: Int64(step) * 10_000_000)
            let joules = curve.joules(at: instant)
            #expect(joules - last >= -1e-9 && joules - last <= most * 0.01 + 1e-9, "\(name) at \(step)")
            last = joules
        }
        #expect(curve.joules(at: MonotonicInstant(nanoseconds: -5)) == 0)
    }

    @Test func wholePeriodsHaveTheMeanPower() {
        let second = MonotonicInstant(nanoseconds: 1_000_000_000)
        let third = MonotonicInstant(nanoseconds: 3_000_000_000)
        for curve in [
            PowerCurve.constant(50), .steps(low: 10, high: 90, period: 0.5), .ramp(low: 10, high: 90, period: 0.25),
            .sine(mean: 50, amplitude: 20, period: 0.5),
        ] {
            #expect(abs(curve.joules(from: second, to: third) - 100) < 1e-9)
        }
        // Low comes first.
        let quarter = MonotonicInstant(nanoseconds: 250_000_000)
        #expect(abs(PowerCurve.steps(low: 10, high: 90, period: 0.5).joules(at: quarter) - 2.5) < 1e-12)
    }

    @Test func theSameSeedIsTheSameCurve() {
        let end = MonotonicInstant(nanoseconds: 9_000_000_000)
        let joules = [7, 7, 8].map { PowerCurve.random(seed: $0, upTo: 100, length: 9).joules(at: end) }
        #expect(joules[0] == joules[1] && joules[0] != joules[2])
    }

    /// The first numbers of seed 0, as published with the algorithm (Steele, Lea, Flood 2014).
    @Test func seedsGiveSplitMix64() {
        var generator = SeededGenerator(seed: 0)
        let numbers = (0..<3).map { _ in generator.next() }
        #expect(numbers == [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4, 0x06C4_5D18_8009_454F])
    }

    @Test func aManualClockMovesBothTimesAlike() {
        let clock = ManualClock(at: MonotonicInstant(nanoseconds: 5), wall: WallTime(microsecondsSinceEpoch: 700))
        #expect(clock.clock.instant() == MonotonicInstant(nanoseconds: 5))
        #expect(clock.clock.wall() == WallTime(microsecondsSinceEpoch: 700))
        clock.advance(by: .milliseconds(2))
        #expect(clock.now == MonotonicInstant(nanoseconds: 2_000_005))
        #expect(clock.clock.wall() == WallTime(microsecondsSinceEpoch: 2_700))
        clock.advance(by: .milliseconds(-1))
        #expect(clock.clock.instant() == MonotonicInstant(nanoseconds: 1_000_005))
    }

    @Test func aRecordingSinkKeepsTheOrder() {
        let sink = RecordingSink()
        #expect(sink.records.isEmpty)
        let records = [ExampleRecords.full(3), ExampleRecords.sparse(1), ExampleRecords.awkward(2)]
        for record in records { sink.record(record) }
        #expect(sink.records == records)
        #expect(Set((0..<50).map { ExampleRecords.sparse($0).id }).count == 50)
    }

    private func monitor(_ channel: FakeEnergyMonitor.Channel) -> (FakeEnergyMonitor, ManualClock) {
        let clock = ManualClock(at: MonotonicInstant(nanoseconds: 0))
        return (FakeEnergyMonitor(channels: [channel], clock: clock.clock), clock)
    }

    @Test func aFakeCounterCountsWhatItsCurveSaysAtEachPublication() {
        let (monitor, clock) = monitor(.init(sensor: .fakeCounter(.card), curve: .constant(100)))
        clock.advance(by: .milliseconds(39))
        #expect(monitor.readEnergy().map(\.value) == [.count(2_000)])
        clock.advance(by: .milliseconds(1))
        #expect(monitor.readEnergy().map(\.value) == [.count(4_000)])
        #expect(monitor.readingCount == 2)
        monitor.change { $0.frozenAt = clock.now }
        clock.advance(by: .seconds(1))
        #expect(monitor.readEnergy().map(\.value) == [.count(4_000)])
        monitor.change {
            $0.frozenAt = nil
            $0.offset = -104_000
        }
        #expect(monitor.readEnergy().map(\.value) == [.count(0)])
        monitor.change(5) { $0.offset = 7 }
        #expect(monitor.readEnergy().map(\.value) == [.count(0)])
    }

    @Test func aFakeCounterWrapsAtItsModulus() {
        let format = CounterFormat(nanojoules: 1_000_000, modulus: 1_500)
        let (monitor, clock) = monitor(
            .init(sensor: .fakeCounter(.package, format: format), curve: .constant(100))
        )
        clock.advance(by: .milliseconds(20))
        #expect(monitor.readEnergy().map(\.value) == [.count(500)])
    }

    @Test func aFakeFailsAndClosesAsAsked() {
        let (monitor, clock) = monitor(.init(sensor: .fakeCounter(.card), curve: .constant(1)))
        clock.advance(by: .seconds(1))
        let failure = SensorFailure(.unusable, "odd")
        monitor.change { $0.failure = failure }
        #expect(monitor.readEnergy().map(\.value) == [.failed(failure)])
        monitor.change { $0.failure = nil }
        #expect(monitor.readEnergy().map(\.value) == [.count(1_000)])
        monitor.close()
        #expect(monitor.readEnergy().map(\.value) == [.failed(SensorFailure(.lost, "closed"))])
        #expect(monitor.readDevices().isEmpty)
        #expect(monitor.statuses.map(\.works) == [true])
    }
}
