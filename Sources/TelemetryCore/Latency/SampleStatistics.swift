// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What a set of numbers looks like: centre, spread, tails.
///
/// All values have the unit of the numbers.
/// Percentiles interpolate linearly between the ranks, at index (n - 1)p, as NumPy's default does.
public struct SampleStatistics: Sendable, Hashable {
    /// How many numbers there are; at least one.
    public let count: Int
    /// The arithmetic mean.
    public let mean: Double
    /// The least of the numbers.
    public let minimum: Double
    /// The greatest of the numbers.
    public let maximum: Double
    /// The sample standard deviation (divisor n - 1); absent for a single number.
    public let standardDeviation: Double?
    /// The 50th percentile.
    public let median: Double
    /// The 90th percentile.
    public let p90: Double
    /// The 95th percentile.
    public let p95: Double
    /// The 99th percentile.
    public let p99: Double

    /// Describes numbers in any order; nothing for no numbers, or if one of them is not finite.
    public init?(_ values: [Double]) {
        let moments = Moments(of: values)
        guard !values.isEmpty, moments.sum.isFinite || values.allSatisfy(\.isFinite) else { return nil }
        count = values.count
        minimum = moments.minimum
        maximum = moments.maximum
        mean = moments.sum.isFinite ? moments.sum / Double(values.count) : Self.meanOfHuge(values)
        standardDeviation = Self.deviation(of: values, from: mean)
        let ranks = [0.5, 0.9, 0.95, 0.99].map { Rank(fraction: $0, of: values.count) }
        let selected = OrderStatistics.values(at: ranks.flatMap { [$0.below, $0.above] }, of: values)
        let percentiles = ranks.enumerated().map { index, rank in
            rank.value(below: selected[2 * index], above: selected[2 * index + 1])
        }
        (median, p90, p95, p99) = (percentiles[0], percentiles[1], percentiles[2], percentiles[3])
    }

    private static func deviation(of values: [Double], from mean: Double) -> Double? {
        guard values.count > 1 else { return nil }
        // Four sums side by side, for one would wait for itself at every addition.
        var squares = SIMD4<Double>.zero
        var index = 0
        while index + 4 <= values.count {
            let part = SIMD4(values[index], values[index + 1], values[index + 2], values[index + 3]) - mean
            squares += part * part
            index += 4
        }
        let rest = values[index...].reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let sum = squares.sum() + rest
        guard sum.isFinite else { return deviationOfHuge(values, from: mean) }
        return (sum / Double(values.count - 1)).squareRoot()
    }

    /// The mean of numbers whose plain sum is beyond the range: by the part that each has in it.
    private static func meanOfHuge(_ values: [Double]) -> Double {
        values.reduce(0) { $0 + $1 / Double(values.count) }
    }

    /// The deviation of numbers whose squares are beyond the range: of their shares in the largest distance.
    private static func deviationOfHuge(_ values: [Double], from mean: Double) -> Double? {
        let largest = values.reduce(0) { max($0, abs($1 / 2 - mean / 2)) }
        let squares = values.reduce(0) { sum, value in
            let part = (value / 2 - mean / 2) / largest
            return sum + part * part
        }
        let deviation = largest * (squares / Double(values.count - 1)).squareRoot() * 2
        return deviation.isFinite ? deviation : nil
    }
}

/// The sum and the ends of numbers.
private struct Moments {
    private(set) var sum = 0.0
    private(set) var minimum = Double.infinity
    private(set) var maximum = -Double.infinity

    init(of values: [Double]) {
        for value in values {
            sum += value
            minimum = value < minimum ? value : minimum
            maximum = value > maximum ? value : maximum
        }
    }
}

/// A place between two positions of a sorted list.
private struct Rank {
    let below: Int
    let above: Int
    let fraction: Double

    init(fraction: Double, of count: Int) {
        let index = Double(count - 1) * fraction
        below = Int(index)
        above = min(below + 1, count - 1)
        self.fraction = index - Double(below)
    }

    func value(below: Double, above: Double) -> Double {
        below + (above - below) * fraction
    }
}
