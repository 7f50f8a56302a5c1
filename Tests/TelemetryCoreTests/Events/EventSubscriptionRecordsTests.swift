// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@Suite struct EventSubscriptionRecordsTests {
    @Test func recordsAreTakenOneByOneAndOtherEventsPassedOver() async {
        let bus = EventBus()
        let records = (1...2).map {
            TelemetryRecord(id: RecordID(high: 1, low: UInt64($0)), timestamp: WallTime(microsecondsSinceEpoch: 0))
        }
        await bus.withSubscription { subscription in
            for record in records {
                let instant = MonotonicInstant(nanoseconds: 1)
                bus.publish(.started(CallStart(id: record.id, sentAt: instant)))
                bus.publish(.firstToken(record.id, at: instant))
                bus.publish(.recorded(record))
            }
            #expect(await subscription.nextRecord() == records[0])
            #expect(await subscription.nextRecord() == records[1])
        }
    }

    @Test func aTaskThatEndsWaitsForNothing() async {
        let bus = EventBus()
        let task = Task { await bus.withSubscription { await $0.nextRecord() } }
        task.cancel()
        #expect(await task.value == nil)
    }
}
