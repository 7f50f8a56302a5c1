// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TelemetryCore

@Suite struct DistributionTests {
    @Test(arguments: [
        ([5.0, 3, 1, 4, 2], 0.5, 3.0), ([10, 20], 0.5, 15), ([42], 0.99, 42), ([1, 2, 3, 4], 0.25, 1.75),
    ])
    func fewNumbersGiveExactPercentiles(_ numbers: [Double], _ fraction: Double, _ wanted: Double) {
        var distribution = Distribution(exactLimit: 10)
        for number in numbers { distribution.add(number) }
        #expect(distribution.quantiles([fraction]) == [wanted])
    }

    @Test func percentilesOfAHundred() {
        #expect(Percentile.exact(0.9, ofSorted: (1...100).map(Double.init)).map { abs($0 - 90.1) < 1e-9 } == true)
        #expect(Percentile.exact(1, ofSorted: [1, 2]) == 2)
        #expect(Percentile.exact(0.5, ofSorted: []) == nil)
    }

    @Test func manyNumbersBecomeASketchWithoutLosingAny() throws {
        var distribution = Distribution(exactLimit: 100)
        for number in 1...1_000 { distribution.add(Double(number)) }
        #expect(distribution.count == 1_000)
        let median = try #require(distribution.quantiles([0.5])[0])
        #expect(abs(median - 500.5) < 500.5 * 0.006)
    }

    @Test func mergingKeepsExactnessWhileItCan() {
        var left = Distribution(exactLimit: 4)
        var right = Distribution(exactLimit: 4)
        for number in [1.0, 2] { left.add(number) }
        for number in [3.0, 4] { right.add(number) }
        left.merge(right)
        #expect(left.quantiles([0.5]) == [2.5])
        left.merge(right)
        #expect(left.count == 6)
    }

    @Test func aSketchMergesIntoFewNumbersAndBack() {
        var exact = Distribution(exactLimit: 10)
        var sketch = Distribution(exactLimit: 0)
        exact.add(1)
        sketch.add(2)
        var both = exact
        both.merge(sketch)
        var other = sketch
        other.merge(exact)
        #expect(both.count == 2)
        #expect(both.quantiles([0, 1]) == other.quantiles([0, 1]))
    }
}
