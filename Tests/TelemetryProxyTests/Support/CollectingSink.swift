// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TelemetryCore

/// Keeps records, and lets a test wait for a number of them.
final class CollectingSink: RecordSink {
    private struct State {
        var records: [TelemetryRecord] = []
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var records: [TelemetryRecord] { state.withLock { $0.records } }

    func record(_ record: TelemetryRecord) {
        let ready = state.withLock { state in
            state.records.append(record)
            let ready = state.waiters.filter { $0.count <= state.records.count }
            state.waiters.removeAll { $0.count <= state.records.count }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// The records, once there are as many.
    func records(count: Int) async -> [TelemetryRecord] {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.records.count >= count { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if isReady { continuation.resume() }
        }
        return records
    }

    /// The only record so far.
    func only() async throws -> TelemetryRecord {
        let all = await records(count: 1)
        guard all.count == 1 else { throw RawConnection.Ended(description: "\(all.count) records instead of one") }
        return all[0]
    }
}
