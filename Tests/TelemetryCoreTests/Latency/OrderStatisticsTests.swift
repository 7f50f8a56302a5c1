// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// Selection without sorting must give what a sort gives.
@Suite struct OrderStatisticsTests {
    enum Shape: CaseIterable {
        case uniform, negative, equal, twoValues, subnormal, huge, signedZeros, ascending, bits

        func numbers(_ count: Int, _ random: inout SeededGenerator) -> [Double] {
            (0..<count).map { place in
                switch self {
                case .uniform: Double.random(in: 0..<1, using: &random)
                case .negative: Double.random(in: -1e9..<1e9, using: &random)
                case .equal: 42.5
                case .twoValues: Bool.random(using: &random) ? 1 : 1.000_000_000_000_000_2
                case .subnormal: Double(bitPattern: UInt64.random(in: 0..<1 << 40, using: &random))
                case .huge: Double.random(in: -1e300..<1e300, using: &random)
                case .signedZeros: [0.0, -0.0, 1, -1].randomElement(using: &random) ?? 0
                case .ascending: Double(place)
                case .bits: finite(&random)
                }
            }
        }

        private func finite(_ random: inout SeededGenerator) -> Double {
            let number = Double(bitPattern: random.next())
            return number.isFinite ? number : 0
        }
    }

    @Test(arguments: Shape.allCases, [1, 2, 3, 127, 128, 129, 130, 1_000, 5_000])
    func selectionIsWhatASortGives(_ shape: Shape, _ count: Int) {
        var random = SeededGenerator(seed: UInt64(count) &+ 77)
        let numbers = shape.numbers(count, &random)
        let sorted = numbers.sorted()
        let ranks = [0, count / 3, count / 2, count - 1, count - 1].sorted()
        #expect(OrderStatistics.values(at: ranks, of: numbers) == ranks.map { sorted[$0] })
    }

    @Test func noRanksAreNoValues() {
        #expect(OrderStatistics.values(at: [], of: [1, 2, 3]).isEmpty)
        #expect(OrderStatistics.values(at: [], of: Array(repeating: 1, count: 500)).isEmpty)
        #expect(OrderStatistics.values(at: [], of: (0..<500).map(Double.init)).isEmpty)
    }

    @Test func everyRankOfALargeSetIsRight() {
        var random = SeededGenerator(seed: 4)
        let numbers = Shape.bits.numbers(400, &random)
        let ranks = [0, 1, 199, 200, 397, 398, 399]
        #expect(OrderStatistics.values(at: ranks, of: numbers) == ranks.map { numbers.sorted()[$0] })
    }
}
