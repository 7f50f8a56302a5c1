// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Finds what a sort would put at some positions, without sorting.
///
/// Four percentiles of 100,000 gaps need eight positions; a full sort spends most of its time on the others, and a
/// quickselect most of its on mispredicted branches. Here values are counted by the leading bits of their range, and
/// only those that share a bucket with a wanted position are looked at again.
enum OrderStatistics {
    /// Up to this many values a sort is faster.
    private static let fewValues = 128
    /// A table of counts that stays in the nearest cache.
    private static let bitsPerRound = 11

    /// The values at positions of the sorted order.
    ///
    /// - Parameters:
    ///   - ranks: positions, ascending, within the values.
    ///   - values: finite numbers in any order.
    /// - Returns: As many values as ranks.
    static func values(at ranks: [Int], of values: [Double]) -> [Double] {
        guard values.count > fewValues else {
            let sorted = values.sorted()
            return ranks.map { sorted[$0] }
        }
        let buckets = Buckets(of: values, bits: bitsPerRound)
        guard buckets.counts.count > 1 else { return ranks.map { _ in values[0] } }
        let wanted = buckets.groups(of: ranks)
        let members = buckets.members(of: wanted, in: values)
        return zip(wanted, members).flatMap { group, members in
            Self.values(at: group.ranks, of: members)
        }
    }
}

/// Numbers counted by the leading bits of their distance from the least, in the order of their bit patterns.
private struct Buckets {
    /// The ranks that fall in one bucket, counted from its own first number.
    struct Group {
        let bucket: Int
        let ranks: [Int]
    }

    private let low: UInt64
    private let shift: UInt64
    private(set) var counts: [Int]

    init(of values: [Double], bits: Int) {
        var (least, greatest) = (values[0], values[0])
        for value in values {
            least = value < least ? value : least
            greatest = value > greatest ? value : greatest
        }
        let low = Self.key(least)
        let range = Self.key(greatest) - low
        let width = UInt64.bitWidth - range.leadingZeroBitCount
        let shift = UInt64(max(0, width - bits))
        var counts = [Int](repeating: 0, count: Int(range >> shift) + 1)
        counts.withUnsafeMutableBufferPointer { counts in
            for value in values { counts[Int(truncatingIfNeeded: (Self.key(value) &- low) &>> shift)] &+= 1 }
        }
        self.low = low
        self.shift = shift
        self.counts = counts
    }

    /// Bits that order as the numbers do; both zeros are one.
    private static func key(_ value: Double) -> UInt64 {
        let bits = (value + 0).bitPattern
        // A sign bit means that greater magnitudes come first.
        return bits ^ (UInt64(bitPattern: Int64(bitPattern: bits) >> 63) | 1 << 63)
    }

    func groups(of ranks: [Int]) -> [Group] {
        var groups: [Group] = []
        var start = 0
        var rest = ranks[...]
        for (bucket, count) in counts.enumerated() where count > 0 {
            let inside = rest.prefix { $0 < start + count }
            if !inside.isEmpty { groups.append(Group(bucket: bucket, ranks: inside.map { $0 - start })) }
            rest = rest.dropFirst(inside.count)
            start += count
        }
        return groups
    }

    /// The numbers of each group's bucket.
    func members(of groups: [Group], in values: [Double]) -> [[Double]] {
        var members: [[Double]] = groups.map { group in
            var members: [Double] = []
            members.reserveCapacity(counts[group.bucket])
            return members
        }
        var groupOfBucket = [UInt8](repeating: .max, count: counts.count)
        for (index, group) in groups.enumerated() { groupOfBucket[group.bucket] = UInt8(index) }
        for value in values {
            let group = groupOfBucket[Int(truncatingIfNeeded: (Self.key(value) &- low) &>> shift)]
            if group != .max { members[Int(group)].append(value) }
        }
        return members
    }
}
