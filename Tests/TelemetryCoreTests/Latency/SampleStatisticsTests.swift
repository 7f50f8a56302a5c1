// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// Centre, spread and tails of numbers, against the definitions written out.
@Suite struct SampleStatisticsTests {
    @Test func noNumbersHaveNoStatistics() {
        #expect(SampleStatistics([]) == nil)
        for bad in [Double.nan, .infinity, -.infinity] {
            #expect(SampleStatistics([bad]) == nil)
            #expect(SampleStatistics([1, bad, 3]) == nil)
        }
        #expect(SampleStatistics([.infinity, -.infinity]) == nil)
    }

    @Test func aLoneNumberIsEveryPercentileAndHasNoSpread() throws {
        let one = try #require(SampleStatistics([-3.5]))
        #expect(one.count == 1 && one.standardDeviation == nil)
        #expect([one.mean, one.minimum, one.maximum, one.median, one.p90, one.p95, one.p99].allSatisfy { $0 == -3.5 })
    }

    @Test func percentilesInterpolateAsNumPyDoes() throws {
        let four = try #require(SampleStatistics([4, 1, 3, 2]))
        #expect(four.median == 2.5)
        #expect(abs(four.p90 - 3.7) < 1e-12)
        #expect(abs(four.p95 - 3.85) < 1e-12)
        #expect(abs(four.p99 - 3.97) < 1e-12)
        #expect(abs(try #require(four.standardDeviation) - 1.290_994_448_735_805_6) < 1e-15)
    }

    @Test(arguments: [2, 3, 5, 100, 101, 999])
    func momentsAreThoseOfTheTextbook(_ count: Int) throws {
        var random = SeededGenerator(seed: UInt64(count))
        let numbers = (0..<count).map { _ in Double.random(in: -50...100, using: &random) }
        let made = try #require(SampleStatistics(numbers))
        let mean = numbers.reduce(0, +) / Double(count)
        let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
        #expect(abs(made.mean - mean) < 1e-9)
        #expect(abs(try #require(made.standardDeviation) - variance.squareRoot()) < 1e-9)
        #expect(made.minimum == numbers.min() && made.maximum == numbers.max())
        let sorted = numbers.sorted()
        for (fraction, value) in [(0.5, made.median), (0.9, made.p90), (0.95, made.p95), (0.99, made.p99)] {
            #expect(abs(try #require(Percentile.exact(fraction, ofSorted: sorted)) - value) < 1e-9)
        }
        #expect(made.minimum <= made.median && made.median <= made.p90 && made.p90 <= made.p95)
        #expect(made.p95 <= made.p99 && made.p99 <= made.maximum)
    }

    @Test func orderDoesNotMatterToPercentiles() {
        var random = SeededGenerator(seed: 12)
        let numbers = (0..<500).map { _ in Double.random(in: 0...1, using: &random) }
        let shuffled = numbers.shuffled(using: &random)
        #expect(SampleStatistics(numbers)?.p99 == SampleStatistics(shuffled)?.p99)
        #expect(SampleStatistics(numbers)?.median == SampleStatistics(shuffled)?.median)
    }

    /// What is finite has statistics, also where the plain sum would not be.
    @Test func theSumOfFiniteNumbersMayBeBeyondTheRange() throws {
        let huge = try #require(SampleStatistics([1.7e308, 1.7e308, 1.6e308]))
        #expect(huge.maximum == 1.7e308 && huge.minimum == 1.6e308 && huge.median == 1.7e308)
        #expect(huge.mean >= 1.6e308 && huge.mean <= 1.7e308)
        let opposite = try #require(SampleStatistics([-1.7e308, -1.7e308, 1.7e308, 1.7e308]))
        #expect(opposite.mean == 0)
    }

    @Test func percentilesOutsideTheRangeAreTheEnds() {
        let sorted = [1.0, 2, 3]
        #expect(Percentile.exact(0, ofSorted: sorted) == 1)
        #expect(Percentile.exact(1, ofSorted: sorted) == 3)
        #expect(Percentile.exact(1.5, ofSorted: sorted) == 3)
        #expect(Percentile.exact(-1, ofSorted: sorted) == 1)
        #expect(Percentile.exact(0.5, ofSorted: []) == nil)
        #expect(Percentile.exact(.nan, ofSorted: sorted) == nil)
    }
}
