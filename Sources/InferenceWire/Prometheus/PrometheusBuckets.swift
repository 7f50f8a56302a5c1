// Inferometer
// SPDX-License-Identifier: Apache-2.0

extension PrometheusText {
    /// The histogram of a name: its `_bucket`, `_sum` and `_count` series.
    package func histogram(named name: String) -> PrometheusHistogram {
        var reader = BucketReader()
        forEachRange(named: name + "_bucket") { reader.take($1, in: $0) }
        return PrometheusHistogram(
            series: reader.series,
            sums: series(named: name + "_sum"),
            counts: series(named: name + "_count")
        )
    }
}

/// Sorts the lines of buckets by their series.
private struct BucketReader {
    /// How the lines of one series look: they stand together, and differ in bound and value alone.
    private struct Shape {
        /// From the end of the name to the bound's opening quote, and that quote.
        let before: Range<Int>
        /// From the bound's closing quote to the closing brace, and both.
        let after: Range<Int>
        let index: Int
    }

    private var indices: [PrometheusLabels: Int] = [:]
    private var buckets: [[PrometheusHistogram.Bucket]] = []
    private var shape: Shape?

    /// The buckets of each series by rising bound; of two with one bound, the first.
    var series: [PrometheusLabels: [PrometheusHistogram.Bucket]] {
        indices.mapValues { index in
            let buckets = buckets[index]
            if zip(buckets, buckets.dropFirst()).allSatisfy({ $0.bound < $1.bound }) { return buckets }
            let counts = Dictionary(buckets.map { ($0.bound, $0.count) }) { first, _ in first }
            return counts.sorted { $0.key < $1.key }.map { PrometheusHistogram.Bucket(bound: $0.key, count: $0.value) }
        }
    }

    mutating func take(_ range: Range<Int>, in bytes: UnsafeRawBufferPointer) {
        if let shape, let bucket = bucket(range, like: shape, in: bytes) {
            buckets[shape.index].append(bucket)
        } else if let line = PrometheusLine(bytes, range) {
            take(line, range, in: bytes)
        }
    }

    /// Reads a line of the same series as the one before; nothing if it is none, or looks otherwise.
    private func bucket(
        _ range: Range<Int>,
        like shape: Shape,
        in bytes: UnsafeRawBufferPointer
    ) -> PrometheusHistogram.Bucket? {
        let start = range.lowerBound + shape.before.count
        guard start < range.upperBound,
            PrometheusLine.areEqual(bytes, shape.before, range.lowerBound..<start)
        else { return nil }
        var close = start
        while close < range.upperBound, bytes[close] != UInt8(ascii: "\"") { close += 1 }
        let value = close + shape.after.count
        guard value < range.upperBound, PrometheusLine.areEqual(bytes, shape.after, close..<value),
            bytes[value] == UInt8(ascii: " ")
        else { return nil }
        var end = value + 1
        while end < range.upperBound, !PrometheusLine.isSpace(bytes[end]) { end += 1 }
        guard let bound = PrometheusNumber.parse(UnsafeRawBufferPointer(rebasing: bytes[start..<close])),
            let count = PrometheusNumber.parse(UnsafeRawBufferPointer(rebasing: bytes[value + 1..<end])),
            !bound.isNaN, !count.isNaN
        else { return nil }
        return PrometheusHistogram.Bucket(bound: bound, count: count)
    }

    private mutating func take(_ line: PrometheusLine, _ range: Range<Int>, in bytes: UnsafeRawBufferPointer) {
        guard let label = line.bound, !line.value.isNaN else { return }
        var cursor = LabelCursor(bytes, label)
        guard let text = cursor.next(),
            let bound = PrometheusNumber.parse(UnsafeRawBufferPointer(rebasing: bytes[text.value])), !bound.isNaN
        else { return }
        let labels = PrometheusLabels(bytes, line.labels, leavingOutBound: true)
        let index = indices[labels] ?? buckets.count
        if index == buckets.count {
            indices[labels] = index
            buckets.append([])
            buckets[index].reserveCapacity(32)
        }
        buckets[index].append(PrometheusHistogram.Bucket(bound: bound, count: line.value))
        shape = Shape(
            before: range.lowerBound..<text.value.lowerBound,
            after: text.value.upperBound..<line.labels.upperBound + 1,
            index: index
        )
    }
}
