// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Tells events to any number of listeners, none of which can slow or fail the one who publishes.
///
/// A listener is a ``EventSubscription``, which keeps the newest events up to its limit and counts what it had to drop,
/// or a ``RecordSink``, which by its contract returns at once. Events reach each listener in the order of publication
/// by one publisher. Where nobody listens an event is not even made.
public final class EventBus: Sendable {
    private struct Listeners {
        var subscriptions: [EventSubscription] = []
        var sinks: [any RecordSink] = []
    }

    private let listeners = Mutex(Listeners())
    /// How many listen, so that publishing to nobody takes no lock.
    private let audience = Atomic<Int>(0)
    /// How many of those are subscriptions, which alone hear of more than records.
    private let readers = Atomic<Int>(0)

    /// Creates a bus without listeners.
    public init() {}

    /// Whether anybody listens.
    public var hasListeners: Bool {
        audience.load(ordering: .acquiring) > 0
    }

    /// Tells an event to all listeners and returns at once, whatever they do.
    public func publish(_ event: @autoclosure () -> TelemetryEvent) {
        guard hasListeners else { return }
        let event = event()
        let present = listeners.withLock { $0 }
        for subscription in present.subscriptions {
            subscription.offer(event)
        }
        guard case .recorded(let record) = event else { return }
        for sink in present.sinks { sink.record(record) }
    }

    /// Tells what no sink wants to hear: a start, a first token or an end.
    ///
    /// An event is as large as a record, and is not made for sinks alone.
    package func tell(_ event: @autoclosure () -> TelemetryEvent) {
        guard readers.load(ordering: .acquiring) > 0 else { return }
        publish(event())
    }

    /// Tells a record, as ``publish(_:)`` of ``TelemetryEvent/recorded(_:)`` does.
    package func publish(record: TelemetryRecord) {
        guard readers.load(ordering: .acquiring) == 0 else { return publish(.recorded(record)) }
        guard hasListeners else { return }
        for sink in listeners.withLock({ $0.sinks }) { sink.record(record) }
    }

    /// Lets a sink have every record from now on, for the life of the bus.
    public func attach(_ sink: any RecordSink) {
        listeners.withLock { $0.sinks.append(sink) }
        audience.add(1, ordering: .acquiringAndReleasing)
    }

    /// Listens for the length of a scope; the subscription ends with it on every way out.
    ///
    /// - Parameters:
    ///   - limit: The number of events kept for a listener that lags; at least one.
    ///   - isolation: The actor that the body runs on, by default the caller's.
    ///   - body: Reads the subscription's events.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    public func withSubscription<Result>(
        keepingNewest limit: Int = 1_024,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (EventSubscription) async throws -> Result
    ) async rethrows -> Result {
        let subscription = EventSubscription(keepingNewest: max(1, limit))
        listeners.withLock { $0.subscriptions.append(subscription) }
        audience.add(1, ordering: .acquiringAndReleasing)
        readers.add(1, ordering: .acquiringAndReleasing)
        defer {
            readers.subtract(1, ordering: .acquiringAndReleasing)
            audience.subtract(1, ordering: .acquiringAndReleasing)
            listeners.withLock { present in present.subscriptions.removeAll { $0 === subscription } }
            subscription.finish()
        }
        return try await body(subscription)
    }
}
