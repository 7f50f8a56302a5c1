// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Copies of a case with one number changed, each of which a run must find.
package enum ParityMutation {
    /// For each number of `ours` that is not open (and, of a `same` case, of `expected`), the case with it 1 % larger.
    ///
    /// A 0 stays 0 and text that stands for a float stays text, so neither is changed.
    package static func copies(of parityCase: ParityCase) -> [(path: String, parityCase: ParityCase)] {
        guard parityCase.verdict != .open else { return [] }
        var copies: [(path: String, parityCase: ParityCase)] = []
        for (path, ours) in changed(parityCase.ours, path: "", open: parityCase.open) {
            var copy = parityCase
            copy.ours = ours
            copies.append((path: "ours." + path, parityCase: copy))
        }
        guard parityCase.verdict == .same else { return copies }
        for (path, expected) in changed(parityCase.expected, path: "", open: parityCase.open) {
            var copy = parityCase
            copy.expected = expected
            copies.append((path: "expected." + path, parityCase: copy))
        }
        return copies
    }

    private static func changed(
        _ value: ParityValue,
        path: String,
        open: Set<String>
    ) -> [(String, ParityValue)] {
        if open.contains(path) { return [] }
        switch value {
        case .integer(let number) where number != 0:
            return [(path, .number(Double(number) * 1.01))]
        case .number(let number) where number != 0 && number.isFinite:
            return [(path, .number(number * 1.01))]
        case .array(let elements):
            return elements.indices.flatMap { changedElement($0, of: elements, path: path, open: open) }
        case .object(let members):
            return members.keys.sorted().flatMap { changedMember($0, of: members, path: path, open: open) }
        default:
            return []
        }
    }

    private static func changedElement(
        _ index: Int,
        of elements: [ParityValue],
        path: String,
        open: Set<String>
    ) -> [(String, ParityValue)] {
        changed(elements[index], path: path, open: open).map { path, element in
            var copy = elements
            copy[index] = element
            return (path, .array(copy))
        }
    }

    private static func changedMember(
        _ key: String,
        of members: [String: ParityValue],
        path: String,
        open: Set<String>
    ) -> [(String, ParityValue)] {
        changed(members[key] ?? .null, path: path.isEmpty ? key : path + "." + key, open: open).map { path, member in
            var copy = members
            copy[key] = member
            return (path, .object(copy))
        }
    }
}
