// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import Logging
internal import Synchronization
public import TelemetryCore

/// An append-only database of calls.
///
/// `record(_:)` only appends to a bounded buffer; one background queue commits what waits, together with its roll-ups,
/// every `commitInterval` or `batchSize` records. What the disk does not take is kept up to `bufferLimit`, tried again
/// with growing pauses, counted, logged once per cause and shown by `health`; it never reaches the caller.
///
/// Several stores, in one process or many, may write one file.
public final class TelemetryStore: EnergyCompletingSink, Sendable {
    private let writer: StoreWriter

    /// Opens a database for writing, and creates it with mode 0600 if it is not there.
    ///
    /// - Parameters:
    ///   - path: The file; missing directories are created with mode 0700, existing ones are left as they are.
    ///   - configuration: How to write.
    ///   - clock: What tells the time.
    ///   - logger: Told of failures, once per cause.
    /// - Throws: If the file is not ours, newer than this release, damaged, or cannot be written. It is not changed then.
    public init(
        path: String,
        configuration: TelemetryStoreConfiguration = TelemetryStoreConfiguration(),
        clock: TelemetryClock = .system,
        logger: Logger = Logger(label: "inferometer.store")
    ) throws(TelemetryStoreError) {
        writer = try StoreWriter(path: path, configuration: configuration, clock: clock, logger: logger)
    }

    deinit {
        // What still waits is committed even where nobody closed the store.
        writer.scheduleDrain(forLastTime: true)
    }

    /// Takes a record and returns within microseconds; the record is on its way to the disk.
    ///
    /// One whose energy is pending waits for it.
    public func record(_ record: TelemetryRecord) {
        let since = record.energy.isPending ? writer.clock.instant() : nil
        writer.append(.record(RecordBox(record), precision: .measured, awaitsEnergySince: since))
    }

    /// Completes a record that was taken without its energy; what is final stays as it is.
    public func complete(_ id: RecordID, energy: CallEnergy, device: DeviceUse, price: CallPrice) {
        writer.append(.complete(id, energy, device, price))
    }

    /// Takes accounts of energy, of whole minutes or of parts of them: parts of one minute add up, whichever process
    /// they come from.
    ///
    /// They are committed like records and kept until they are pruned or cleared. Parts that find no room, or that the
    /// database refuses, are counted as `droppedMeasurements`.
    public func record(_ accounts: [MinuteAccount]) {
        if !accounts.isEmpty { writer.append(.accounts(accounts)) }
    }

    /// Takes the power of one second, which is kept for seven days.
    ///
    /// Power waits for the next commit, ten seconds at most, so that an idle machine's disk may rest. While the disk
    /// takes nothing, twenty minutes are kept waiting and later ones counted as `droppedMeasurements`.
    public func record(_ powers: [ChannelPower]) {
        if !powers.isEmpty { writer.append(.power(powers)) }
    }

    /// Commits what was recorded before the call.
    ///
    /// - Throws: If it could not be committed; it stays buffered and is tried again.
    public func flush() async throws(TelemetryStoreError) {
        try await writer.flush()
    }

    /// Commits what waits and closes the database; records that come later are counted as dropped.
    ///
    /// Idempotent.
    public func close() async throws(TelemetryStoreError) {
        try await writer.close()
    }

    /// How the store is doing.
    public var health: TelemetryStoreHealth {
        writer.health
    }

    /// Lets the store keep every record that is published on a bus from now on.
    public func subscribe(to bus: EventBus) {
        bus.attach(self)
    }
}

extension TelemetryStore {
    /// The newest records, newest first, what waits included.
    ///
    /// - Parameter limit: The most records to return; none if it is negative.
    /// - Returns: The records.
    /// - Throws: If what waits cannot be committed, or the database cannot be read.
    public func recentRecords(limit: Int = 50) async throws(TelemetryStoreError) -> [TelemetryRecord] {
        try await writer.flush()
        return try await writer.read { try CallReader($0).recent(limit: limit, filter: .all) }
    }

    /// One record, also if it still waits; nothing if there is none of that identity.
    public func record(_ id: RecordID) async throws(TelemetryStoreError) -> TelemetryRecord? {
        try await writer.flush()
        return try await writer.read { try CallReader($0).record(id) }
    }

    /// Removes everything, accounts of energy, power and what waits included, and returns how many calls that were.
    @discardableResult
    public func clear() async throws(TelemetryStoreError) -> Int {
        try await writer.clear()
    }

    /// Removes old calls, whole hours at a time, in small batches that let other writers in between.
    ///
    /// Roll-ups stay unless asked for, so that summaries of whole hours stay right; a window that lost rows says so.
    /// With the calls of an hour go its power and its minutes of energy accounts; their sums by the hour are roll-ups.
    public func prune(_ request: PruneRequest) async throws(TelemetryStoreError) -> PruneReport {
        try await writer.prune(request)
    }

    /// Imports a database of the seed or lines of JSON, ours or the seed's; which of them the file itself tells.
    ///
    /// Identities derive from a row's own and its content, so that importing twice adds nothing. The file is not
    /// changed and nothing is left beside it.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - onRefusal: Told of each row that cannot be right, as it is met; the others are kept.
    /// - Returns: How many rows were added, there already, and refused.
    /// - Throws: If the file cannot be read or is neither, or the rows cannot be written.
    public func importFile(
        at path: String,
        onRefusal: @escaping @Sendable (ImportRefusal) -> Void = { _ in }
    ) async throws(TelemetryStoreError) -> ImportReport {
        try await writer.importFile(at: path, onRefusal: onRefusal)
    }
}

extension TelemetryStore {
    /// Makes every row final that still waits for energy, with the reason why it has none: after a crash.
    package func finalizePending(reason: String) async throws(TelemetryStoreError) -> Int {
        try await writer.finalizePending(reason: reason)
    }

    /// Takes a record whose numbers are to be kept as they are, not rounded to the clock's grain.
    package func recordLiterally(_ record: TelemetryRecord) {
        writer.append(.record(RecordBox(record), precision: .literal))
    }
}
