// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import TelemetryCore

@Suite struct EventBusTests {
    private final class CollectingSink: RecordSink {
        let records = Mutex<[RecordID]>([])
        func record(_ record: TelemetryRecord) {
            records.withLock { $0.append(record.id) }
        }
    }

    private func event(_ number: UInt64) -> TelemetryEvent {
        .firstToken(RecordID(high: 0, low: number), at: MonotonicInstant(nanoseconds: Int64(number)))
    }

    @Test func aListenerGetsEventsInOrder() async {
        let bus = EventBus()
        await bus.withSubscription { subscription in
            for number in 0..<5 { bus.publish(event(UInt64(number))) }
            var seen: [TelemetryEvent] = []
            for await next in subscription.events {
                seen.append(next)
                if seen.count == 5 { break }
            }
            #expect(seen == (0..<5).map { event(UInt64($0)) })
            #expect(subscription.droppedEvents == 0)
        }
    }

    @Test func aSlowListenerLosesTheOldestAndCounts() async {
        let bus = EventBus()
        await bus.withSubscription(keepingNewest: 2) { subscription in
            for number in 0..<10 { bus.publish(event(UInt64(number))) }
            #expect(subscription.droppedEvents == 8)
            var iterator = subscription.events.makeAsyncIterator()
            #expect(await iterator.next() == event(8))
        }
    }

    @Test func aSubscriptionEndsWithItsScope() async {
        let bus = EventBus()
        let kept = await bus.withSubscription { $0 }
        bus.publish(event(1))
        var iterator = kept.events.makeAsyncIterator()
        #expect(await iterator.next() == nil)
    }

    @Test func aScopeThatThrowsEndsTheSubscription() async {
        struct Failure: Error {}
        let bus = EventBus()
        let kept = Mutex<EventSubscription?>(nil)
        await #expect(throws: Failure.self) {
            try await bus.withSubscription { subscription in
                kept.withLock { $0 = subscription }
                throw Failure()
            }
        }
        let subscription = kept.withLock { $0 }
        var iterator = subscription?.events.makeAsyncIterator()
        #expect(await iterator?.next() == nil)
    }

    @Test func sinksGetRecordsAlone() {
        let bus = EventBus()
        let sink = CollectingSink()
        bus.attach(sink)
        bus.publish(event(1))
        let record = TelemetryRecord(id: RecordID(high: 3, low: 4), timestamp: WallTime(microsecondsSinceEpoch: 0))
        bus.publish(.recorded(record))
        #expect(sink.records.withLock { $0 } == [record.id])
    }

    @Test func aReaderThatWaitsIsWoken() async {
        let bus = EventBus()
        await bus.withSubscription { subscription in
            let reader = Task {
                var iterator = subscription.events.makeAsyncIterator()
                return [await iterator.next(), await iterator.next()]
            }
            await Task.yield()
            bus.publish(event(1))
            bus.publish(event(2))
            #expect(await reader.value == [event(1), event(2)])
        }
    }

    @Test func aReaderThatIsCancelledEnds() async {
        let bus = EventBus()
        await bus.withSubscription { subscription in
            let readers = (0..<200).map { _ in
                Task {
                    var count = 0
                    for await _ in subscription.events { count += 1 }
                    return count
                }
            }
            for reader in readers {
                await Task.yield()
                reader.cancel()
                #expect(await reader.value == 0)
            }
        }
    }

    @Test func aReaderEndsWithTheScopeAndLosesNothing() async {
        let bus = EventBus()
        let reader = await bus.withSubscription(keepingNewest: 100_000) { subscription in
            let reader = Task {
                var numbers: [UInt64] = []
                for await event in subscription.events {
                    if case .firstToken(let id, _) = event { numbers.append(id.low) }
                }
                return numbers
            }
            for number in 0..<5_000 {
                bus.publish(event(UInt64(number)))
                if number % 500 == 0 { await Task.yield() }
            }
            #expect(subscription.droppedEvents == 0)
            return reader
        }
        #expect(await reader.value == Array(0..<5_000))
    }

    @Test func theNewestAreKeptThroughManyRounds() async {
        let bus = EventBus()
        await bus.withSubscription(keepingNewest: 5) { subscription in
            for number in 0..<1_003 { bus.publish(event(UInt64(number))) }
            #expect(subscription.droppedEvents == 998)
            var iterator = subscription.events.makeAsyncIterator()
            for number in 998..<1_003 { #expect(await iterator.next() == event(UInt64(number))) }
        }
    }

    @Test func whatNobodyHearsIsNotMade() async {
        let bus = EventBus()
        let sink = CollectingSink()
        bus.attach(sink)
        var made = 0
        func make() -> TelemetryEvent {
            made += 1
            return event(1)
        }
        bus.publishIfHeard(make())
        #expect(made == 0)
        let record = TelemetryRecord(id: RecordID(high: 3, low: 4), timestamp: WallTime(microsecondsSinceEpoch: 0))
        await bus.withSubscription { subscription in
            bus.publishIfHeard(make())
            bus.publish(record: record)
            var iterator = subscription.events.makeAsyncIterator()
            #expect(await iterator.next() == event(1))
            #expect(await iterator.next() == .recorded(record))
        }
        #expect(made == 1 && sink.records.withLock { $0 } == [record.id])
    }
}
