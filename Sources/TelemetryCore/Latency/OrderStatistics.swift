// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Puts some positions of a buffer in order without sorting all of it.
///
/// Three percentiles of 100,000 gaps need six positions; a full sort spends most of its time on the others.
enum OrderStatistics {
    /// Below this many elements insertion sort beats partitioning.
    private static let smallRange = 24

    /// Rearranges the buffer so that each of the positions holds what a full sort would put there.
    ///
    /// - Parameters:
    ///   - positions: indexes into the buffer, ascending.
    ///   - buffer: finite numbers in any order.
    static func settle(_ positions: ArraySlice<Int>, in buffer: UnsafeMutableBufferPointer<Double>) {
        // Quickselect halves on average; past twice the logarithm the input is adverse and a sort is safer.
        let depth = 2 * (Int.bitWidth - buffer.count.leadingZeroBitCount)
        settle(positions, in: buffer, from: 0, to: buffer.count, depth: depth)
    }

    private static func settle(
        _ positions: ArraySlice<Int>,
        in buffer: UnsafeMutableBufferPointer<Double>,
        from start: Int,
        to end: Int,
        depth: Int
    ) {
        guard !positions.isEmpty, end - start > 1 else { return }
        if end - start <= smallRange {
            insertionSort(buffer, from: start, to: end)
        } else if depth == 0 {
            buffer[start..<end].sort()
        } else {
            let (left, right) = partition(buffer, from: start, to: end)
            let lower = positions.prefix { $0 < left }
            let upper = positions.drop { $0 < right }
            settle(lower, in: buffer, from: start, to: left, depth: depth - 1)
            settle(upper, in: buffer, from: right, to: end, depth: depth - 1)
        }
    }

    /// Splits a range in three: below `left` nothing exceeds the pivot, from `right` on nothing is less, and what
    /// lies between equals it.
    private static func partition(
        _ buffer: UnsafeMutableBufferPointer<Double>,
        from start: Int,
        to end: Int
    ) -> (left: Int, right: Int) {
        let pivot = middle(buffer[start], buffer[start + (end - start) / 2], buffer[end - 1])
        var low = start
        var high = end - 1
        while low <= high {
            while buffer[low] < pivot { low += 1 }
            while buffer[high] > pivot { high -= 1 }
            guard low <= high else { break }
            buffer.swapAt(low, high)
            low += 1
            high -= 1
        }
        return (high + 1, low)
    }

    private static func middle(_ first: Double, _ second: Double, _ third: Double) -> Double {
        max(min(first, second), min(max(first, second), third))
    }

    private static func insertionSort(_ buffer: UnsafeMutableBufferPointer<Double>, from start: Int, to end: Int) {
        for index in start + 1..<end {
            let value = buffer[index]
            var hole = index
            while hole > start, buffer[hole - 1] > value {
                buffer[hole] = buffer[hole - 1]
                hole -= 1
            }
            buffer[hole] = value
        }
    }
}
