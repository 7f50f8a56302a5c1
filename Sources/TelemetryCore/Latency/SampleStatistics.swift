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
        var values = values
        self.init(scratch: &values)
    }

    /// Describes numbers and leaves them in another order, so that no copy is made.
    package init?(scratch values: inout [Double]) {
        let sum = values.reduce(0, +)
        guard !values.isEmpty, sum.isFinite else { return nil }
        count = values.count
        let mean = sum / Double(values.count)
        self.mean = mean
        standardDeviation = Self.deviation(of: values, from: mean)
        let ranks = [0.5, 0.9, 0.95, 0.99].map { Rank(fraction: $0, of: values.count) }
        let selected = values.withUnsafeMutableBufferPointer { buffer in
            OrderStatistics.settle(ranks.flatMap { [$0.below, $0.above] }[...], in: buffer)
            return ranks.map { $0.value(in: buffer) }
        }
        (median, p90, p95, p99) = (selected[0], selected[1], selected[2], selected[3])
        (minimum, maximum) = Self.bounds(of: values)
    }

    private static func deviation(of values: [Double], from mean: Double) -> Double? {
        guard values.count > 1 else { return nil }
        var squares = 0.0
        for value in values {
            squares += (value - mean) * (value - mean)
        }
        return (squares / Double(values.count - 1)).squareRoot()
    }

    private static func bounds(of values: [Double]) -> (Double, Double) {
        var (least, greatest) = (values[0], values[0])
        for value in values {
            least = min(least, value)
            greatest = max(greatest, value)
        }
        return (least, greatest)
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

    func value(in buffer: UnsafeMutableBufferPointer<Double>) -> Double {
        buffer[below] + (buffer[above] - buffer[below]) * fraction
    }
}
