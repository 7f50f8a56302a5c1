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

    @Test func whereNobodyListensNoEventIsMade() async {
        let bus = EventBus()
        func made() -> TelemetryEvent {
            Issue.record("an event for nobody")
            return event(1)
        }
        #expect(!bus.hasListeners)
        bus.publish(made())
        await bus.withSubscription { _ in #expect(bus.hasListeners) }
        #expect(!bus.hasListeners)
        bus.publish(made())
        bus.attach(CollectingSink())
        #expect(bus.hasListeners)
    }

    /// One that never reads costs nobody anything: the others get every event, and memory stays bounded.
    @Test func aListenerThatNeverReadsHarmsNobody() async {
        let bus = EventBus()
        await bus.withSubscription(keepingNewest: 3) { idle in
            await bus.withSubscription(keepingNewest: 1_000) { eager in
                for number in 0..<1_000 { bus.publish(event(UInt64(number))) }
                #expect(idle.droppedEvents == 997)
                #expect(eager.droppedEvents == 0)
                var count = 0
                for await _ in eager.events {
                    count += 1
                    if count == 1_000 { break }
                }
            }
        }
    }

    @Test func manyPublishersAtOnceLoseNothing() async {
        let bus = EventBus()
        let sink = CollectingSink()
        bus.attach(sink)
        await withTaskGroup(of: Void.self) { group in
            for publisher in 0..<8 {
                group.addTask {
                    for number in 0..<500 {
                        let id = RecordID(high: UInt64(publisher), low: UInt64(number))
                        bus.publish(
                            .recorded(TelemetryRecord(id: id, timestamp: WallTime(microsecondsSinceEpoch: 0)))
                        )
                    }
                }
            }
        }
        let seen = sink.records.withLock { $0 }
        #expect(Set(seen).count == 4_000)
        // In the order of each publisher.
        for publisher in 0..<8 {
            let own = seen.filter { $0.high == UInt64(publisher) }
            #expect(own == own.sorted())
        }
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
}
