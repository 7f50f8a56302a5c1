// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The labels of a series, sorted by name, so that equal sets are equal whatever order they came in.
package struct PrometheusLabels: Sendable, Hashable {
    private var pairs: [Pair] = []

    private struct Pair: Sendable, Hashable {
        let name: String
        let value: String
    }

    /// No labels.
    package init() {}

    /// Reads what stands between the braces: `name="value"` with `\\`, `\"` and `\n` escaped.
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        var index = 0
        while index < bytes.count {
            let separators = [UInt8(ascii: ","), UInt8(ascii: " "), UInt8(ascii: "\t")]
            while index < bytes.count, separators.contains(bytes[index]) { index += 1 }
            let start = index
            while index < bytes.count, bytes[index] != UInt8(ascii: "=") { index += 1 }
            let name = String(decoding: bytes[start..<index], as: UTF8.self)
            while index < bytes.count, bytes[index] != UInt8(ascii: "\"") { index += 1 }
            guard index < bytes.count else { break }
            let value = Self.quoted(bytes, from: &index)
            pairs.append(Pair(name: name.filter { $0 != " " && $0 != "\t" }, value: value))
        }
        pairs.sort { $0.name < $1.name }
    }

    /// The value of a label.
    package subscript(name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }

    /// Takes a label out and returns its value.
    mutating func remove(_ name: String) -> String? {
        guard let index = pairs.firstIndex(where: { $0.name == name }) else { return nil }
        return pairs.remove(at: index).value
    }

    fileprivate func contains(anyOf names: Set<String>) -> Bool {
        pairs.contains { names.contains($0.name) }
    }

    fileprivate func removing(_ names: Set<String>) -> PrometheusLabels {
        var rest = self
        rest.pairs.removeAll { names.contains($0.name) }
        return rest
    }

    private static func quoted(_ bytes: UnsafeBufferPointer<UInt8>, from index: inout Int) -> String {
        index += 1
        let start = index
        var hasEscapes = false
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            if bytes[index] == UInt8(ascii: "\\") {
                hasEscapes = true
                index += 1
            }
            index += 1
        }
        let end = min(index, bytes.count)
        index += 1
        return String(decoding: hasEscapes ? unescaped(bytes[start..<end]) : Array(bytes[start..<end]), as: UTF8.self)
    }

    private static func unescaped(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
        var result: [UInt8] = []
        var isEscaped = false
        for byte in bytes {
            if !isEscaped, byte == UInt8(ascii: "\\") {
                isEscaped = true
                continue
            }
            result.append(isEscaped && byte == UInt8(ascii: "n") ? UInt8(ascii: "\n") : byte)
            isEscaped = false
        }
        return result
    }
}

/// The values of one name, by their labels.
///
/// A series that a scrape holds twice counts once, by its first value; a value that is not a number is none.
package struct PrometheusSeries: Sendable, Hashable {
    /// The values by labels.
    package private(set) var values: [PrometheusLabels: Double] = [:]

    /// No series.
    package init() {}

    /// Creates series from values.
    package init(_ values: [PrometheusLabels: Double]) {
        self.values = values
    }

    /// The sum over all labels; nothing where there is no series.
    package var sum: Double? {
        values.isEmpty ? nil : values.values.reduce(0, +)
    }

    /// The mean over all labels, for shares, of which a sum has no meaning.
    package var mean: Double? {
        sum.map { $0 / Double(values.count) }
    }

    /// Sums over all labels but one.
    package func sums(by label: String) -> [String: Double] {
        var sums: [String: Double] = [:]
        for (labels, value) in values {
            sums[labels[label] ?? "", default: 0] += value
        }
        return sums
    }

    /// What was added since an earlier scrape.
    ///
    /// A counter that fell has begun anew, and all of it is new.
    package func increase(since earlier: PrometheusSeries) -> PrometheusSeries {
        var increase = PrometheusSeries()
        for (labels, value) in values {
            let before = earlier.values[labels] ?? 0
            increase.values[labels] = value < before ? value : value - before
        }
        return increase
    }
}

extension PrometheusText {
    /// The series of one name.
    package func series(named name: String) -> PrometheusSeries {
        var values: [PrometheusLabels: Double] = [:]
        bytes.withUnsafeBufferPointer { bytes in
            for line in lines(named: name) where !line.value.isNaN {
                let labels = PrometheusLabels(UnsafeBufferPointer(rebasing: bytes[line.labels]))
                if values[labels] == nil { values[labels] = line.value }
            }
        }
        return PrometheusSeries(values)
    }

    /// The value of one name, summed over its labels; nothing where the scrape has none.
    package func value(named name: String) -> Double? {
        series(named: name).sum
    }
}

extension PrometheusSeries {
    /// The series without some labels; of those that then coincide, the greatest.
    package func collapsing(_ names: Set<String>) -> PrometheusSeries {
        guard values.keys.contains(where: { $0.contains(anyOf: names) }) else { return self }
        var collapsed: [PrometheusLabels: Double] = [:]
        for (labels, value) in values {
            let key = labels.removing(names)
            collapsed[key] = max(value, collapsed[key] ?? value)
        }
        return PrometheusSeries(collapsed)
    }
}
