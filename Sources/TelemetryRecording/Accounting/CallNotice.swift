// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TelemetryCore

/// What a call told of itself.
enum CallNotice: Sendable {
    /// It was sent.
    case started(RecordID, MonotonicInstant, promptBytes: Int, MeteredUpstream)
    /// Its first token came.
    case firstToken(RecordID, MonotonicInstant)
    /// It is over.
    case ended(RecordID, MonotonicInstant)
}

/// What calls told since the book was last brought up to date.
///
/// Whoever tells stands between an engine and its client: it appends here, under a lock that is held for one append,
/// and the threads that read the sensors do the rest.
final class CallInbox: Sendable {
    private let notices = Mutex<[CallNotice]>([])

    func append(_ notice: CallNotice) {
        notices.withLock { $0.append(notice) }
    }

    /// Takes all that was told, and leaves room for as much again.
    func take() -> [CallNotice] {
        notices.withLock { notices in
            guard !notices.isEmpty else { return [] }
            var taken: [CallNotice] = []
            taken.reserveCapacity(notices.count)
            swap(&taken, &notices)
            return taken
        }
    }
}
