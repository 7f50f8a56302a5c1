// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// One listener's bounded view of the events on a bus; read it by one task.
public final class EventSubscription: Sendable {
    private struct State {
        var events: EventBuffer
        var isOver = false
        /// Who waits for an event: mostly nobody or one.
        var readers: [CheckedContinuation<Void, Never>] = []

        mutating func takeReaders() -> [CheckedContinuation<Void, Never>] {
            guard !readers.isEmpty else { return [] }
            defer { readers = [] }
            return readers
        }
    }

    private let state: Mutex<State>
    /// What the reader has taken, last first: some events at once, so that it and the publishers seldom meet.
    ///
    /// Here and not with an iterator, so that none is lost with one that is let go.
    private let taken = Mutex<[TelemetryEvent]>([])
    /// Few of what a listener may lag.
    private let portion: Int

    init(keepingNewest limit: Int) {
        state = Mutex(State(events: EventBuffer(limit: limit)))
        portion = min(max(limit / 8, 1), 64)
    }

    /// The events, from the moment of subscription on, until the scope or the reading task ends.
    public var events: Events {
        Events(subscription: self)
    }

    /// The number of events that this listener was too slow for.
    public var droppedEvents: Int {
        state.withLock { $0.events.dropped }
    }

    func offer(_ event: TelemetryEvent) {
        let readers = state.withLock { state in
            if !state.isOver { state.events.append(event) }
            return state.takeReaders()
        }
        for reader in readers { reader.resume() }
    }

    func finish() {
        let readers = state.withLock { state in
            state.isOver = true
            return state.takeReaders()
        }
        for reader in readers { reader.resume() }
    }

    /// The next event, if there is one by now, and whether none can come any more.
    fileprivate func takeNext() -> (event: TelemetryEvent?, isOver: Bool) {
        taken.withLock { taken in
            if let event = taken.popLast() { return (event, false) }
            let isOver = state.withLock { state in
                state.events.takeFirst(portion, to: &taken)
                return state.isOver
            }
            let event = taken.popLast()
            return (event, isOver && event == nil)
        }
    }

    /// Waits until there is an event, the subscription is over, or the task is cancelled.
    fileprivate func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { reader in
                let isDone = state.withLock { state in
                    // A cancellation before this line is seen here, one after it finds the reader.
                    if state.isOver || !state.events.isEmpty || Task.isCancelled { return true }
                    state.readers.append(reader)
                    return false
                }
                if isDone { reader.resume() }
            }
        } onCancel: {
            // All of them: who is not cancelled waits again.
            for reader in state.withLock({ $0.takeReaders() }) { reader.resume() }
        }
    }
}

extension EventSubscription {
    /// The events of a subscription, in their order.
    public struct Events: AsyncSequence, Sendable {
        /// One event.
        public typealias Element = TelemetryEvent
        /// Reading never fails.
        public typealias Failure = Never
        fileprivate let subscription: EventSubscription

        /// Begins to read; each event is read once, whoever reads it.
        public func makeAsyncIterator() -> Iterator {
            Iterator(subscription: subscription)
        }

        /// Reads the events.
        public struct Iterator: AsyncIteratorProtocol {
            fileprivate let subscription: EventSubscription

            /// Waits for the next event; nothing once the subscription's scope or the waiting task has ended.
            public mutating func next() async -> TelemetryEvent? {
                await next(isolation: #isolation)
            }

            /// Waits for the next event; nothing once the subscription's scope or the waiting task has ended.
            public mutating func next(isolation actor: isolated (any Actor)?) async -> TelemetryEvent? {
                while true {
                    let (event, isOver) = subscription.takeNext()
                    if event != nil || isOver || Task.isCancelled { return event }
                    await subscription.wait()
                }
            }
        }
    }
}

/// The newest events up to a limit; storage grows as it is needed.
private struct EventBuffer {
    let limit: Int
    private(set) var dropped = 0
    private var storage: [TelemetryEvent?] = []
    private var head = 0
    private var count = 0

    init(limit: Int) {
        self.limit = max(limit, 1)
    }

    var isEmpty: Bool { count == 0 }

    mutating func append(_ event: TelemetryEvent) {
        if count == storage.count, count < limit { grow() }
        if count == limit {
            storage[head] = event
            head = place(1)
            dropped += 1
        } else {
            storage[place(count)] = event
            count += 1
        }
    }

    /// Moves up to so many of the oldest, last first.
    mutating func takeFirst(_ most: Int, to events: inout [TelemetryEvent]) {
        let taken = min(most, count)
        for offset in stride(from: taken - 1, through: 0, by: -1) {
            if let event = storage[place(offset)].take() { events.append(event) }
        }
        head = taken == 0 ? head : place(taken)
        count -= taken
    }

    private func place(_ offset: Int) -> Int {
        let index = head + offset
        return index < storage.count ? index : index - storage.count
    }

    private mutating func grow() {
        let kept = (0..<count).map { storage[place($0)] }
        storage = kept + Array(repeating: nil, count: min(max(count, 8), limit - count))
        head = 0
    }
}
