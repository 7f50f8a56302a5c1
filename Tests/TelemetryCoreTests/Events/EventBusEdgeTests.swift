// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TelemetryTesting
import Testing

@testable import TelemetryCore

/// Listeners that are slow, leave, or ask for more than there is: none of them may hold up the one who publishes.
@Suite struct EventBusEdgeTests {
    private func event(_ number: Int) -> TelemetryEvent {
        .firstToken(RecordID(high: 0, low: UInt64(number)), at: MonotonicInstant(nanoseconds: Int64(number)))
    }

    private func record(_ number: UInt64) -> TelemetryRecord {
        TelemetryRecord(id: RecordID(high: 0, low: number), timestamp: WallTime(microsecondsSinceEpoch: 0))
    }

    private func rest(of subscription: EventSubscription) async -> [TelemetryEvent] {
        subscription.finish()
        var all: [TelemetryEvent] = []
        for await event in subscription.events { all.append(event) }
        return all
    }

    @Test func whereNobodyListensAnEventIsNotMade() async {
        let bus = EventBus()
        let made = Mutex(0)
        func make() -> TelemetryEvent {
            made.withLock { $0 += 1 }
            return event(1)
        }
        bus.publish(make())
        #expect(made.withLock { $0 } == 0 && !bus.hasListeners)
        await bus.withSubscription { _ in
            #expect(bus.hasListeners)
            bus.publish(make())
        }
        bus.publish(make())
        #expect(made.withLock { $0 } == 1 && !bus.hasListeners)
    }

    /// For each limit: the newest are kept, in order, and the rest is counted.
    @Test(arguments: [-5, 0, 1, 2, 7, 8, 9, 64, 100, 2_000])
    func theNewestAreKeptAndTheRestIsCounted(_ limit: Int) async {
        let bus = EventBus()
        let (events, dropped) = await bus.withSubscription(keepingNewest: limit) { subscription in
            for number in 0..<500 { bus.publish(event(number)) }
            return (await rest(of: subscription), subscription.droppedEvents)
        }
        let kept = min(max(limit, 1), 500)
        #expect(events == (500 - kept..<500).map(event))
        #expect(dropped == 500 - kept)
    }

    @Test func aSlowListenerTakesNothingFromAFastOne() async {
        let bus = EventBus()
        await bus.withSubscription(keepingNewest: 3) { slow in
            await bus.withSubscription(keepingNewest: 1_000) { fast in
                for number in 0..<300 { bus.publish(event(number)) }
                #expect(await rest(of: fast) == (0..<300).map(event))
                #expect(fast.droppedEvents == 0)
            }
            #expect(await rest(of: slow) == (297..<300).map(event))
        }
    }

    /// Reading and publishing by turns: every event once, in order, however the ring stands.
    @Test(arguments: [1, 5, 13, 200])
    func readingByTurnsLosesNothing(_ burst: Int) async {
        let bus = EventBus()
        await bus.withSubscription(keepingNewest: 256) { subscription in
            var next = 0
            var seen = 0
            var iterator = subscription.events.makeAsyncIterator()
            for round in 0..<20 {
                for _ in 0..<burst {
                    bus.publish(event(next))
                    next += 1
                }
                for _ in 0..<max(burst - round % 2, 1) where seen < next {
                    #expect(await iterator.next() == event(seen))
                    seen += 1
                }
            }
            #expect(subscription.droppedEvents == 0)
            #expect(await rest(of: subscription).count == next - seen)
        }
    }

    /// An iterator that is let go in the middle takes no event with it.
    @Test func anotherIteratorGoesOnWhereTheLastStopped() async {
        let bus = EventBus()
        await bus.withSubscription(keepingNewest: 1_024) { subscription in
            for number in 0..<200 { bus.publish(event(number)) }
            for number in 0..<50 {
                var iterator = subscription.events.makeAsyncIterator()
                #expect(await iterator.next() == event(number))
            }
            #expect(await rest(of: subscription) == (50..<200).map(event))
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aWaitingReaderIsWokenByAnEventByTheEndAndByCancellation() async {
        let bus = EventBus()
        await bus.withSubscription { subscription in
            async let first: TelemetryEvent? = {
                var iterator = subscription.events.makeAsyncIterator()
                return await iterator.next()
            }()
            await Task.yield()
            bus.publish(event(1))
            #expect(await first == event(1))
            let reader = Task {
                var iterator = subscription.events.makeAsyncIterator()
                return await iterator.next()
            }
            await Task.yield()
            reader.cancel()
            #expect(await reader.value == nil)
            let last = Task {
                var iterator = subscription.events.makeAsyncIterator()
                return await iterator.next()
            }
            await Task.yield()
            subscription.finish()
            #expect(await last.value == nil)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func manyPublishersLoseNothingAndKeepTheirOwnOrder() async {
        let bus = EventBus()
        await bus.withSubscription(keepingNewest: 10_000) { subscription in
            await withTaskGroup(of: Void.self) { group in
                for lane in 0..<4 {
                    group.addTask { for number in 0..<500 { bus.publish(event(lane * 1_000 + number)) } }
                }
            }
            let events = await rest(of: subscription)
            #expect(events.count == 2_000 && subscription.droppedEvents == 0)
            for lane in 0..<4 {
                let own = events.filter {
                    if case .firstToken(let id, _) = $0 { Int(id.low) / 1_000 == lane } else { false }
                }
                #expect(own == (0..<500).map { event(lane * 1_000 + $0) })
            }
        }
    }

    @Test func whatIsPublishedAfterTheEndIsNotKept() async {
        let bus = EventBus()
        await bus.withSubscription { subscription in
            bus.publish(event(1))
            subscription.finish()
            bus.publish(event(2))
            #expect(await rest(of: subscription) == [event(1)])
        }
    }

    @Test func everySinkHasEveryRecordOnce() {
        let bus = EventBus()
        let sinks = [RecordingSink(), RecordingSink()]
        for sink in sinks { bus.attach(sink) }
        for number in 0..<10 as Range<UInt64> { bus.publish(.recorded(record(number))) }
        bus.publish(event(1))
        bus.publish(.ended(RecordID(high: 0, low: 1), .completed, at: MonotonicInstant(nanoseconds: 0)))
        for sink in sinks { #expect(sink.records.map(\.id.low) == Array(0..<10)) }
    }

    /// A sink that publishes to its own bus, as an exporter might, must not lock it up.
    @Test(.timeLimit(.minutes(1)))
    func aSinkMayPublish() async {
        final class Echo: RecordSink {
            let bus: EventBus
            init(_ bus: EventBus) { self.bus = bus }
            func record(_ record: TelemetryRecord) {
                bus.publish(.ended(record.id, record.result.outcome, at: MonotonicInstant(nanoseconds: 0)))
            }
        }
        let bus = EventBus()
        bus.attach(Echo(bus))
        await bus.withSubscription { subscription in
            bus.publish(.recorded(record(3)))
            #expect(await rest(of: subscription).count == 2)
        }
    }
}
