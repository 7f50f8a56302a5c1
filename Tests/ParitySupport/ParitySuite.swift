// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// One file of cases with what answers them, for suites whose answers come at once.
package struct ParitySuite: Sendable {
    /// The file's name without `.json`.
    package let file: String
    private let answer: @Sendable (ParityCase) throws -> ParityAnswer

    /// Creates a suite from what answers a case; it throws ``ParityError`` where a case cannot be run.
    package init(file: String, answer: @escaping @Sendable (ParityCase) throws -> ParityAnswer) {
        self.file = file
        self.answer = answer
    }

    /// Runs every case: what fails, each with the names of the file and the case.
    package func failures(in folder: ParityFolder = .current) -> [String] {
        do {
            return try folder.cases(in: file).flatMap { failures(of: $0) }
        } catch {
            return ["\(file)/\(error)"]
        }
    }

    /// Changes each number of the cases by 1 %, one at a time: the changes that no run would have found.
    package func unnoticedChanges(in folder: ParityFolder = .current) -> [String] {
        let cases = (try? folder.cases(in: file)) ?? []
        return cases.flatMap { parityCase in
            // A case that cannot be run is a failure already, whatever its numbers.
            guard let answer = try? answer(parityCase) else { return [String]() }
            return ParityMutation.copies(of: parityCase)
                .filter { ParityRunner(file: file).judge($0.parityCase, answer).failures.isEmpty }
                .map { "\(file)/\(parityCase.name): \($0.path)" }
        }
    }

    private func failures(of parityCase: ParityCase) -> [String] {
        do {
            let outcome = ParityRunner(file: file).judge(parityCase, try answer(parityCase))
            return outcome.failures.map { "\(outcome.name): \($0)" }
        } catch {
            return ["\(file)/\(parityCase.name): cannot be run: \(error)"]
        }
    }
}

extension ParityCase {
    /// Refuses an input with keys that the suite does not know: it would answer another question than was asked.
    package func requireInput(_ keys: Set<String>) throws {
        let unknown = input.members.keys.filter { !keys.contains($0) }
        guard unknown.isEmpty else { throw ParityError("\(name): unknown input \(unknown.sorted())") }
    }

    /// A number of the input that must be there.
    package func number(_ key: String) throws -> Double {
        guard let number = input[key].double else { throw ParityError("\(name): no number \(key)") }
        return number
    }

    /// A whole number of the input that must be there.
    package func integer(_ key: String) throws -> Int {
        guard let integer = input[key].int else { throw ParityError("\(name): no whole number \(key)") }
        return integer
    }

    /// A text of the input that must be there.
    package func text(_ key: String) throws -> String {
        guard let text = input[key].string else { throw ParityError("\(name): no text \(key)") }
        return text
    }

    /// Numbers of the input that must be there.
    package func numbers(_ key: String) throws -> [Double] {
        guard case .array(let elements) = input[key] else { throw ParityError("\(name): no list \(key)") }
        return try elements.map { element in
            guard let number = element.double else { throw ParityError("\(name): \(element) in \(key)") }
            return number
        }
    }
}
