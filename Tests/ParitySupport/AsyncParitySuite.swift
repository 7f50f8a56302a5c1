// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// One file of cases with what answers them, for suites whose answers take a call.
package struct AsyncParitySuite: Sendable {
    /// The file's name without `.json`.
    package let file: String
    private let answer: @Sendable (ParityCase) async throws -> ParityAnswer

    /// Creates a suite from what answers a case; it throws ``ParityError`` where a case cannot be run.
    package init(file: String, answer: @escaping @Sendable (ParityCase) async throws -> ParityAnswer) {
        self.file = file
        self.answer = answer
    }

    /// Runs every case: what fails, each with the names of the file and the case.
    package func failures(in folder: ParityFolder = .current) async -> [String] {
        await answered(in: folder).failures(in: folder)
    }

    /// Changes each number of the cases by 1 %, one at a time: the changes that no run would have found.
    package func unnoticedChanges(in folder: ParityFolder = .current) async -> [String] {
        await answered(in: folder).unnoticedChanges(in: folder)
    }

    /// The same file with the answers that were had, each case asked once.
    private func answered(in folder: ParityFolder) async -> ParitySuite {
        var answers: [String: Result<ParityAnswer, any Error>] = [:]
        for parityCase in (try? folder.cases(in: file)) ?? [] {
            // Two cases of one name would be judged by one answer.
            guard answers[parityCase.name] == nil else {
                answers[parityCase.name] = .failure(ParityError("\(parityCase.name): twice in the file"))
                continue
            }
            do {
                answers[parityCase.name] = .success(try await answer(parityCase))
            } catch {
                answers[parityCase.name] = .failure(error)
            }
        }
        return ParitySuite(file: file) { [answers] parityCase in
            guard let answer = answers[parityCase.name] else { throw ParityError("\(parityCase.name): not answered") }
            return try answer.get()
        }
    }
}
