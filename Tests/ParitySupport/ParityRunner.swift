// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What a case was answered with.
package enum ParityAnswer: Sendable {
    /// A value.
    case value(ParityValue)
    /// A refusal, with its text.
    case refused(String)
}

/// The result of one case.
package struct ParityOutcome: Sendable {
    /// `file/case`.
    package let name: String
    /// Why the case fails; empty where it holds.
    package let failures: [String]
    /// What an open case differs in: a report, not a failure.
    package let notes: [String]
}

/// Judges answers by a case's verdict.
package struct ParityRunner: Sendable {
    package let file: String

    package init(file: String) {
        self.file = file
    }

    /// Answers every case of the file and judges the answers. A case that cannot be run fails.
    package func run(
        in folder: ParityFolder = .current,
        _ answer: (ParityCase) async throws -> ParityAnswer
    ) async throws -> [ParityOutcome] {
        var outcomes: [ParityOutcome] = []
        for parityCase in try folder.cases(in: file) {
            do {
                outcomes.append(judge(parityCase, try await answer(parityCase)))
            } catch {
                outcomes.append(outcome(parityCase, failures: ["cannot be run: \(error)"]))
            }
        }
        return outcomes
    }

    /// Judges one answer.
    package func judge(_ parityCase: ParityCase, _ answer: ParityAnswer) -> ParityOutcome {
        let ours = differencesFromOurs(parityCase, answer)
        switch parityCase.verdict {
        case .open:
            return outcome(parityCase, notes: ours)
        case .same:
            let original = differencesFromOriginal(parityCase, answer)
            return outcome(parityCase, failures: ours.map { "ours: " + $0 } + original.map { "expected: " + $0 })
        case .differs:
            guard !parityCase.expected.isAbsent, ours.isEmpty else { return outcome(parityCase, failures: ours) }
            let original = differencesFromOriginal(parityCase, answer)
            return outcome(parityCase, failures: original.isEmpty ? ["equals the original, which is wrong"] : [])
        }
    }

    private func differencesFromOurs(_ parityCase: ParityCase, _ answer: ParityAnswer) -> [String] {
        let wanted = parityCase.ours
        let wantsRefusal = !wanted["error"].isAbsent
        switch answer {
        case .refused(let reason):
            return wantsRefusal || wanted.isAbsent ? [] : ["refused (\(reason)) where \(wanted) is wanted"]
        case .value(let value):
            if wantsRefusal { return value.isAbsent ? [] : ["\(value) where a refusal is wanted"] }
            var comparison = ParityComparison(file: file)
            comparison.ignoring = parityCase.open
            return comparison.differences(value, wanted)
        }
    }

    private func differencesFromOriginal(_ parityCase: ParityCase, _ answer: ParityAnswer) -> [String] {
        let wanted = parityCase.expected
        let threw = !wanted["error"].isAbsent
        switch answer {
        case .refused(let reason):
            if threw, !parityCase.ours["error"].isAbsent { return [] }
            return onlyZeros(wanted) ? [] : ["refused (\(reason)) where \(wanted) is expected"]
        case .value(let value):
            if threw {
                return !parityCase.ours["error"].isAbsent && value.isAbsent ? [] : ["the original threw \(wanted)"]
            }
            var comparison = ParityComparison(file: file)
            // What is open need not equal `ours`, but may be just what the original has wrong.
            if parityCase.verdict == .same { comparison.ignoring = parityCase.open }
            comparison.zeroMayBeAbsent = true
            return comparison.differences(value, wanted)
        }
    }

    private func onlyZeros(_ value: ParityValue) -> Bool {
        switch value {
        case .array(let elements): elements.allSatisfy(onlyZeros)
        case .object(let members): members.values.allSatisfy(onlyZeros)
        default: value.isAbsent || value.double == 0
        }
    }

    private func outcome(
        _ parityCase: ParityCase,
        failures: [String] = [],
        notes: [String] = []
    ) -> ParityOutcome {
        ParityOutcome(name: "\(file)/\(parityCase.name)", failures: failures, notes: notes)
    }
}
