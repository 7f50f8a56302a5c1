// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@Suite struct GapStatisticsTests {
    @Test func fewerThanTwoTokensHaveNoGap() throws {
        #expect(GapStatistics(gaps: []) == nil)
        for times in [[], [MonotonicInstant(nanoseconds: 5)]] {
            let statistics = try InterTokenLatencyStatistics(tokenTimes: times)
            #expect(statistics.gaps == GapStatistics())
            #expect(statistics.minimum == nil)
            #expect(statistics.p50 == nil)
        }
    }

    @Test func oneGapHasNoDeviation() {
        let statistics = GapStatistics(gaps: [.milliseconds(7)])
        #expect(statistics?.mean == .milliseconds(7))
        #expect(statistics?.p99 == .milliseconds(7))
        #expect(statistics?.standardDeviation == nil)
    }

    @Test(arguments: [1, 2, 3, 23, 24, 25, 26, 100, 999, 5_000], [UInt64(1), 2, 3])
    func selectionAgreesWithASort(count: Int, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        // Few distinct values for one seed, so that ties are many.
        let values = (0..<count).map { _ in Double(Int.random(in: 0..<(seed == 3 ? 4 : 1_000_000), using: &generator)) }
        let statistics = try #require(SampleStatistics(values))
        let sorted = values.sorted()
        func percentile(_ fraction: Double) -> Double {
            let index = Double(count - 1) * fraction
            let below = Int(index)
            return sorted[below] + (sorted[min(below + 1, count - 1)] - sorted[below]) * (index - Double(below))
        }
        #expect(statistics.median == percentile(0.5))
        #expect(statistics.p90 == percentile(0.9))
        #expect(statistics.p95 == percentile(0.95))
        #expect(statistics.p99 == percentile(0.99))
        #expect(statistics.minimum == sorted.first)
        #expect(statistics.maximum == sorted.last)
    }

    @Test func orderedAndAdverseInputsAreFine() throws {
        for values in [Array(0..<50_000), Array((0..<50_000).reversed()), (0..<50_000).map { min($0, 50_000 - $0) }] {
            let statistics = try #require(SampleStatistics(values.map(Double.init)))
            #expect(statistics.median <= statistics.p90)
            #expect(statistics.maximum == Double(values.max() ?? 0))
        }
    }

    @Test(arguments: [[Double.nan], [1, .infinity], [-.infinity, .infinity], []])
    func whatIsNoNumberHasNoStatistics(values: [Double]) {
        #expect(SampleStatistics(values) == nil)
    }

    @Test func instantsAndDurationsAgree() throws {
        let instants = [3, 10, 12, 40].map { MonotonicInstant(nanoseconds: $0) }
        let durations = instants.map { Duration.nanoseconds($0.nanoseconds) }
        #expect(
            try InterTokenLatencyStatistics(tokenTimes: instants) == InterTokenLatencyStatistics(tokenTimes: durations)
        )
    }

    @Test func durationsKeepTheirDigits() {
        #expect(Duration.milliseconds(checking: 1_750_000_000_021) == .seconds(1_750_000_000) + .milliseconds(21))
        #expect(Duration.seconds(checking: 0.1) == .milliseconds(100))
        #expect(Duration.seconds(checking: .nan) == nil)
        #expect(Duration.milliseconds(checking: .infinity) == nil)
        #expect(Duration.seconds(checking: 1e300) == nil)
    }

    @Test func defect43TimesThatStepBackAreRefused() {
        let instants = [0, 30, 10, 40].map { MonotonicInstant(nanoseconds: $0) }
        #expect { try InterTokenLatencyStatistics(tokenTimes: instants) } throws: {
            ($0 as? CalculationError)?.code == .times
        }
        let durations = instants.map { Duration.nanoseconds($0.nanoseconds) }
        #expect(throws: CalculationError.self) { try InterTokenLatencyStatistics(tokenTimes: durations) }
    }

    @Test func defect47TheMeanDividesByTheGaps() throws {
        let times = [0, 200_000_000].map { MonotonicInstant(nanoseconds: $0) }
        #expect(try InterTokenLatencyStatistics(tokenTimes: times).mean == .milliseconds(200))
        #expect(try InterTokenLatencyStatistics(tokenTimes: [times[1]]).mean == nil)
    }

    @Test func defect54OneImplementationForBothQuestions() throws {
        let times = [0, 1, 3, 6, 10].map { Duration.milliseconds($0) }
        let gaps = zip(times.dropFirst(), times).map { $0 - $1 }
        let statistics = try InterTokenLatencyStatistics(tokenTimes: times)
        #expect(statistics.gaps == GapStatistics(gaps: gaps))
        #expect(statistics.standardDeviation != nil)
    }
}
