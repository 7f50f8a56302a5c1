// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import GRDB
internal import Logging
internal import Synchronization
internal import TelemetryCore

/// The one writer of a store: a buffer behind a lock, and a queue that commits it.
///
/// Everything but the buffer and the counters is touched on the queue alone.
final class StoreWriter: Sendable {
    private struct Shared: Sendable {
        var buffer: RecordBuffer
        var health: TelemetryStoreHealth
    }

    /// What only code on the queue uses.
    ///
    /// Unchecked, since the compiler does not see the queue: `state` is read and written inside `queue` only.
    private final class QueueState: @unchecked Sendable {
        let commits = CommitWriter()
        var retry = RetrySchedule()
        var isRetryScheduled = false
        var isClosed = false
    }

    /// The most entries of one transaction: many share the cost of the roll-ups, few keep other processes waiting.
    private static let largestCommit = 5_000

    private let pool: DatabasePool
    private let configuration: TelemetryStoreConfiguration
    private let logger: Logger
    private let path: String
    private let clock: TelemetryClock
    private let queue = DispatchQueue(label: "inferometer.store.writer", qos: .utility)
    private let shared: Mutex<Shared>
    private let state = QueueState()

    init(
        path: String,
        configuration: TelemetryStoreConfiguration,
        clock: TelemetryClock,
        logger: Logger
    ) throws(TelemetryStoreError) {
        pool = try DatabaseOpening.writing(path, configuration)
        self.path = path
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        shared = Mutex(
            Shared(
                buffer: RecordBuffer(limit: configuration.bufferLimit, batchSize: configuration.batchSize),
                health: TelemetryStoreHealth(path: path, schemaVersion: Int(Schema.current))
            )
        )
    }

    /// Takes an entry; called between an engine and its client.
    func append(_ entry: consuming WriterEntry) {
        var entry = Optional(entry)
        let action = shared.withLock { shared in
            guard let taken = entry.take() else { return RecordBuffer.Action.nothing }
            return shared.buffer.append(taken)
        }
        switch action {
        case .nothing, .dropped(isFirst: false): break
        case .commitLater: scheduleDrain(after: configuration.commitInterval)
        case .commitNow: scheduleDrain()
        case .dropped(isFirst: true):
            logger.error(
                "Records are dropped: the buffer is full or the store is closed.",
                metadata: ["path": "\(path)"]
            )
        }
    }

    /// Commits soon what waits.
    func scheduleDrain() {
        queue.async { self.drainAndRetry() }
    }

    private func scheduleDrain(after pause: Duration) {
        // Weak, lest a pause keep a store alive that nobody has any more; its end commits what waits.
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(clamping: pause.nanoseconds))) { [weak self] in
            self?.drainAndRetry()
        }
    }

    var health: TelemetryStoreHealth {
        var health = shared.withLock { shared in
            var health = shared.health
            health.buffered = shared.buffer.entries.count + shared.buffer.inFlight
            health.dropped += shared.buffer.dropped
            return health
        }
        health.fileBytes = FileSystem.size(of: path).map { $0 + (FileSystem.size(of: path + "-wal") ?? 0) }
        return health
    }
}

// MARK: Commits

extension StoreWriter {
    private func drainAndRetry() {
        state.isRetryScheduled = false
        guard !state.isClosed else { return }
        // A failure has been noted and its retry scheduled.
        try? drain()
    }

    private func scheduleRetry() {
        guard !state.isRetryScheduled else { return }
        state.isRetryScheduled = true
        scheduleDrain(after: state.retry.nextPause(longest: configuration.longestRetryPause))
    }

    /// Commits all that waits.
    ///
    /// What fails is given back to the buffer.
    private func drain() throws(TelemetryStoreError) {
        let entries = shared.withLock { $0.buffer.take() }
        var rest = entries[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(Self.largestCommit)
            do {
                let result = try pool.writeWithoutTransaction { try state.commits.commit(chunk, to: $0) }
                rest = rest.dropFirst(chunk.count)
                note(result, committed: chunk.count)
            } catch {
                let failure = TelemetryStoreError(error, path: path)
                note(failure, uncommitted: rest)
                scheduleRetry()
                throw failure
            }
        }
    }

    private func note(_ result: CommitResult, committed: Int) {
        let recovered = shared.withLock { shared in
            shared.health.recorded += result.recorded
            shared.health.duplicates += result.duplicates
            shared.health.dropped += result.refused
            shared.buffer.settle(committed)
            defer { (shared.health.lastError, shared.health.lastErrorAt) = (nil, nil) }
            return shared.health.lastError != nil
        }
        state.retry.reset()
        if recovered { logger.notice("Commits succeed again.", metadata: ["path": "\(path)"]) }
        if let refusal = result.refusal {
            logger.error(
                "The database refused rows; they are dropped.",
                metadata: ["path": "\(path)", "count": "\(result.refused)", "reason": "\(refusal)"]
            )
        }
    }

    private func note(_ failure: TelemetryStoreError, uncommitted: some Collection<WriterEntry>) {
        let isNew = shared.withLock { shared in
            shared.buffer.giveBack(uncommitted)
            shared.health.failedCommits += 1
            defer { (shared.health.lastError, shared.health.lastErrorAt) = (failure, clock.wall()) }
            return shared.health.lastError?.code != failure.code
        }
        if isNew {
            logger.error("A commit failed and will be tried again.", metadata: ["error": "\(failure)"])
        }
    }
}

