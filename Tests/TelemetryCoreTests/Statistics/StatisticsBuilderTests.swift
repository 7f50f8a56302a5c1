// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TelemetryCore

@Suite struct StatisticsBuilderTests {
    private func call(_ change: (inout CallMeasures) -> Void = { _ in }) -> CallMeasures {
        var call = CallMeasures()
        change(&call)
        return call
    }

    private func statistics(_ calls: [CallMeasures], includingWarmup: Bool = false) -> CallStatistics {
        var builder = StatisticsBuilder(exactLimit: 100)
        for call in calls { builder.add(call) }
        return builder.statistics(includingWarmup: includingWarmup)
    }

    @Test func nothingMeasuredIsAbsentAndCallsAreZero() {
        #expect(statistics([]) == CallStatistics())
        let one = statistics([call()])
        #expect(one.callCount == 1)
        #expect(one.totalEnergy == nil)
        #expect(one.totalTokens == nil)
        #expect(one.averageLatency == Average(nil, count: 0))
    }

    @Test func aMeasuredZeroIsZero() {
        let one = statistics([call { ($0.cost, $0.completionTokens, $0.totalTokens) = (0, 0, 0) }])
        #expect(one.totalCostUSD == 0)
        #expect(one.completionTokens == 0)
        #expect(one.averageTokensPerJoule == Average(nil, count: 0))
    }

    @Test("Defects 27 and 67: ratios are sums over sums of the calls that have both")
    func ratiosAreSumsOverSumsOfTheCallsThatHaveBoth() {
        let calls = [
            call { ($0.completionTokens, $0.energy) = (1, 10e9) },
            call { ($0.completionTokens, $0.energy) = (999, 10e9) },
            call { $0.completionTokens = 5_000 },
            call { $0.energy = 7e9 },
        ]
        let all = statistics(calls)
        #expect(all.averageJoulesPerOutputToken == Average(0.02, count: 2))
        #expect(all.averageTokensPerJoule == Average(50, count: 2))
        #expect(all.completionTokens == 6_000)
        #expect(all.totalEnergy == .joules(27))
    }

    @Test("Defect 26: averages count only what was measured") func averagesCountOnlyWhatWasMeasured() {
        let all = statistics([call { $0.timeToFirstToken = 500_000 }] + Array(repeating: call(), count: 9))
        #expect(all.averageTimeToFirstToken == Average(.milliseconds(500), count: 1))
        #expect(all.timeToFirstToken.p99 == .milliseconds(500))
    }

    @Test("Defect 31: warm-up calls count in sums and not in averages") func warmupCallsCountInSumsAndNotInAverages() {
        let calls = [
            call { ($0.latency, $0.completionTokens) = (1e6, 10) },
            call { ($0.latency, $0.completionTokens, $0.isWarmup) = (9e6, 10, true) },
        ]
        let usual = statistics(calls)
        #expect(usual.callCount == 2)
        #expect(usual.warmupCalls == 1)
        #expect(usual.totalLatency == .seconds(10))
        #expect(usual.averageLatency == Average(.seconds(1), count: 1))
        #expect(usual.latency.p95 == .seconds(1))
        #expect(usual.averageTokensPerSecond == Average(10, count: 1))
        let asked = statistics(calls, includingWarmup: true)
        #expect(asked.averageLatency == Average(.seconds(5), count: 2))
        #expect(asked.averageTokensPerSecond == Average(2, count: 2))
    }

    @Test func meanGapsAreWeightedByTheirNumber() {
        let calls = [
            call { ($0.meanGap, $0.gapCount) = (10e6, 1) },
            call { ($0.meanGap, $0.gapCount) = (20e6, 9) },
            // Where the number of gaps is not told, it is that of tokens less one.
            call { ($0.meanGap, $0.completionTokens) = (40e6, 11) },
        ]
        #expect(statistics(calls).averageMeanInterTokenLatency == Average(.microseconds(29_500), count: 3))
    }

    @Test func percentilesOfPercentilesComeFromTheirDistribution() {
        let calls =
            Array(repeating: call { ($0.medianGap, $0.p95Gap) = (1e6, 10e6) }, count: 99)
            + [call { ($0.medianGap, $0.p95Gap) = (900e6, 1_000e6) }]
        let all = statistics(calls)
        #expect(all.averageMedianInterTokenLatency == Average(.milliseconds(1), count: 100))
        #expect(all.averageP95InterTokenLatency == Average(.milliseconds(10), count: 100))
    }

    @Test func sumsNeverOverflow() {
        let huge = call { ($0.promptTokens, $0.totalTokens, $0.latency, $0.energy) = (9e18, 9e18, 1e18, 1e21) }
        let all = statistics(Array(repeating: huge, count: 100))
        #expect(all.promptTokens == .max)
        #expect(all.totalLatency == .seconds(100_000_000_000_000))
        #expect(all.totalEnergy.map { abs($0.joules / 1e14 - 1) < 1e-9 } == true)
    }

    @Test func mergedTalliesAreTheTallyOfAll() {
        let calls = (0..<50).map { number in
            call {
                $0.latency = Double(1 + number % 7) * 1e5
                $0.completionTokens = Double(number)
                $0.energy = Double(number) * 1e9
                $0.isWarmup = number % 5 == 0
            }
        }
        var left = StatisticsBuilder(exactLimit: 100)
        var right = StatisticsBuilder(exactLimit: 100)
        for (number, call) in calls.enumerated() {
            if number % 2 == 0 { left.add(call) } else { right.add(call) }
        }
        left.merge(right)
        #expect(left.statistics(includingWarmup: false) == statistics(calls))
    }

    @Test func encodedDistributionsComeBack() {
        var tally = CallTally(exactLimit: 0)
        tally.add(call { ($0.latency, $0.timeToFirstToken, $0.completionTokens) = (2e6, 1e5, 20) })
        let bytes = tally.encodedDistributions()
        var copy = CallTally(exactLimit: 0)
        let isWhole = bytes.withUnsafeBytes { copy.merge(encodedDistributions: $0) }
        #expect(isWhole)
        #expect(copy.quantiles(.throughput, at: [0.5]) == [10])
        #expect(copy.quantiles(.timeToFirstToken, at: [0.5]) == [0.1])
        var damaged = CallTally(exactLimit: 0)
        let isRefused = bytes.dropLast().withUnsafeBytes { !damaged.merge(encodedDistributions: $0) }
        #expect(isRefused)
    }
}
