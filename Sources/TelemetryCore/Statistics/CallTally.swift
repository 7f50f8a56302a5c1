// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The additive numbers of a tally, each of which is a column of the roll-ups under its name.
///
/// A sum is followed by the number of calls behind it, so that nothing measured and a measured 0 stay apart. Sums are
/// floating: they never overflow, and whole numbers stay exact up to 2^53.
package enum TallyColumn: Int, CaseIterable, Sendable {
    case calls
    case promptTokens, promptTokensCount
    case cachedTokens, cachedTokensCount
    case promptTokensEvaluated, promptTokensEvaluatedCount
    case completionTokens, completionTokensCount
    case reasoningTokens, reasoningTokensCount
    case totalTokens, totalTokensCount
    case latency, latencyCount
    case timeToFirstToken, timeToFirstTokenCount
    case cost, costCount
    case electricityCost, electricityCostCount
    case carbon, carbonCount
    case energy, energyCount
    case prefillEnergy, prefillEnergyCount
    case decodeEnergy, decodeEnergyCount
    case gpuUtilization, gpuUtilizationCount
    // Ratios: both sums over the calls that have both.
    case timedTokens, timedLatency, timedCount
    case poweredTokens, poweredEnergy, poweredCount
    case poweredTotalTokens, poweredTotalEnergy
    // The mean gap between tokens, weighted by the number of gaps.
    case gapWeight, weightedGap, gapCount

    /// The column's name in the database.
    package var name: String {
        Self.names[rawValue]
    }

    private static let names = allCases.map { column in
        "\(column)".reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }
}

/// The distributions of a tally, in the order in which they are encoded.
package enum TallyDistribution: Int, CaseIterable, Sendable {
    /// Seconds.
    case timeToFirstToken, latency, timePerOutputToken
    /// Tokens a second.
    case throughput
    /// Seconds: the calls' own medians and 95th percentiles of gaps between tokens.
    case medianGap, p95Gap
}

/// Sums, counts and distributions over some calls.
///
/// Tallies of disjoint calls merge to the tally of all.
package struct CallTally: Sendable {
    /// The additive numbers, by `TallyColumn`.
    package private(set) var values = [Double](repeating: 0, count: TallyColumn.allCases.count)
    /// The distributions, by `TallyDistribution`.
    package private(set) var distributions: [Distribution]

    /// Creates the tally of no calls; percentiles of up to `exactLimit` calls are exact.
    package init(exactLimit: Int) {
        distributions = Array(
            repeating: Distribution(exactLimit: exactLimit),
            count: TallyDistribution.allCases.count
        )
    }

    /// One additive number.
    package subscript(column: TallyColumn) -> Double {
        get { values[column.rawValue] }
        set { values[column.rawValue] = newValue }
    }

    /// Percentiles of one distribution.
    package func quantiles(_ distribution: TallyDistribution, at fractions: [Double]) -> [Double?] {
        distributions[distribution.rawValue].quantiles(fractions)
    }

    /// The number of values in one distribution.
    package func count(_ distribution: TallyDistribution) -> Int {
        distributions[distribution.rawValue].count
    }

    /// Adds the calls of another tally.
    package mutating func merge(_ other: CallTally) {
        for index in values.indices {
            values[index] += other.values[index]
        }
        for index in distributions.indices {
            distributions[index].merge(other.distributions[index])
        }
    }

    /// Adds to one additive number, by its place among `TallyColumn`.
    package mutating func add(_ value: Double, toColumnAt index: Int) {
        values[index] += value
    }

    /// Adds encoded distributions and returns whether the bytes were such.
    package mutating func merge(encodedDistributions bytes: UnsafeRawBufferPointer) -> Bool {
        var reader = VariableLengthNumber.Reader(bytes)
        return distributions.indices.allSatisfy { distributions[$0].merge(encoded: &reader) }
    }

    /// The bytes of all distributions.
    package mutating func encodedDistributions() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        for index in distributions.indices {
            distributions[index].encode(into: &bytes)
        }
        return bytes
    }

    mutating func add(_ value: Double, to distribution: TallyDistribution) {
        distributions[distribution.rawValue].add(value)
    }
}
