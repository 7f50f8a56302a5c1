// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A mergeable distribution of non-negative numbers whose quantiles are right to 0.55 %.
///
/// This is OpenTelemetry's base-2 exponential histogram at scale 6: bucket `i` holds the numbers in
/// `(2^(i/64), 2^((i+1)/64)]`, zeros are counted apart, and the smallest and largest number are kept. Merging adds
/// counts, so that no order of adding and merging changes the result.
/// Source: OpenTelemetry metrics data model, "ExponentialHistogram".
public struct QuantileSketch: Sendable {
    /// The exponent of the histogram's resolution: the base is 2 to the power of 2 to the minus `scale`.
    public static let scale = 6

    /// The number of zeros.
    public private(set) var zeroCount = 0
    /// The number of numbers, zeros included.
    public private(set) var count = 0
    /// The smallest number, infinite where there is none.
    public private(set) var minimum = Double.infinity
    /// The largest number, minus infinite where there is none.
    public private(set) var maximum = -Double.infinity
    /// The index of the first of `buckets`.
    public private(set) var offset = 0
    /// The counts of neighbouring buckets from `offset` on; those at either end may be 0.
    public private(set) var buckets: [Int] = []

    /// Creates an empty distribution.
    public init() {}

    /// Adds a number, unless it is negative or not finite and so no measurement.
    public mutating func add(_ value: Double) {
        guard value >= 0, value.isFinite else { return }
        count += 1
        if value < minimum { minimum = value }
        if value > maximum { maximum = value }
        if value == 0 {
            zeroCount += 1
        } else {
            add(1, at: Self.index(of: value))
        }
    }

    /// Adds all numbers of another distribution.
    public mutating func merge(_ other: QuantileSketch) {
        count += other.count
        zeroCount += other.zeroCount
        if other.minimum < minimum { minimum = other.minimum }
        if other.maximum > maximum { maximum = other.maximum }
        guard !other.buckets.isEmpty else { return }
        makeRoom(for: other.offset)
        makeRoom(for: other.offset + other.buckets.count - 1)
        let shift = other.offset - offset
        for place in other.buckets.indices {
            buckets[shift + place] += other.buckets[place]
        }
    }

    /// The bucket of a positive number.
    static func index(of value: Double) -> Int {
        Int((log2(value) * bucketsPerOctave).rounded(.up)) - 1
    }

    static let bucketsPerOctave = 64.0

    mutating func add(_ number: Int, at index: Int) {
        makeRoom(for: index)
        buckets[index - offset] += number
    }

    /// Makes sure that an index has its bucket, with room to spare, so that a series of numbers seldom copies.
    mutating func makeRoom(for index: Int) {
        if buckets.isEmpty {
            offset = index - 2 * Self.room
            buckets = [Int](repeating: 0, count: 4 * Self.room)
        } else if index < offset {
            let room = offset - index + Self.room
            buckets.insert(contentsOf: repeatElement(0, count: room), at: 0)
            offset -= room
        } else if index >= offset + buckets.count {
            buckets.append(contentsOf: repeatElement(0, count: index - offset - buckets.count + Self.room))
        }
    }

    /// Gives the buckets' own memory to a body.
    mutating func withUnsafeBuckets<Result>(_ body: (UnsafeMutableBufferPointer<Int>) -> Result) -> Result {
        buckets.withUnsafeMutableBufferPointer { body($0) }
    }

    /// One octave of numbers.
    private static let room = 64

    mutating func addSummary(count: Int, zeroCount: Int, minimum: Double, maximum: Double) {
        self.count += count
        self.zeroCount += zeroCount
        self.minimum = min(self.minimum, minimum)
        self.maximum = max(self.maximum, maximum)
    }
}

extension QuantileSketch {
    /// The number below which a fraction of the distribution lies, or nothing if it is empty.
    ///
    /// Interpolates between the order statistics around `(n - 1) * fraction`, as the exact percentile does.
    public func quantile(_ fraction: Double) -> Double? {
        guard count > 0, !fraction.isNaN else { return nil }
        let rank = Double(count - 1) * min(max(fraction, 0), 1)
        let below = Int(rank)
        let weight = rank - Double(below)
        let lower = value(atRank: below)
        guard weight > 0 else { return lower }
        return lower + (value(atRank: below + 1) - lower) * weight
    }

    private func value(atRank rank: Int) -> Double {
        // The two ends are known as they are.
        if rank == 0 { return minimum }
        if rank >= count - 1 { return maximum }
        if rank < zeroCount { return 0 }
        var seen = zeroCount
        for (place, bucket) in buckets.enumerated() {
            seen += bucket
            if rank < seen { return representative(of: offset + place) }
        }
        return maximum
    }

    /// The number that is nowhere in the bucket further off than (b - 1) / (b + 1), within what was really added.
    private func representative(of index: Int) -> Double {
        // The harmonic mean of the bounds, which are a factor b apart, as one bound times 2b / (1 + b): their product
        // would overflow where they are huge, and vanish where they are tiny.
        let lower = exp2(Double(index) / Self.bucketsPerOctave)
        return min(max(lower * Self.centre, minimum), maximum)
    }

    private static let centre: Double = {
        let base = exp2(1 / bucketsPerOctave)
        return 2 * base / (1 + base)
    }()
}

extension QuantileSketch: Hashable {
    /// Whether two distributions hold the same counts, however their buckets are stored.
    public static func == (left: QuantileSketch, right: QuantileSketch) -> Bool {
        left.encoded() == right.encoded()
    }

    /// Feeds what equality compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(encoded())
    }
}
