// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TelemetryCore

/// From a record to the numbers that sums are made of.
@Suite struct CallMeasuresTests {
    private func measures(_ change: (inout TelemetryRecord) -> Void = { _ in }) -> CallMeasures {
        var record = TelemetryRecord(id: RecordID(high: 0, low: 0), timestamp: WallTime(microsecondsSinceEpoch: 0))
        change(&record)
        return CallMeasures(of: record)
    }

    @Test func nothingKnownIsNothingMeasured() {
        #expect(measures() == CallMeasures())
    }

    @Test func unitsAreThoseOfTheStore() {
        let made = measures {
            $0.timing.latency = .milliseconds(1_500)
            $0.timing.timeToFirstToken = .nanoseconds(2_500)
            $0.timing.timePerOutputToken = .microseconds(3)
            $0.price.costUSD = 0.25
            $0.energy.total = .joules(2)
            $0.energy.prefill = .nanojoules(5)
            $0.device.utilizationPercent = 33.5
        }
        #expect(made.latency == 1_500_000)
        #expect(made.timeToFirstToken == 3)
        #expect(made.timePerOutputToken == 3_000)
        #expect(made.cost == 250_000_000)
        #expect(made.energy == 2e9 && made.prefillEnergy == 5 && made.decodeEnergy == nil)
        #expect(made.gpuUtilization == 33.5)
    }

    /// What cannot be right is left out of sums, so that one bad row spoils none.
    @Test func whatCannotBeIsLeftOut() {
        let made = measures {
            $0.tokens.prompt = -1
            $0.tokens.completion = -1
            $0.timing.latency = .seconds(-1)
            $0.timing.timeToFirstToken = .seconds(2_000_000_000_000)
            $0.price.costUSD = .nan
            $0.price.electricityCost = -3
            $0.price.carbonGrams = .infinity
            $0.energy.total = .joules(-1)
            $0.energy.decode = .joules(1e13)
            $0.device.utilizationPercent = -.infinity
        }
        #expect(made == CallMeasures())
    }

    @Test func aMeasuredZeroStays() {
        let made = measures {
            $0.tokens.completion = 0
            $0.timing.latency = .zero
            $0.price.costUSD = 0
            $0.energy.total = .zero
        }
        #expect(made.completionTokens == 0 && made.totalTokens == 0 && made.latency == 0)
        #expect(made.cost == 0 && made.energy == 0)
    }

    @Test func decimalsThatCameThroughBinaryFractionsAreWhole() {
        #expect(measures { $0.price.costUSD = 0.1 + 0.2 }.cost == 300_000_000)
        #expect(measures { $0.price.costUSD = 1e-9 }.cost == 1)
        #expect(measures { $0.price.costUSD = 1.5e-9 }.cost.map { abs($0 - 1.5) < 1e-12 } == true)
        #expect(measures { $0.price.costUSD = 2e12 }.cost == nil)
    }

    @Test func aTotalIsTheSourcesOwnElseThePartsThatAreKnown() {
        #expect(measures { ($0.tokens.prompt, $0.tokens.completion) = (3, 4) }.totalTokens == 7)
        #expect(measures { $0.tokens.prompt = 3 }.totalTokens == 3)
        #expect(measures { $0.tokens.completion = 4 }.totalTokens == 4)
        #expect(
            measures {
                ($0.tokens.prompt, $0.tokens.completion) = (3, 4)
                $0.given.totalTokens = 9
            }.totalTokens == 9
        )
        #expect(measures { $0.given.totalTokens = -9 }.totalTokens == nil)
    }

    @Test func gapsAreWeightedByTheirNumber() {
        let made = measures {
            $0.timing.interTokenLatency = GapStatistics(gaps: [.milliseconds(1), .milliseconds(3)])
        }
        #expect(made.meanGap == 2_000_000 && made.medianGap == 2_000_000 && made.gapCount == 2)
        var builder = StatisticsBuilder(exactLimit: 10)
        builder.add(made)
        builder.add(
            measures {
                $0.timing.interTokenLatency = GapStatistics(gaps: Array(repeating: .milliseconds(5), count: 8))
            }
        )
        let statistics = builder.statistics(includingWarmup: false)
        #expect(statistics.averageMeanInterTokenLatency.value == .microseconds(4_400))
        #expect(statistics.averageMeanInterTokenLatency.count == 2)
    }

    /// An imported row that says a mean but no number of gaps weighs by its tokens.
    @Test func aMeanWithoutACountWeighsByTokens() {
        var first = CallMeasures()
        (first.meanGap, first.completionTokens) = (1e6, 11)
        var second = CallMeasures()
        second.meanGap = 12e6
        var builder = StatisticsBuilder(exactLimit: 10)
        builder.add(first)
        builder.add(second)
        #expect(builder.statistics(includingWarmup: false).averageMeanInterTokenLatency.value == .milliseconds(2))
    }

    /// Sums that leave the range of their type are told as its end, or as absent, and never trap.
    @Test func sumsBeyondTheRangeDoNotTrap() {
        var builder = StatisticsBuilder(exactLimit: 4)
        for _ in 0..<40 {
            var call = CallMeasures()
            (call.promptTokens, call.completionTokens) = (Double(Int.max), Double(Int.max))
            call.totalTokens = .greatestFiniteMagnitude
            (call.latency, call.energy, call.cost) = (1e24, 1e21, .greatestFiniteMagnitude)
            builder.add(call)
        }
        let statistics = builder.statistics(includingWarmup: false)
        #expect(statistics.callCount == 40)
        #expect(statistics.promptTokens == .max)
        #expect(statistics.totalTokens == nil && statistics.totalCostUSD == nil)
        #expect(statistics.totalLatency == nil)
        #expect(statistics.averageLatency.count == 40)
    }

    @Test func aCallOfNoTimeHasNoThroughput() {
        var call = CallMeasures()
        (call.latency, call.completionTokens) = (0, 5)
        var builder = StatisticsBuilder(exactLimit: 4)
        builder.add(call)
        let statistics = builder.statistics(includingWarmup: false)
        #expect(statistics.throughput.p50 == nil)
        #expect(statistics.averageTokensPerSecond == Average(nil, count: 1))
        #expect(statistics.averageLatency == Average(.zero, count: 1))
    }
}
