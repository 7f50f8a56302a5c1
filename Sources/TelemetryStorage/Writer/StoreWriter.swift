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
    struct Shared: Sendable {
        var buffer: RecordBuffer
        var health: TelemetryStoreHealth
    }

    /// What only code on the queue uses.
    ///
    /// Unchecked, since the compiler does not see the queue: `state` is read and written inside `queue` only.
    final class QueueState: @unchecked Sendable {
        let commits = CommitWriter()
        var retry = RetrySchedule()
        var isReturnScheduled = false
        var isClosed = false
    }

    /// The most entries of one transaction: many share the cost of the roll-ups, few keep other processes waiting.
    private static let largestCommit = 5_000
    /// How long power waits for a commit of its own.
    private static let patience = Duration.seconds(10)

    let pool: DatabasePool
    private let configuration: TelemetryStoreConfiguration
    private let logger: Logger
    let path: String
    let clock: TelemetryClock
    let queue = DispatchQueue(label: "inferometer.store.writer", qos: .utility)
    let shared: Mutex<Shared>
    let state = QueueState()

    init(
        path: String,
        configuration: TelemetryStoreConfiguration,
        clock: TelemetryClock,
        logger: Logger,
        abandonment: Duration = .seconds(60)
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
        finalizeAbandoned(after: abandonment)
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
        case .commitMuchLater: scheduleDrain(after: max(configuration.commitInterval, Self.patience))
        case .commitNow: scheduleDrain()
        case .dropped(isFirst: true):
            logger.error(
                "Records are dropped: the buffer is full or the store is closed.",
                metadata: ["path": "\(path)"]
            )
        }
    }

    /// Commits soon what waits, all of it if nobody will ask again.
    func scheduleDrain(forLastTime isLast: Bool = false) {
        queue.async { self.drainInTime(forLastTime: isLast) }
    }

    private func scheduleDrain(after pause: Duration) {
        // Weak, lest a pause keep a store alive that nobody has any more; its end commits what waits.
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(clamping: pause.nanoseconds))) { [weak self] in
            self?.drainInTime()
        }
    }

    var health: TelemetryStoreHealth {
        var health = shared.withLock { shared in
            var health = shared.health
            health.buffered = shared.buffer.entries.count + shared.buffer.inFlight
            health.dropped += shared.buffer.dropped
            health.droppedMeasurements += shared.buffer.droppedOfMachine
            return health
        }
        health.fileBytes = FileSystem.size(of: path).map { $0 + (FileSystem.size(of: path + "-wal") ?? 0) }
        return health
    }
}

extension StoreWriter {
    /// Commits what waits, unless the disk refused it and is to be asked again at a later time.
    private func drainInTime(forLastTime isLast: Bool = false) {
        guard !state.isClosed, isLast || !state.retry.isWaiting else { return }
        // A failure has been noted and its retry scheduled.
        try? drain(holding: !isLast)
    }

    private func scheduleRetry() {
        guard let pause = state.retry.nextPause(longest: configuration.longestRetryPause) else { return }
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(clamping: pause.nanoseconds))) { [weak self] in
            self?.state.retry.pauseIsOver()
            self?.drainInTime()
        }
    }

    /// Commits what waits; records may be held for their energy until the commit interval is over.
    ///
    /// What fails is given back to the buffer.
    func drain(holding isHolding: Bool = false) throws(TelemetryStoreError) {
        var rest = merged(holding: isHolding)[...]
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

    /// All that is to be committed now, records and their energies brought together.
    private func merged(holding isHolding: Bool) -> [WriterEntry] {
        let (entries, isAwaiting, isLarge) = shared.withLock { shared in
            let (isAwaiting, isLarge) = (shared.buffer.isAwaiting, shared.buffer.isLarge)
            return (shared.buffer.take(), isAwaiting, isLarge)
        }
        guard isAwaiting else { return entries }
        let now = clock.instant()
        // The last fifth of the interval is given up, so that commits come in portions.
        let patience = isHolding && !isLarge ? configuration.commitInterval * 4 / 5 : .seconds(-1)
        let merge = EnergyMerge(entries, heldUntil: now.advanced(by: .zero - patience))
        let merged = entries.count - merge.held.count - merge.ready.count
        shared.withLock { $0.buffer.hold(merge.held, merged: merged) }
        if let since = merge.heldSince { scheduleReturn(after: configuration.commitInterval - (now - since)) }
        return merge.ready
    }

    /// Looks again at what was held, when the first of it has waited long enough.
    private func scheduleReturn(after pause: Duration) {
        guard !state.isReturnScheduled else { return }
        state.isReturnScheduled = true
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(clamping: pause.nanoseconds))) { [weak self] in
            self?.state.isReturnScheduled = false
            self?.drainInTime()
        }
    }

    private func note(_ result: CommitResult, committed: Int) {
        let recovered = shared.withLock { shared in
            shared.health.recorded += result.recorded
            shared.health.duplicates += result.duplicates
            shared.health.dropped += result.refused
            shared.health.droppedMeasurements += result.refusedMeasurements
            shared.buffer.settle(committed)
            defer { (shared.health.lastError, shared.health.lastErrorAt) = (nil, nil) }
            return shared.health.lastError != nil
        }
        state.retry.reset()
        if recovered { logger.notice("Commits succeed again.", metadata: ["path": "\(path)"]) }
        if let refusal = result.refusal {
            logger.error(
                "The database refused rows; they are dropped.",
                metadata: [
                    "path": "\(path)", "count": "\(result.refused + result.refusedMeasurements)",
                    "reason": "\(refusal)",
                ]
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
