// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

@Suite struct EnergyTraceTests {
    /// 100 W, published every 100 ms, from 0 to 10 s.
    private func steady(capacity: Int = 1_000) -> EnergyTrace {
        var trace = EnergyTrace(capacity: capacity)
        trace.restart(at: MonotonicInstant(seconds: 0))
        for tick in 1...100 {
            let time = MonotonicInstant(nanoseconds: Int64(tick) * 100_000_000)
            trace.append(nanojoules: 10_000_000_000, publishedBetween: time, and: time)
        }
        return trace
    }

    @Test func anEmptyTraceKnowsNothing() {
        let trace = EnergyTrace()
        #expect(trace.window(from: MonotonicInstant(seconds: 0), to: MonotonicInstant(seconds: 1)) == nil)
        #expect(trace.peakPower(from: MonotonicInstant(seconds: 0), to: MonotonicInstant(seconds: 1)) == nil)
        #expect(!trace.isSettled(at: MonotonicInstant(seconds: 0)))
        #expect(trace.latestPower == nil)
    }

    @Test(arguments: [(0.0, 10.0), (0.05, 0.06), (0.95, 7.33), (3.0, 3.0)])
    func energyIsPowerTimesTime(start: Double, end: Double) throws {
        let window = try #require(
            steady().window(from: MonotonicInstant(seconds: start), to: MonotonicInstant(seconds: end))
        )
        #expect(abs(window.energy.joules - 100 * (end - start)) < 1e-6)
        #expect(window.isComplete)
        if start < end { #expect(abs(try #require(window.meanPower).watts - 100) < 1e-6) }
    }

    /// Windows that meet add up to the window over both, exactly.
    @Test func windowsAreAdditive() throws {
        var random = SeededGenerator(seed: 3)
        let curve = PowerCurve.random(seed: 9, upTo: 500, length: 20)
        var reader = CurveReader(curve: curve, publication: .milliseconds(20), seed: 4)
        reader.read(until: 20)
        let trace = reader.meter.trace
        for _ in 0..<1_000 {
            let times = (0..<3).map { _ in MonotonicInstant(seconds: Double.random(in: 0.1...19, using: &random)) }
                .sorted()
            let parts = [(times[0], times[1]), (times[1], times[2])].compactMap {
                trace.window(from: $0, to: $1)?.energy
            }
            #expect(parts.reduce(.zero, +) == trace.window(from: times[0], to: times[2])?.energy)
        }
    }

    @Test func aWindowThatReachesBeyondIsTheCoveredPart() throws {
        let late = try #require(
            steady().window(from: MonotonicInstant(seconds: 9), to: MonotonicInstant(seconds: 12))
        )
        #expect(late.energy == .joules(100))
        #expect(late.covered == .seconds(1))
        #expect(!late.isComplete)
        let early = try #require(
            steady(capacity: 11).window(from: MonotonicInstant(seconds: 1), to: MonotonicInstant(seconds: 10))
        )
        #expect(early.energy == .joules(100))
        #expect(!early.isComplete)
        #expect(steady().window(from: MonotonicInstant(seconds: 11), to: MonotonicInstant(seconds: 12)) == nil)
        #expect(steady().window(from: MonotonicInstant(seconds: 3), to: MonotonicInstant(seconds: 2)) == nil)
    }

    @Test func aGapAddsNothing() throws {
        var trace = steady()
        trace.restart(at: MonotonicInstant(seconds: 15))
        let time = MonotonicInstant(seconds: 16)
        trace.append(nanojoules: 50_000_000_000, publishedBetween: time, and: time)
        let window = try #require(
            trace.window(from: MonotonicInstant(seconds: 9), to: MonotonicInstant(seconds: 16))
        )
        #expect(window.energy == .joules(150))
        #expect(window.covered == .seconds(2))
        #expect(!window.isComplete)
        #expect(window.meanPower == .watts(75))
        #expect(trace.window(from: MonotonicInstant(seconds: 11), to: MonotonicInstant(seconds: 14)) == nil)
        #expect(trace.window(from: MonotonicInstant(seconds: 12), to: MonotonicInstant(seconds: 12)) == nil)
    }

    @Test func theRingKeepsTheNewest() {
        let trace = steady(capacity: 7)
        #expect(trace.count == 7)
        #expect(trace.firstInstant == MonotonicInstant(nanoseconds: 9_400_000_000))
        #expect(trace.total == .joules(1_000))
    }

    @Test func powerIsIntegratedByTrapezoids() throws {
        var trace = EnergyTrace()
        for (second, watts) in [(0, 0.0), (1, 100), (3, 100), (2, 100)] {
            trace.append(power: .watts(watts), at: MonotonicInstant(seconds: Double(second)))
        }
        let whole = try #require(
            trace.window(from: MonotonicInstant(seconds: 0), to: MonotonicInstant(seconds: 3))
        )
        #expect(whole.energy == .joules(250))
        // A quarter of the way up the ramp is a sixteenth of its energy.
        let part = try #require(
            trace.window(from: MonotonicInstant(seconds: 0), to: MonotonicInstant(seconds: 0.25))
        )
        #expect(part.energy == .joules(3.125))
        #expect(trace.peakPower(from: MonotonicInstant(seconds: 0), to: MonotonicInstant(seconds: 3)) == .watts(100))
        // What the ramp hides between its two readings is in the bound.
        #expect(whole.bound >= .joules(50) ?? .zero)
    }

    @Test func aLateReadingOfPowerMakesNoDifference() {
        var (inOrder, late) = (EnergyTrace(), EnergyTrace())
        let readings = (0..<20).map { (MonotonicInstant(seconds: Double($0)), Power.watts(Double($0 * 7 % 31))) }
        for (time, power) in readings { inOrder.append(power: power, at: time) }
        for index in [0, 1, 3, 2] + Array(4..<17) + [19, 18, 17] {
            late.append(power: readings[index].1, at: readings[index].0)
        }
        #expect(late.total == inOrder.total)
    }

    @Test func peaksAreNotMadeOfJitter() throws {
        var reader = CurveReader(curve: .constant(300), publication: .milliseconds(20), seed: 21)
        reader.read(until: 10)
        let peak = try #require(
            reader.meter.trace.peakPower(from: MonotonicInstant(seconds: 1), to: MonotonicInstant(seconds: 9))
        )
        #expect(abs(peak.watts - 300) < 90)
        var steps = CurveReader(curve: .steps(low: 50, high: 450, period: 2), publication: .milliseconds(20), seed: 2)
        steps.read(until: 10)
        let high = try #require(
            steps.meter.trace.peakPower(from: MonotonicInstant(seconds: 1), to: MonotonicInstant(seconds: 9))
        )
        #expect(high.watts > 420 && high.watts < 600)
    }

    @Test func sumsOfChannelsAddPowersAndBounds() throws {
        let one = EnergyWindow(
            energy: .nanojoules(10_000_000_000),
            bound: .nanojoules(5),
            covered: .seconds(1),
            isComplete: true
        )
        let other = EnergyWindow(
            energy: .nanojoules(5_000_000_000),
            bound: .nanojoules(7),
            covered: .seconds(10),
            isComplete: true
        )
        let sum = try #require(EnergyWindow.sum([one, other]))
        #expect(sum.energy == .joules(15))
        #expect(sum.bound == .nanojoules(12))
        #expect(sum.meanPower == .watts(10.5))
        #expect(EnergyWindow.sum([]) == nil)
    }
}

