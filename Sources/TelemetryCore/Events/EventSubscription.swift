// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// One listener's bounded view of the events on a bus; read it by one task.
public final class EventSubscription: Sendable {
    /// The events, from the moment of subscription on, until the scope ends.
    public let events: AsyncStream<TelemetryEvent>
    private let continuation: AsyncStream<TelemetryEvent>.Continuation
    private let drops = Atomic<Int>(0)

    init(keepingNewest limit: Int) {
        (events, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(limit))
    }

    /// The number of events that this listener was too slow for.
    public var droppedEvents: Int {
        drops.load(ordering: .relaxed)
    }

    func offer(_ event: TelemetryEvent) {
        if case .dropped = continuation.yield(event) {
            drops.add(1, ordering: .relaxed)
        }
    }

    func finish() {
        continuation.finish()
    }
}
