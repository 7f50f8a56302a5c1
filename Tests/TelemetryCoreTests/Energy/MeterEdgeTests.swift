// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// One channel's readings at the edges: counters that begin anew, sensors that lie, clocks that stand.
@Suite struct MeterEdgeTests {
    private func instant(_ milliseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    private func counted(_ change: (inout ChannelMeter.Configuration) -> Void = { _ in }) -> ChannelMeter {
        var configuration = ChannelMeter.Configuration()
        change(&configuration)
        return ChannelMeter(sensor: .fakeCounter(.card), configuration: configuration)
    }

    @discardableResult
    private func take(_ meter: inout ChannelMeter, _ value: EnergyReading.Value, at time: Int64) -> ChannelMeter.Event?
    {
        meter.take(EnergyReading(channel: meter.sensor.channel, value: value), from: instant(time), to: instant(time))
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, -1])
    func powerThatIsNoPowerIsAFailureAndAddsNothing(_ watts: Double) {
        var meter = ChannelMeter(sensor: .fakePower(.card))
        take(&meter, .power(.watts(100)), at: 0)
        guard case .failed(let failure)? = take(&meter, .power(.watts(watts)), at: 100) else {
            Issue.record("\(watts) W was taken")
            return
        }
        #expect(failure.code == .unusable && meter.failure == failure)
        take(&meter, .power(.watts(100)), at: 200)
        #expect(meter.trace.total == .joules(20) && meter.failure == nil && meter.lastPower == .watts(100))
    }

    @Test func aPowerOfZeroIsMeasured() {
        var meter = ChannelMeter(sensor: .fakePower(.card))
        #expect(take(&meter, .power(.watts(0)), at: 0) == .started(at: instant(0)))
        #expect(take(&meter, .power(.watts(0)), at: 100) == .published(at: instant(100), nanojoules: 0))
        #expect(meter.trace.window(from: instant(0), to: instant(100))?.energy == .zero)
    }

    /// What an integral leaves below a nanojoule is carried on, so that the ledger is given all of it.
    @Test func partsOfANanojouleAreCarriedOn() {
        var random = SeededGenerator(seed: 81)
        var meter = ChannelMeter(sensor: .fakePower(.card))
        var told: UInt64 = 0
        for tick in 0..<2_000 {
            let watts = Double.random(in: 0...1e-6, using: &random)
            if case .published(_, let nanojoules)? = take(&meter, .power(.watts(watts)), at: Int64(tick)) {
                told += nanojoules
            }
        }
        #expect(told > 0)
        let whole = meter.trace.total.attojoules / 1_000_000_000
        #expect(Int128(told) == whole)
    }

    @Test(arguments: [0, 1, 999, UInt64.max])
    func anyFirstValueIsOnlyABeginning(_ count: UInt64) {
        var meter = counted()
        #expect(take(&meter, .count(count), at: 5) == .started(at: instant(5)))
        #expect(meter.trace.total == .zero)
        #expect(take(&meter, .count(count), at: 10) == nil)
    }

    @Test func aCounterThatGoesBackIsAGapAndCountsAnew() {
        var meter = counted()
        take(&meter, .count(1_000_000), at: 0)
        take(&meter, .count(1_010_000), at: 100)
        #expect(take(&meter, .count(7), at: 200) == .gap(until: instant(200), nanojoules: nil, reason: "reset"))
        take(&meter, .count(1_007), at: 300)
        #expect(meter.trace.total == .joules(11))
        let window = meter.trace.window(from: instant(0), to: instant(300))
        #expect(window?.isComplete == false)
    }

    @Test func aJumpBeyondReasonIsAGap() {
        var meter = counted()
        take(&meter, .count(0), at: 0)
        let jump = take(&meter, .count(.max / 2), at: 100)
        #expect(jump == .gap(until: instant(100), nanojoules: nil, reason: "implausible_jump"))
        #expect(meter.trace.total == .zero)
    }

    @Test func aShortFailureLosesNothing() {
        var meter = counted()
        take(&meter, .count(0), at: 0)
        take(&meter, .count(1_000), at: 100)
        for time in stride(from: Int64(200), to: 5_000, by: 100) {
            take(&meter, .failed(SensorFailure(.failed, "busy")), at: time)
        }
        #expect(meter.failure?.reason == "busy" && meter.lastGoodReading == instant(100))
        let event = take(&meter, .count(50_000), at: 5_000)
        guard case .published(_, 49_000_000_000)? = event else {
            Issue.record("no publication")
            return
        }
        #expect(meter.trace.total == .joules(50) && meter.failure == nil)
    }

    @Test func aLongSilenceIsAGapWithItsEnergy() {
        var meter = counted()
        take(&meter, .count(0), at: 0)
        take(&meter, .count(1_000), at: 100)
        let event = take(&meter, .count(9_000), at: 5_200)
        #expect(event == .gap(until: instant(5_200), nanojoules: 8_000_000_000, reason: "no reading"))
        var still = counted()
        take(&still, .count(0), at: 0)
        #expect(take(&still, .count(0), at: 6_000) == .gap(until: instant(6_000), nanojoules: 0, reason: "no reading"))
    }

    @Test func aSensorThatWasStuckIsAGap() {
        var meter = counted()
        take(&meter, .count(0), at: 0)
        take(&meter, .count(1_000), at: 100)
        for time in stride(from: Int64(200), through: 6_000, by: 100) { take(&meter, .count(1_000), at: time) }
        let event = take(&meter, .count(9_000), at: 6_100)
        #expect(event == .gap(until: instant(6_100), nanojoules: 8_000_000_000, reason: "stale"))
        // One that publishes every second may stand for ten.
        let slow = EnergySensor.fakeCounter(.card, publicationPeriod: .seconds(1))
        var patient = ChannelMeter(sensor: slow)
        take(&patient, .count(0), at: 0)
        for time in stride(from: Int64(100), through: 6_000, by: 100) { take(&patient, .count(0), at: time) }
        guard case .published? = take(&patient, .count(9_000), at: 6_100) else {
            Issue.record("a gap")
            return
        }
    }

