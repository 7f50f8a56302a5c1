// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// Numbers while they are few, a sketch beyond: the two must tell the same of the same numbers.
@Suite struct DistributionEdgeTests {
    private func filled(_ numbers: [Double], limit: Int) -> Distribution {
        var distribution = Distribution(exactLimit: limit)
        for number in numbers { distribution.add(number) }
        return distribution
    }

    /// What is no measurement counts nowhere, exact or not.
    @Test(arguments: [0, 100])
    func whatIsNoMeasurementIsLeftOut(limit: Int) {
        let distribution = filled([.nan, 3, -1, .infinity, 5, -.infinity], limit: limit)
        #expect(distribution.count == 2)
        #expect(distribution.quantiles([0, 1]) == [3, 5])
    }

    @Test func theLimitIsTheLastExactCount() {
        let numbers = (1...10).map { Double($0) * 1.1 }
        let exact = filled(numbers, limit: 10).quantiles([0.5, 0.95])
        #expect(exact == [0.5, 0.95].map { Percentile.exact($0, ofSorted: numbers) })
        let sketched = filled(numbers, limit: 9)
        #expect(sketched.count == 10)
        for (found, wanted) in zip(sketched.quantiles([0.5, 0.95]), exact) {
            guard let found, let wanted else {
                Issue.record("absent")
                return
            }
            #expect(abs(found - wanted) <= 0.006 * wanted)
        }
    }

    @Test(arguments: [0, 3, 8, 100], [0, 3, 8, 100])
    func mergingCountsEveryNumberOnce(left: Int, right: Int) {
        let numbers = (1...6).map(Double.init)
        var merged = filled(numbers, limit: left)
        merged.merge(filled(numbers, limit: right))
        #expect(merged.count == 12)
        #expect(merged.quantiles([0, 1]) == [1, 6])
        merged.merge(Distribution(exactLimit: right))
        #expect(merged.count == 12)
    }

    @Test func nothingHasNoPercentiles() {
        #expect(filled([], limit: 5).quantiles([0, 0.5, 1]) == [nil, nil, nil])
        #expect(filled([], limit: 5).quantiles([]) == [])
        #expect(filled([], limit: 0).count == 0)
    }

    @Test func bytesAddToWhatIsThere() {
        var source = filled([1, 2, 3], limit: 100)
        var bytes: [UInt8] = []
        source.encode(into: &bytes)
        #expect(source.count == 3)
        var target = filled([10], limit: 100)
        let isWhole = bytes.withUnsafeBytes { bytes in
            var reader = VariableLengthNumber.Reader(bytes)
            return target.merge(encoded: &reader)
        }
        #expect(isWhole && target.count == 4)
        #expect(target.quantiles([0, 1]) == [1, 10])
    }

    @Test func aTallyOfPartsIsTheTallyOfAll() {
        var random = SeededGenerator(seed: 31)
        let calls = (0..<300).map { _ in randomCall(&random) }
        var whole = StatisticsBuilder(exactLimit: 10_000)
        var parts = (0..<7).map { _ in StatisticsBuilder(exactLimit: 10_000) }
        for (place, call) in calls.enumerated() {
            whole.add(call)
            parts[place % 7].add(call)
        }
        var merged = StatisticsBuilder(exactLimit: 10_000)
        for part in parts.shuffled(using: &random) { merged.merge(part) }
        // Whole numbers, so that the order of a sum cannot show.
        for column in TallyColumn.allCases {
            #expect(merged.regular[column] == whole.regular[column], "\(column)")
            #expect(merged.warmup[column] == whole.warmup[column], "\(column)")
        }
        #expect(merged.statistics(includingWarmup: true) == whole.statistics(includingWarmup: true))
        #expect(merged.statistics(includingWarmup: false) == whole.statistics(includingWarmup: false))
    }

    private func randomCall(_ random: inout SeededGenerator) -> CallMeasures {
        func maybe(_ most: Int) -> Double? {
            Int.random(in: 0..<4, using: &random) == 0 ? nil : Double(Int.random(in: 0...most, using: &random))
        }
        var call = CallMeasures()
        call.isWarmup = Int.random(in: 0..<5, using: &random) == 0
        (call.promptTokens, call.completionTokens) = (maybe(1_000), maybe(1_000))
        call.setTotal(given: maybe(3_000))
        (call.latency, call.timeToFirstToken, call.timePerOutputToken) = (
            maybe(1_000_000), maybe(50_000), maybe(90_000)
        )
        (call.meanGap, call.medianGap, call.p95Gap, call.gapCount) = (
            maybe(9_999), maybe(9_999), maybe(9_999), maybe(50)
        )
        (call.cost, call.energy, call.prefillEnergy, call.decodeEnergy) = (
            maybe(99), maybe(1 << 30), maybe(99), maybe(99)
        )
        (call.electricityCost, call.carbon, call.gpuUtilization) = (maybe(9), maybe(9), maybe(100))
        return call
    }

    @Test func columnsHaveNamesThatAreEachOnce() {
        let names = TallyColumn.allCases.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(TallyColumn.promptTokensEvaluatedCount.name == "prompt_tokens_evaluated_count")
        #expect(names.allSatisfy { $0 == $0.lowercased() })
    }

    @Test func encodedDistributionsComeBackInTheirOrder() {
        var call = CallMeasures()
        (call.latency, call.completionTokens, call.medianGap) = (2e6, 10, 5e6)
        var tally = CallTally(exactLimit: 100)
        tally.add(call)
        let bytes = tally.encodedDistributions()
        var read = CallTally(exactLimit: 100)
        #expect(bytes.withUnsafeBytes { read.merge(encodedDistributions: $0) } == true)
        #expect(read.count(.latency) == 1 && read.count(.throughput) == 1 && read.count(.medianGap) == 1)
        #expect(read.count(.timeToFirstToken) == 0 && read.count(.p95Gap) == 0)
        #expect(read.quantiles(.latency, at: [0.5]) == [2])
        #expect(read.quantiles(.throughput, at: [0.5]) == [5])
        let isCut = bytes.dropLast().withUnsafeBytes { read.merge(encodedDistributions: $0) }
        #expect(!isCut)
    }
}
