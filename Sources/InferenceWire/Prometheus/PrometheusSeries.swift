// Inferometer
// SPDX-License-Identifier: Apache-2.0

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
        forEachLine(named: name) { bytes, line in
            let labels = PrometheusLabels(bytes, line.labels)
            if values[labels] == nil { values[labels] = line.value }
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
