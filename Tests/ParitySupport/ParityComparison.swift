// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// When an answer equals what is wanted, by the rules of the parity folder's README.
package struct ParityComparison: Sendable {
    /// Paths, without list positions, that are not compared.
    package var ignoring: Set<String> = []
    /// Whether a wanted 0 may also be absent: true against the original's own answers.
    package var zeroMayBeAbsent = false
    /// Keys of `export_first` for which 0 and absent are one.
    package var zeroIsAbsentInExport: Set<String> = []
    /// Whether a sum of nothing may be 0 or absent, as in `aggregate`.
    package var emptySumMayBeAbsent = false

    package init() {}

    /// The rules of one file of cases.
    package init(file: String) {
        guard file == "aggregate" else { return }
        emptySumMayBeAbsent = true
        zeroIsAbsentInExport = ["prompt_tokens_evaluated", "completion_tokens", "cost_usd", "std_itl_ms"]
    }

    /// What differs, each as `path: answer is not wanted`; empty where the two are equal.
    package func differences(_ answer: ParityValue, _ wanted: ParityValue) -> [String] {
        var found: [String] = []
        compare(answer, wanted, path: "", key: "", into: &found)
        return found
    }

    private func compare(
        _ answer: ParityValue,
        _ wanted: ParityValue,
        path: String,
        key: String,
        into found: inout [String]
    ) {
        if ignoring.contains(path) { return }
        if key == "reason", !wanted.isAbsent, answer.string?.isEmpty == false { return }
        if key == "events", let answers = list(answer), let events = list(wanted) {
            if !isSubsequence(events, of: answers) { found.append("\(path): \(answer) lacks \(wanted)") }
            return
        }
        if key == "metadata", object(answer) == object(wanted) { return }
        switch (answer, wanted) {
        case (.object(let answers), .object(let members)):
            compareMembers(answers, members, path: path, into: &found)
        case (.array(let answers), .array(let elements)) where answers.count == elements.count:
            for (answer, element) in zip(answers, elements) {
                compare(answer, element, path: path, key: key, into: &found)
            }
        default:
            if !areEqual(answer, wanted, path: path, key: key) {
                found.append("\(path): \(answer) is not \(wanted)")
            }
        }
    }

    private func compareMembers(
        _ answers: [String: ParityValue],
        _ wanted: [String: ParityValue],
        path: String,
        into found: inout [String]
    ) {
        for key in Set(answers.keys).union(wanted.keys).sorted() {
            if key == "energy_method", (wanted["energy_joules"] ?? .null).isAbsent { continue }
            let below = path.isEmpty ? key : path + "." + key
            compare(
                withoutDefaultMark(answers[key] ?? .null, key: key),
                withoutDefaultMark(wanted[key] ?? .null, key: key),
                path: below,
                key: key,
                into: &found
            )
        }
    }

    private func areEqual(_ answer: ParityValue, _ wanted: ParityValue, path: String, key: String) -> Bool {
        if answer.isAbsent, wanted.isAbsent { return true }
        if let left = answer.double, let right = wanted.double { return Self.areEqual(left, right) }
        if answer.isAbsent, let zero = wanted.double, Self.areEqual(zero, 0) {
            return zeroMayBeAbsent || isSum(path: path, key: key) || isZeroAbsentInExport(path: path, key: key)
        }
        if wanted.isAbsent, let zero = answer.double, Self.areEqual(zero, 0) {
            return isSum(path: path, key: key) || isZeroAbsentInExport(path: path, key: key)
        }
        return answer == wanted
    }

    /// Whether two numbers are one: within 1e-9 relative; 0 equals what is smaller than 1e-12.
    package static func areEqual(_ left: Double, _ right: Double) -> Bool {
        if left == right || (left.isNaN && right.isNaN) { return true }
        guard left.isFinite, right.isFinite else { return false }
        if left == 0 || right == 0 { return abs(left - right) < 1e-12 }
        return abs(left - right) <= 1e-9 * max(abs(left), abs(right))
    }

    private func isSum(path: String, key: String) -> Bool {
        guard emptySumMayBeAbsent, !path.hasPrefix("export_first") else { return false }
        return key.hasPrefix("total_") || key.hasSuffix("_tokens") || key == "prompt_tokens_evaluated"
    }

    private func isZeroAbsentInExport(path: String, key: String) -> Bool {
        path.hasPrefix("export_first") && zeroIsAbsentInExport.contains(key)
    }

    /// The marks that only say something where they are not as usual.
    private func withoutDefaultMark(_ value: ParityValue, key: String) -> ParityValue {
        switch key {
        case "complete": value.bool == true ? .null : value
        case "suspect", "partial", "estimated": value.bool == false ? .null : value
        default: value
        }
    }

    private func isSubsequence(_ wanted: [ParityValue], of answers: [ParityValue]) -> Bool {
        var rest = answers[...]
        for event in wanted {
            guard let place = rest.firstIndex(of: event) else { return false }
            rest = rest[(place + 1)...]
        }
        return true
    }

    private func list(_ value: ParityValue) -> [ParityValue]? {
        if case .array(let elements) = value { elements } else { nil }
    }

    private func object(_ value: ParityValue) -> ParityValue? {
        let read = value.string.flatMap { try? ParityValue(json: $0) } ?? value
        return read.isAbsent ? .null : read
    }
}
