// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@Suite struct CounterAccumulatorTests {
    @Test func theFirstValueIsOnlyABeginning() {
        var counter = CounterAccumulator(format: .millijoules)
        #expect(counter.add(5_000, within: .seconds(1)) == .first)
        #expect(counter.add(5_000, within: .seconds(1)) == .unchanged)
        #expect(counter.add(8_000, within: .seconds(1)) == .advanced(nanojoules: 3_000_000_000))
    }

    /// Units that are no whole number of nanojoules lose nothing over any number of steps.
    @Test(arguments: [14, 16, 32])
    func remaindersAreCarried(bits: Int) throws {
        var random = SeededGenerator(seed: UInt64(bits))
        var counter = CounterAccumulator(format: .joulesDividedByTwo(toThe: bits))
        var (count, sum) = (UInt64(7), UInt64(0))
        _ = counter.add(count, within: .seconds(1))
        for _ in 0..<10_000 {
            count += UInt64.random(in: 1...1_000, using: &random)
            if case .advanced(let nanojoules) = counter.add(count, within: .seconds(1)) { sum += nanojoules }
        }
        #expect(UInt128(sum) == (UInt128(count - 7) * 1_000_000_000) >> UInt128(bits))
    }

    @Test func wrapsAreUndone() {
        var counter = CounterAccumulator(format: .microjoules.wrapping(after: 1_000_001))
        _ = counter.add(900_000, within: .seconds(1))
        #expect(counter.add(200_000, within: .seconds(1)) == .advanced(nanojoules: 300_001_000))
        #expect(counter.epoch == 0)
    }

    /// What looks like a wrap would be more than the device can draw: the counter was reset.
    @Test func aResetIsNoWrap() {
        var counter = CounterAccumulator(format: .microjoules.wrapping(after: 262_143_328_851))
        _ = counter.add(100_000_000_000, within: .seconds(1))
        #expect(counter.add(5, within: .milliseconds(10), limit: .watts(200)) == .restarted(.wentBack))
        #expect(counter.add(7, within: .milliseconds(10)) == .advanced(nanojoules: 2_000))
        #expect(counter.epoch == 1)
    }

    @Test("Defect 6: a driver that is loaded anew makes the counter small; the difference is no energy")
    func defect6ADecreaseIsAReset() {
        var counter = CounterAccumulator(format: .millijoules)
        _ = counter.add(5_000_000_000, within: .seconds(1))
        #expect(counter.add(3, within: .seconds(1)) == .restarted(.wentBack))
        #expect(counter.add(1_003, within: .seconds(1)) == .advanced(nanojoules: 1_000_000_000))
    }

    @Test(arguments: [
        (watts: 400.0, joules: 790.0, isBelieved: true), (watts: 400.0, joules: 4_000.0, isBelieved: false),
        (watts: 0.0, joules: 4_000.0, isBelieved: true), (watts: 0.0, joules: 60_000.0, isBelieved: false),
    ])
    func jumpsAreJudgedByThePowerLimit(watts: Double, joules: Double, isBelieved: Bool) {
        var counter = CounterAccumulator(format: .joules)
        _ = counter.add(0, within: .zero)
        let step = counter.add(UInt64(joules), within: .seconds(1), limit: .watts(watts))
        #expect(step == (isBelieved ? .advanced(nanojoules: UInt64(joules * 1e9)) : .restarted(.jumpedAhead)))
    }

    /// A counter at the end of 64 bits neither traps nor invents energy.
    @Test func theLargestValuesAreHarmless() {
        var counter = CounterAccumulator(format: .joules)
        _ = counter.add(0, within: .zero)
        #expect(counter.add(.max, within: .seconds(1)) == .restarted(.jumpedAhead))
        #expect(counter.add(0, within: .seconds(1)) == .restarted(.wentBack))
    }
}