    @Test func theRateOfReadingDoesNotChangeTheSum() {
        for period in [10, 30, 170, 990] as [Int64] {
            var meter = counted()
            for time in stride(from: Int64(0), through: 20_000, by: Int(period)) {
                take(&meter, .count(UInt64(time) * 200), at: time)
            }
            let last = 20_000 / period * period
            #expect(meter.trace.total == .joules(Double(last) / 5), "every \(period) ms")
        }
    }

    @Test func readingsOfUnknownChannelsArePassedOver() {
        let sensor = EnergySensor.fakeCounter(.card)
        var meters = EnergyMeters(sensors: [sensor, sensor])
        #expect(meters.meters.count == 1 && meters.place(of: sensor.channel) == 0)
        let stranger = EnergyReading(channel: .fake(.dram), value: .count(5))
        #expect(meters.take([stranger], from: instant(0), to: instant(0)).isEmpty)
        #expect(
            meters.take([EnergyReading(channel: sensor.channel, value: .count(5))], from: instant(0), to: instant(0))
                == [.init(place: 0, event: .started(at: instant(0)))]
        )
        #expect(meters.isSettled(at: instant(0)) && !meters.isSettled(at: instant(1)))
        #expect(EnergyMeters(sensors: []).peakPower(from: instant(0), to: instant(9)) == nil)
        #expect(EnergyMeters(sensors: []).isSettled(at: instant(9)))
    }

    @Test func peaksOfSeveralChannelsAreOfOneMoment() throws {
        let sensors = [EnergySensor.fakeCounter(.card), .fakeCounter(.package), .fakeCounter(.psys)]
        var meters = EnergyMeters(sensors: sensors)
        for tick in 0...20 as ClosedRange<Int64> {
            // The first publication may be older than the first look at it: peaks are asked for from then on.
            // One draws 100 W in the first second, the other 60 W in the next.
            let counts = [UInt64(min(tick, 10)) * 10_000, UInt64(max(tick - 10, 0)) * 6_000, UInt64(tick) * 90_000]
            let readings = zip(sensors, counts).map { EnergyReading(channel: $0.channel, value: .count($1)) }
            _ = meters.take(readings, from: instant(tick * 100), to: instant(tick * 100))
        }
        let peak = try #require(meters.peakPower(from: instant(200), to: instant(2_000)))
        #expect(peak.watts < 120 && peak.watts > 90)
        #expect(meters.peakPower(from: instant(0), to: instant(2_000), places: [2]) == nil)
        #expect(meters.peakPower(from: instant(5), to: instant(5)) == nil)
    }

    /// All formats count without loss: what steps leave below a nanojoule comes with a later one.
    @Test(arguments: [
        CounterFormat.nanojoules, .microjoules, .millijoules, .joulesDividedByTwo(toThe: 14),
        .joulesDividedByTwo(toThe: 16), .joulesDividedByTwo(toThe: 62), CounterFormat(nanojoules: 15_300, perCounts: 7),
    ])
    func countersLoseNothingOverTime(_ format: CounterFormat) {
        var random = SeededGenerator(seed: 82)
        var accumulator = CounterAccumulator(format: format)
        var count: UInt64 = random.next() >> 8
        let start = count
        _ = accumulator.add(count, within: .seconds(1))
        var sum: UInt64 = 0
        let most = max(UInt64(format.countsPerUnit / format.nanojoulesPerUnit) * 1_000, 1_000)
        for _ in 0..<500 {
            count += UInt64.random(in: 1...most, using: &random)
            guard case .advanced(let nanojoules) = accumulator.add(count, within: .seconds(1)) else {
                Issue.record("\(format)")
                return
            }
            sum += nanojoules
        }
        let exact = UInt128(count - start) * UInt128(format.nanojoulesPerUnit) / UInt128(format.countsPerUnit)
        #expect(UInt128(sum) == exact && accumulator.epoch == 0)
    }

    @Test func wrapsAreUndoneAndResetsAreEpochs() {
        var accumulator = CounterAccumulator(format: CounterFormat.microjoules.wrapping(after: 1_000))
        _ = accumulator.add(990, within: .milliseconds(100))
        #expect(accumulator.add(10, within: .milliseconds(100)) == .advanced(nanojoules: 20_000))
        #expect(accumulator.add(10, within: .milliseconds(100)) == .unchanged)
        // A value that the range cannot hold was no wrap.
        _ = accumulator.add(5_000, within: .milliseconds(100))
        #expect(accumulator.add(3, within: .milliseconds(100)) == .restarted(.wentBack))
        #expect(accumulator.epoch == 1)
        #expect(accumulator.add(4, within: .seconds(-5), limit: .watts(.nan)) == .advanced(nanojoules: 1_000))
        #expect(accumulator.add(5, within: .seconds(Int64.max), limit: .watts(-3)) == .advanced(nanojoules: 1_000))
    }

    @Test func twiceTheLimitIsBelievedAndNoMore() {
        // 3 s of slack and 1 s between: 4 s at twice 100 W.
        for (joules, isBelieved) in [(800, true), (801, false)] as [(UInt64, Bool)] {
            var accumulator = CounterAccumulator(format: .joules)
            _ = accumulator.add(0, within: .zero)
            let step = accumulator.add(joules, within: .seconds(1), limit: .watts(100))
            #expect(step == (isBelieved ? .advanced(nanojoules: joules * 1_000_000_000) : .restarted(.jumpedAhead)))
        }
    }
}
