// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Synchronization

/// Commits one batch on the writer's queue while the next is being read, so that reading and writing overlap.
final class ImportPipeline: Sendable {
    private let queue: DispatchQueue
    private let commit: @Sendable ([WriterEntry]) throws -> CommitResult
    private let running = DispatchGroup()
    private let outcome = Mutex<Result<CommitResult, any Error>>(.success(CommitResult()))

    init(queue: DispatchQueue, commit: @escaping @Sendable ([WriterEntry]) throws -> CommitResult) {
        self.queue = queue
        self.commit = commit
    }

    /// Hands a batch over once the one before is done, and returns what that one did.
    ///
    /// - Throws: Why the batch before could not be committed.
    func submit(_ batch: [WriterEntry]) throws -> CommitResult {
        let before = try finish()
        queue.async(group: running) {
            let result = Result { try self.commit(batch) }
            self.outcome.withLock { $0 = result }
        }
        return before
    }

    /// Waits for the last batch and returns what it did.
    func finish() throws -> CommitResult {
        running.wait()
        let result = outcome.withLock { outcome in
            defer { outcome = .success(CommitResult()) }
            return outcome
        }
        return try result.get()
    }
}
