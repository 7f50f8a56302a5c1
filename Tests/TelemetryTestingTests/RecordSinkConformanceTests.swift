// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TelemetryCore
import TelemetryTesting
import Testing

/// A sink that does with each record what its test says.
private final class BrokenSink: RecordSink {
    private let kept = Mutex<[TelemetryRecord]>([])
    private let keep: @Sendable (TelemetryRecord) -> [TelemetryRecord]

    init(_ keep: @escaping @Sendable (TelemetryRecord) -> [TelemetryRecord]) {
        self.keep = keep
    }

    var records: [TelemetryRecord] { kept.withLock { $0 } }

    func record(_ record: TelemetryRecord) {
        kept.withLock { $0 += keep(record) }
    }
}

@Suite struct RecordSinkConformanceTests {
    private func rules(_ keep: @escaping @Sendable (TelemetryRecord) -> [TelemetryRecord]) async -> [String] {
        let sink = BrokenSink(keep)
        return await RecordSinkConformance.check(sink) { sink.records }.map(\.rule)
    }

    @Test func sinksThatKeepEverythingConform() async {
        #expect(await rules { [$0] } == [])
        let sink = RecordingSink()
        #expect(await RecordSinkConformance.check(sink) { sink.records } == [])
    }

    @Test func aBusBeforeASinkConforms() async {
        struct Published: RecordSink {
            let bus: EventBus
            func record(_ record: TelemetryRecord) { bus.publish(.recorded(record)) }
        }
        let (bus, sink) = (EventBus(), RecordingSink())
        bus.attach(sink)
        #expect(await RecordSinkConformance.check(Published(bus: bus)) { sink.records } == [])
    }

    @Test func whatIsLostDoubledOrChangedIsFound() async {
        #expect(await rules { $0.tokens.completion == 0 ? [] : [$0] } == ["every-record"])
        #expect(await rules { [$0, $0] } == ["once"])
        let changed = BrokenSink { record in
            var record = record
            record.tokens.completion = record.tokens.completion ?? 0
            return [record]
        }
        let found = await RecordSinkConformance.check(changed) { changed.records }
        #expect(found.map(\.rule) == ["as-it-was"])
        #expect(found.first?.detail.contains("completion_tokens integer(0), not null") == true)
        #expect(await rules { [$0, ExampleRecords.sparse(10_000)] }.contains("nothing-else"))
    }

    @Test func aSlowSinkIsFound() async {
        let clock = ManualClock()
        let sink = BrokenSink { record in
            clock.advance(by: .milliseconds(3))
            return [record]
        }
        let found = await RecordSinkConformance.check(sink, clock: clock.clock) { sink.records }
        #expect(found.map(\.rule) == ["at-once"])
        #expect(found.first?.description.hasPrefix("at-once: ") == true)
    }

    @Test func whatCannotBeReadBackIsSaid() async {
        struct Unreadable: Error {}
        let found = await RecordSinkConformance.check(RecordingSink()) { throw Unreadable() }
        #expect(found.map(\.rule) == ["read-back"])
    }
}