@Suite struct EnergyTraceRetentionTests {
    private func instant(_ tick: Int) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64(tick) * 10_000_000)
    }

    /// Power that rises with time, published every 10 ms: ten times more than there is room for.
    private func trace(_ retention: EnergyTrace.Retention, ticks: Int = 10_000) -> EnergyTrace {
        var trace = EnergyTrace(capacity: 1_000, retention: retention)
        trace.restart(at: instant(0))
        for tick in 1...ticks {
            trace.append(nanojoules: UInt64(tick) * 1_000, publishedBetween: instant(tick), and: instant(tick))
        }
        return trace
    }

    @Test func theWholeOfALongRunStaysKnown() throws {
        let whole = trace(.whole)
        #expect(whole.count <= 1_000 && whole.firstInstant == instant(0))
        let all = try #require(whole.window(from: instant(0), to: instant(10_000)))
        #expect(all.isComplete && all.energy == .nanojoules(10_000 * 10_001 / 2 * 1_000))
        // The first moments and the last are as fine as they were read.
        for (start, end) in [(1, 40), (9_970, 9_999), (3, 9_990)] {
            let window = try #require(whole.window(from: instant(start), to: instant(end)))
            #expect(window.energy == .nanojoules((end * (end + 1) - start * (start + 1)) / 2 * 1_000))
            #expect(window.isComplete)
        }
        // Between, the curve is coarser, and the bound says so.
        let middle = try #require(whole.window(from: instant(4_001), to: instant(6_007)))
        let truth = Double((6_007 * 6_008 - 4_001 * 4_002) / 2) / 1e6
        #expect(abs(middle.energy.joules - truth) <= middle.bound.joules && middle.bound > .zero)
    }

    @Test func theLatestAloneIsTheDefault() throws {
        let latest = trace(.latest)
        #expect(latest.count == 1_000 && latest.firstInstant == instant(9_001))
        #expect(try #require(latest.window(from: instant(0), to: instant(10_000))).isComplete == false)
    }

    @Test func gapsSurvive() throws {
        var trace = trace(.whole, ticks: 500)
        trace.restart(at: instant(600))
        for tick in 601...5_000 {
            trace.append(nanojoules: 1_000, publishedBetween: instant(tick), and: instant(tick))
        }
        let window = try #require(trace.window(from: instant(0), to: instant(5_000)))
        #expect(!window.isComplete && window.covered == .milliseconds(49_000))
        #expect(try #require(trace.window(from: instant(600), to: instant(5_000))).isComplete)
    }

    @Test func powerReadingsKeepTheirIntegral() throws {
        var trace = EnergyTrace(capacity: 500, retention: .whole)
        for tick in 0...5_000 { trace.append(power: .watts(Double(tick % 50)), at: instant(tick)) }
        var plain = EnergyTrace(capacity: 10_000)
        for tick in 0...5_000 { plain.append(power: .watts(Double(tick % 50)), at: instant(tick)) }
        #expect(trace.count <= 500)
        let span = (instant(0), instant(5_000))
        #expect(trace.window(from: span.0, to: span.1)?.energy == plain.window(from: span.0, to: span.1)?.energy)
        let (part, truth) = (
            try #require(trace.window(from: instant(1_234), to: instant(3_456))),
            try #require(plain.window(from: instant(1_234), to: instant(3_456)))
        )
        #expect(abs(part.energy.joules - truth.energy.joules) <= part.bound.joules)
    }
}
