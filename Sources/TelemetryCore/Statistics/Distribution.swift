// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Exact percentiles of few numbers.
package enum Percentile {
    /// The percentile of sorted numbers by linear interpolation at `(n - 1) * fraction`, or nothing of none.
    package static func exact(_ fraction: Double, ofSorted sorted: [Double]) -> Double? {
        guard !sorted.isEmpty, !fraction.isNaN else { return nil }
        let rank = Double(sorted.count - 1) * min(max(fraction, 0), 1)
        let below = Int(rank)
        let weight = rank - Double(below)
        guard below + 1 < sorted.count, weight > 0 else { return sorted[below] }
        return sorted[below] + (sorted[below + 1] - sorted[below]) * weight
    }
}

/// The numbers behind a percentile: themselves while they are few, a sketch beyond.
package struct Distribution: Sendable {
    /// The most numbers kept as they are.
    package let exactLimit: Int
    private var values: [Double] = []
    private var sketch = QuantileSketch()

    /// Creates an empty distribution; a limit of 0 keeps a sketch from the start.
    package init(exactLimit: Int) {
        self.exactLimit = exactLimit
    }

    /// The number of numbers.
    package var count: Int {
        values.count + sketch.count
    }

    /// Adds a number, unless it is negative or not finite and so no measurement.
    package mutating func add(_ value: Double) {
        guard value >= 0, value.isFinite else { return }
        if sketch.count == 0, values.count < exactLimit {
            values.append(value)
        } else {
            spill()
            sketch.add(value)
        }
    }

    /// Adds all numbers of another distribution.
    package mutating func merge(_ other: Distribution) {
        if other.sketch.count > 0 {
            spill()
            sketch.merge(other.sketch)
        }
        for value in other.values {
            add(value)
        }
    }

    /// Adds an encoded sketch and returns whether the bytes were one.
    package mutating func merge(encoded reader: inout VariableLengthNumber.Reader) -> Bool {
        spill()
        return sketch.merge(encoded: &reader)
    }

    /// Appends the bytes of a sketch of all numbers.
    package mutating func encode(into bytes: inout [UInt8]) {
        spill()
        sketch.encode(into: &bytes)
    }

    /// The percentiles at some fractions; nothing of none.
    package func quantiles(_ fractions: [Double]) -> [Double?] {
        if sketch.count > 0 { return fractions.map { sketch.quantile($0) } }
        let sorted = values.sorted()
        return fractions.map { Percentile.exact($0, ofSorted: sorted) }
    }

    private mutating func spill() {
        guard !values.isEmpty else { return }
        for value in values {
            sketch.add(value)
        }
        values.removeAll()
    }
}
