// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import GRDB
internal import Synchronization
internal import TelemetryCore

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
            shared.withLock { shared in
                let lost = shared.buffer.discard()
                shared.health.dropped += lost.records
                shared.health.droppedMeasurements += lost.ofMachine
            }
            return error
        }
    }

    func clear() async throws(TelemetryStoreError) -> Int {
        try await perform { () throws(TelemetryStoreError) in
            let buffered = self.shared.withLock { $0.buffer.discard().records }
            do {
                defer { self.state.commits.forget() }
                let cleared = try self.pool.writeWithoutTransaction { try Clearing.clear($0) }
                self.state.retry.reset()
                return buffered + cleared
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

    /// Makes calls final whose energy nobody will bring any more: a process that ended before it could.
    ///
    /// Another process may share the file and still wait for its own, but none waits so long. Those of a process that
    /// ended a moment ago look like those of one that works, until as much time has passed.
    func finalizeAbandoned(after patience: Duration) {
        let opened = clock.wall()
        queue.async { self.finalizeAbandoned(before: opened.advanced(by: .zero - patience)) }
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(clamping: patience.nanoseconds))) { [weak self] in
            self?.finalizeAbandoned(before: opened)
        }
    }

    private func finalizeAbandoned(before time: WallTime) {
        guard !state.isClosed else { return }
        let before = time.microsecondsSinceEpoch
        // What fails here is tried again by the next process that opens the file.
        try? pool.writeWithoutTransaction { database in
            guard try EnergyCompletion.hasAbandoned(database, before: before) else { return }
            defer { state.commits.forget() }
            try database.inTransaction(.immediate) {
                let completion = EnergyCompletion(database, labels: LabelCache())
                try completion.finalize(reason: "interrupted", before: before)
                return .commit
            }
        }
    }

    func finalizePending(reason: String) async throws(TelemetryStoreError) -> Int {
        try await flush()
        return try await write { database in
            var count = 0
            try database.inTransaction(.immediate) {
                let labels = LabelCache()
                count = try EnergyCompletion(database, labels: labels).finalize(reason: reason)
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
