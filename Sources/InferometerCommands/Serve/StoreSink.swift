// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization
import TelemetryCore
import TelemetryRecording
import TelemetryStorage

/// The store behind the proxy, which may not be there: calls go through all the same.
///
/// Where the database cannot be opened the cause is logged once, each record is counted as a failure, and opening is
/// tried again now and then, since a locked or full disk may recover.
final class StoreSink: RecordSink {
    private enum State: Sendable {
        case open(TelemetryStore)
        /// Not open, and when to try again.
        case failed(retryAt: MonotonicInstant)
        case closed
    }

    private struct Status: Sendable {
        var state: State
        var lost = 0
    }

    private let status: Mutex<Status>
    private let open: @Sendable () throws(TelemetryStoreError) -> TelemetryStore
    private let clock: TelemetryClock
    private let logger: Logger
    private static let pause = Duration.seconds(10)

    /// Opens the database that a plan names.
    init(plan: ServePlan, clock: TelemetryClock, logger: Logger) {
        let path = plan.database
        var configuration = TelemetryStoreConfiguration()
        configuration.durability = plan.durability == .full ? .full : .normal
        self.clock = clock
        self.logger = logger
        open = { [configuration] () throws(TelemetryStoreError) in
            try TelemetryStore(path: path, configuration: configuration, clock: clock, logger: logger)
        }
        do {
            status = Mutex(Status(state: .open(try open())))
        } catch {
            logger.error("Calls go through, but cannot be recorded: \(error)")
            status = Mutex(Status(state: .failed(retryAt: clock.instant().advanced(by: Self.pause))))
        }
    }

    func record(_ record: TelemetryRecord) {
        let store = status.withLock { status in
            let store = reopened(&status)
            if store == nil { status.lost += 1 }
            return store
        }
        guard let store else { return }
        store.record(record)
    }

    /// Completes a call's record with its energy; a record that was lost stays lost.
    func complete(_ call: MeteredCall, price: CallPrice) {
        openStore?.complete(call.id, energy: call.energy, device: call.device, price: price)
    }

    /// Keeps where the machine's energy went.
    func record(_ accounts: [MinuteAccount]) {
        status.withLock { reopened(&$0) }?.record(accounts)
    }

    /// Keeps what the machine drew in a second.
    func record(_ powers: [ChannelPower]) {
        openStore?.record(powers)
    }

    /// Makes final what still waits for its energy.
    func finalizePending(reason: String) async {
        do {
            _ = try await openStore?.finalizePending(reason: reason)
        } catch {
            logger.warning("Records that wait for their energy could not be made final: \(error)")
        }
    }

    private var openStore: TelemetryStore? {
        status.withLock { status in
            if case .open(let store) = status.state { store } else { nil }
        }
    }

    /// The records that were lost or wait in vain.
    var failures: Int {
        let (lost, store) = status.withLock { status -> (Int, TelemetryStore?) in
            if case .open(let store) = status.state { (status.lost, store) } else { (status.lost, nil) }
        }
        return lost + (store?.health.dropped ?? 0)
    }

    /// Commits what waits.
    func close() async {
        let (store, lost) = status.withLock { status -> (TelemetryStore?, Int) in
            defer { status.state = .closed }
            if case .open(let store) = status.state { return (store, status.lost) }
            return (nil, status.lost)
        }
        if lost > 0 { logger.error("Calls were not recorded.", metadata: ["calls": "\(lost)"]) }
        do {
            try await store?.close()
        } catch {
            logger.error("Not every record could be committed: \(error)")
        }
    }

    /// The store to record in, which is opened again where it is time to; nothing where there is none.
    private func reopened(_ status: inout Status) -> TelemetryStore? {
        switch status.state {
        case .open(let store): return store
        case .closed: break
        case .failed(let retryAt):
            let now = clock.instant()
            guard now >= retryAt else { break }
            if let store = try? open() {
                status.state = .open(store)
                logger.notice(
                    "The database can be opened again; calls are recorded.",
                    metadata: ["lost": "\(status.lost)"]
                )
                return store
            }
            status.state = .failed(retryAt: now.advanced(by: Self.pause))
        }
        return nil
    }
}
