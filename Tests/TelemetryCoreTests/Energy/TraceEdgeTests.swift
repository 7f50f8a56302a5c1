// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// Traces at their edges: power that is integrated, readings that come late, rings that overflow.
@Suite struct TraceEdgeTests {
    private func instant(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64((seconds * 1e9).rounded()))
    }

    private func trapezoid(_ readings: [(time: Double, watts: Double)]) -> Double {
        let sorted = readings.sorted { $0.time < $1.time }
        return zip(sorted, sorted.dropFirst()).reduce(0) {
            $0 + ($1.0.watts + $1.1.watts) / 2 * ($1.1.time - $1.0.time)
        }
    }

    /// In whatever order the last readings come, the integral is that of the order of time.
    @Test func lateReadingsAreputInTheirPlace() {
        var random = SeededGenerator(seed: 71)
        for _ in 0..<100 {
            let readings = (0..<12).map { (time: Double($0) * 0.1, watts: Double.random(in: 0...300, using: &random)) }
            var order = readings
            for place in stride(from: 2, to: order.count, by: 2) where Bool.random(using: &random) {
                order.swapAt(place, place - 1)
            }
            var trace = EnergyTrace(capacity: 100)
            for reading in order { trace.append(power: .watts(reading.watts), at: instant(reading.time)) }
            #expect(abs(trace.total.joules - trapezoid(readings)) < 1e-6)
            #expect(trace.lastInstant == instant(1.1) && trace.count == 12)
        }
    }

    /// A reading from before all that is kept cannot be placed: it must not take away what was measured.
    @Test func aReadingOlderThanTheRingTakesNothingAway() {
        var trace = EnergyTrace(capacity: 3)
        for second in 0..<10 { trace.append(power: .watts(100), at: instant(Double(second))) }
        #expect(trace.total == .joules(900))
        trace.append(power: .watts(100), at: instant(2.5))
        #expect(trace.total == .joules(900))
        trace.append(power: .watts(100), at: instant(10))
        #expect(trace.total == .joules(1_000))
    }

    @Test func twoReadingsOfOneInstantAddNothing() throws {
        var trace = EnergyTrace(capacity: 10)
        trace.append(power: .watts(100), at: instant(1))
        #expect(trace.append(power: .watts(900), at: instant(1)) == .zero)
        trace.append(power: .watts(900), at: instant(2))
        #expect(trace.total == .joules(900))
        #expect(trace.latestPower == .watts(900))
        #expect(trace.peakPower(from: instant(1), to: instant(2)) == .watts(900))
    }

    @Test func powerAfterAGapBeginsAnew() throws {
        var trace = EnergyTrace(capacity: 10)
        trace.append(power: .watts(100), at: instant(0))
        trace.append(power: .watts(100), at: instant(1))
        #expect(trace.append(power: .watts(100), at: instant(50), afterGap: true) == .zero)
        trace.append(power: .watts(100), at: instant(51))
        #expect(trace.total == .joules(200))
        let window = try #require(trace.window(from: instant(0), to: instant(51)))
        #expect(!window.isComplete && window.covered == .seconds(2) && window.meanPower == .watts(100))
        #expect(trace.window(from: instant(10), to: instant(20)) == nil)
        #expect(trace.window(from: instant(10), to: instant(10)) == nil)
    }

    @Test func aWindowOfNoLengthIsAMeasuredZero() throws {
        var trace = EnergyTrace(capacity: 10)
        trace.append(power: .watts(100), at: instant(0))
        trace.append(power: .watts(100), at: instant(1))
        let window = try #require(trace.window(from: instant(0.5), to: instant(0.5)))
        #expect(window.energy == .zero && window.covered == .zero && window.meanPower == nil && window.isComplete)
        #expect(trace.window(from: instant(2), to: instant(2)) == nil)
        #expect(trace.window(from: instant(0.6), to: instant(0.5)) == nil)
    }

    /// A ring that thins itself keeps the sum and its ends, whatever its size.
    @Test(arguments: [1, 2, 3, 8, 16, 100, 600])
    func aWholeTraceKeepsItsSum(_ capacity: Int) throws {
        var trace = EnergyTrace(capacity: capacity, retention: .whole)
        trace.restart(at: instant(0))
        for tick in 1...2_000 {
            let time = instant(Double(tick) * 0.01)
            trace.append(nanojoules: 1_000_000_000, publishedBetween: time, and: time)
        }
        #expect(trace.total == .joules(2_000) && trace.count <= capacity)
        #expect(trace.lastInstant == instant(20))
        guard capacity >= 8 else { return }
        #expect(trace.firstInstant == instant(0))
        let window = try #require(trace.window(from: instant(0), to: instant(20)))
        #expect(window.energy == .joules(2_000) && window.isComplete)
        let part = try #require(trace.window(from: instant(3), to: instant(17)))
        #expect(abs(part.energy.joules - 1_400) <= part.bound.joules + 1e-6)
    }

    @Test(arguments: [2, 8, 64, 400])
    func aWholeTraceOfPowerKeepsItsSum(_ capacity: Int) {
        var random = SeededGenerator(seed: 72)
        var trace = EnergyTrace(capacity: capacity, retention: .whole)
        var readings: [(time: Double, watts: Double)] = []
        for tick in 0..<1_000 {
            readings.append((Double(tick) * 0.1, Double.random(in: 50...150, using: &random)))
            trace.append(power: .watts(readings[tick].watts), at: instant(readings[tick].time))
        }
        #expect(abs(trace.total.joules - trapezoid(readings)) < 1e-4)
        #expect(trace.count <= capacity)
    }

    @Test func publicationsThatComeOutOfOrderNeverBendTheCurveBack() throws {
        var random = SeededGenerator(seed: 73)
        for _ in 0..<50 {
            var trace = EnergyTrace(capacity: 50)
            var time = 0.0
            trace.restart(at: instant(0))
            var sum: UInt64 = 0
            for _ in 0..<80 {
                time += Double.random(in: -0.02...0.1, using: &random)
                let early = instant(time - Double.random(in: -0.05...0.2, using: &random))
                let energy = random.next() >> 30
                sum += energy
                let before = trace.lastInstant
                let knot = trace.append(nanojoules: energy, publishedBetween: early, and: instant(time))
                #expect(before.map { knot >= $0 } ?? true)
            }
            #expect(trace.total == .nanojoules(sum))
            var last = Energy.zero
            let first = try #require(trace.firstInstant)
            for step in 0...40 {
                let to = first.advanced(by: .milliseconds(step * 100))
                guard let window = trace.window(from: first, to: to) else { continue }
                #expect(window.energy >= last && window.bound >= .zero)
                last = window.energy
            }
        }
    }

    /// Energy is never made or lost between two windows that meet, also across gaps.
    @Test func windowsThatMeetAddUpAcrossGaps() {
        var random = SeededGenerator(seed: 74)
        var trace = EnergyTrace(capacity: 500)
        var time = 0.0
        for _ in 0..<200 {
            time += Double.random(in: 0.01...0.2, using: &random)
            if Int.random(in: 0..<12, using: &random) == 0 {
                trace.restart(at: instant(time + 1))
                time += 1
            } else {
                trace.append(
                    nanojoules: random.next() >> 28,
                    publishedBetween: instant(time - 0.01),
                    and: instant(time)
                )
            }
        }
        for _ in 0..<500 {
            let cuts = (0..<3).map { _ in instant(Double.random(in: 0...time, using: &random)) }.sorted()
            let parts = [(cuts[0], cuts[1]), (cuts[1], cuts[2])].compactMap { trace.window(from: $0, to: $1) }
            let whole = trace.window(from: cuts[0], to: cuts[2])
            let energy = parts.map(\.energy).reduce(.zero, +)
            let covered = parts.map(\.covered).reduce(.zero, +)
            #expect(energy == whole?.energy ?? .zero)
            #expect(covered == whole?.covered ?? .zero)
            let areComplete = parts.allSatisfy { $0.isComplete }
            #expect(areComplete || whole?.isComplete != true)
        }
    }

    @Test func extremeInstantsAreOutside() {
        var trace = EnergyTrace(capacity: 10)
        trace.restart(at: instant(1))
        trace.append(nanojoules: 5, publishedBetween: instant(2), and: instant(2))
        let (first, last) = (MonotonicInstant(nanoseconds: .min / 2), MonotonicInstant(nanoseconds: .max / 2))
        #expect(trace.window(from: first, to: last)?.energy == .nanojoules(5))
        #expect(trace.window(from: first, to: last)?.isComplete == false)
        #expect(trace.window(from: last, to: last) == nil && trace.window(from: first, to: first) == nil)
        #expect(!trace.isSettled(at: last) && trace.isSettled(at: first))
    }

    @Test func windowsOfSeveralChannelsAddUp() throws {
        let one = EnergyWindow(
            energy: .joules(4) ?? .zero,
            bound: .joules(1) ?? .zero,
            covered: .seconds(2),
            isComplete: true
        )
        let other = EnergyWindow(
            energy: .joules(3) ?? .zero,
            bound: .joules(2) ?? .zero,
            covered: .seconds(1),
            isComplete: false
        )
        let sum = try #require(EnergyWindow.sum([one, other]))
        #expect(sum.energy == .joules(7) && sum.bound == .joules(3) && sum.covered == .seconds(1))
        #expect(!sum.isComplete && sum.meanPower == .watts(5))
        #expect(EnergyWindow.sum([]) == nil && EnergyWindow.sum([one]) == one)
        let empty = EnergyWindow(energy: .zero, bound: .zero, covered: .zero, isComplete: true)
        #expect(empty.meanPower == nil && EnergyWindow.sum([one, empty])?.meanPower == nil)
    }
}