// MARK: Requests

extension StoreWriter {
    func flush() async throws(TelemetryStoreError) {
        try await perform { () throws(TelemetryStoreError) in try self.drain() }
    }

    func close() async throws(TelemetryStoreError) {
        guard shared.withLock({ $0.buffer.close() }) else { return }
        try await onQueue { () throws(TelemetryStoreError) in
            defer { self.state.isClosed = true }
            let failure = self.failureOfLastDrain()
            do {
                try self.pool.close()
            } catch {
                throw failure ?? TelemetryStoreError(error, path: self.path)
            }
            if let failure { throw failure }
        }
    }

    /// Commits what waits for the last time; what cannot be committed is lost and counted.
    private func failureOfLastDrain() -> TelemetryStoreError? {
        do {
            try drain()
            return nil
        } catch {
            shared.withLock { $0.health.dropped += $0.buffer.discard() }
            return error
        }
    }

    func clear() async throws(TelemetryStoreError) -> Int {
        try await perform { () throws(TelemetryStoreError) in
            let buffered = self.shared.withLock { $0.buffer.discard() }
            do {
                defer { self.state.commits.forget() }
                return buffered + (try self.pool.writeWithoutTransaction { try Clearing.clear($0) })
            } catch {
                throw TelemetryStoreError(error, path: self.path)
            }
        }
    }

    func prune(_ request: PruneRequest) async throws(TelemetryStoreError) -> PruneReport {
        try await flush()
        var pruning = Pruning(request)
        // Each step is a transaction of its own, so that commits of this and other processes come in between.
        while true {
            let step = pruning
            let next = try await write { database in
                var step = step
                let isDone = try step.run(database)
                return (step, isDone)
            }
            pruning = next.0
            if next.1 { return pruning.report }
        }
    }

    func finalizePending(reason: String) async throws(TelemetryStoreError) -> Int {
        try await flush()
        return try await write { database in
            var count = 0
            try database.inTransaction(.immediate) {
                let labels = LabelCache()
                count = try EnergyCompletion(database, labels: labels).finalizeAll(reason: reason)
                return .commit
            }
            return count
        }
    }

    func importFile(
        at source: String,
        onRefusal: @escaping @Sendable (ImportRefusal) -> Void
    ) async throws(TelemetryStoreError) -> ImportReport {
        try await flush()
        // Parsed beside the writer's queue, so that records of calls are committed between the batches.
        let result: Result<ImportReport, TelemetryStoreError> = await withCheckedContinuation { continuation in
            DispatchQueue(label: "inferometer.store.import", qos: .utility).async {
                continuation.resume(
                    returning: Result { () throws(TelemetryStoreError) in
                        try self.importOnThisThread(source, onRefusal)
                    }
                )
            }
        }
        return try result.get()
    }

    private func importOnThisThread(
        _ source: String,
        _ onRefusal: @escaping @Sendable (ImportRefusal) -> Void
    ) throws(TelemetryStoreError) -> ImportReport {
        do {
            let pipeline = ImportPipeline(queue: queue) { try self.commitImported($0) }
            var importer = FileImporter(path: source, onRefusal: onRefusal, pipeline: pipeline)
            return try importer.run()
        } catch {
            throw TelemetryStoreError(error, path: source)
        }
    }

    private func commitImported(_ records: [WriterEntry]) throws -> CommitResult {
        guard !state.isClosed else {
            throw TelemetryStoreError(code: .closed, message: "The store of \(path) was closed.")
        }
        let result = try pool.writeWithoutTransaction { try state.commits.commit(records, to: $0) }
        shared.withLock { $0.health.recorded += result.recorded }
        return result
    }

    /// Reads on a connection of its own, which writes do not block.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(TelemetryStoreError) -> Value {
        do {
            return try await pool.read(body)
        } catch {
            throw TelemetryStoreError(error, path: path)
        }
    }

    private func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(TelemetryStoreError) -> Value {
        try await perform { () throws(TelemetryStoreError) in
            do {
                defer { self.state.commits.forget() }
                return try self.pool.writeWithoutTransaction(body)
            } catch {
                throw TelemetryStoreError(error, path: self.path)
            }
        }
    }

    /// Runs on the queue, if the store is open.
    private func perform<Value: Sendable>(
        _ body: @escaping @Sendable () throws(TelemetryStoreError) -> Value
    ) async throws(TelemetryStoreError) -> Value {
        try await onQueue { () throws(TelemetryStoreError) in
            guard !self.state.isClosed else {
                throw TelemetryStoreError(code: .closed, message: "The store of \(self.path) was closed.")
            }
            return try body()
        }
    }

    private func onQueue<Value: Sendable>(
        _ body: @escaping @Sendable () throws(TelemetryStoreError) -> Value
    ) async throws(TelemetryStoreError) -> Value {
        let result: Result<Value, TelemetryStoreError> = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Result(catching: body)) }
        }
        return try result.get()
    }
}

/// Growing pauses between attempts that fail.
struct RetrySchedule: Sendable {
    private var failures = 0

    /// The pause before the next attempt: a quarter of a second, doubled each time.
    mutating func nextPause(longest: Duration) -> Duration {
        failures += 1
        return min(longest, .milliseconds(250) * (1 << min(failures - 1, 10)))
    }

    /// Begins anew after a success.
    mutating func reset() {
        failures = 0
    }
}
