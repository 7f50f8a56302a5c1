// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization
import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryRecording

@Suite struct SensorTroubleTests {
    /// Sensors of one vendor, and what the log says of them.
    private final class Bench: Sendable {
        let clock = ManualClock()
        let monitor: FakeEnergyMonitor
        let sampler: EnergySampler
        private let written: Lines

        final class Lines: Sendable {
            let lines = Mutex<[String]>([])
        }

        init(cards: Int) {
            monitor = FakeEnergyMonitor(
                channels: (0..<cards).map {
                    .init(sensor: .fakeCounter(.card, device: "GPU-\($0)"), curve: .constant(100))
                },
                clock: clock.clock
            )
            let written = Lines()
            let handler = LineHandler { line in written.lines.withLock { $0.append(line) } }
            sampler = EnergySampler(
                monitor: monitor,
                clock: clock.clock,
                logger: Logger(label: "test") { _ in handler }
            )
            self.written = written
        }

        var lines: [String] { written.lines.withLock { $0 } }

        func run(_ readings: Int, every step: Duration = .milliseconds(20)) {
            for _ in 0..<readings {
                clock.advance(by: step)
                sampler.tick()
            }
        }

        func fail(_ cards: Range<Int>, _ failure: SensorFailure?) {
            for card in cards { monitor.change(card) { $0.failure = failure } }
        }
    }

    /// A driver that goes away takes all its cards with it: that is one cause.
    @Test func aCauseMakesOneLineHoweverManyItStrikes() {
        let bench = Bench(cards: 8)
        bench.run(5)
        bench.fail(0..<8, SensorFailure(.lost, "gone"))
        bench.run(50)
        #expect(bench.lines == ["A sensor cannot be read."])
        bench.fail(0..<8, nil)
        bench.run(5)
        #expect(bench.lines == ["A sensor cannot be read.", "A sensor can be read again."])
    }

    @Test func aSensorThatComesAndGoesDoesNotFillTheLog() {
        let bench = Bench(cards: 1)
        for _ in 0..<100 {
            bench.fail(0..<1, SensorFailure(.failed, "now and then"))
            bench.run(2)
            bench.fail(0..<1, nil)
            bench.run(2)
        }
        #expect(bench.lines == ["A sensor cannot be read.", "A sensor can be read again."])
        #expect(bench.sampler.health[0].failures == [.failed: 200])
    }

    @Test func aCauseThatComesBackAfterLongIsNews() {
        let bench = Bench(cards: 1)
        bench.fail(0..<1, SensorFailure(.lost, "gone"))
        bench.run(2)
        bench.fail(0..<1, nil)
        bench.run(650, every: .seconds(1))
        bench.fail(0..<1, SensorFailure(.lost, "gone"))
        bench.run(2)
        #expect(bench.lines.filter { $0 == "A sensor cannot be read." }.count == 2)
    }

    @Test func troubleIsCountedByCauseForEachSensor() {
        let bench = Bench(cards: 2)
        bench.run(100)
        #expect(bench.sampler.health.map(\.failures) == [[:], [:]])
        #expect(bench.sampler.health.map(\.failure) == [nil, nil])
        bench.fail(1..<2, SensorFailure(.permissionDenied, "denied"))
        bench.run(3)
        bench.monitor.change(0) { $0.offset = -5_000 }
        bench.run(3)
        let health = bench.sampler.health
        #expect(health[0].failures.isEmpty && health[0].gaps == ["reset": 1])
        #expect(health[1].failures == [.permissionDenied: 6] && health[1].gaps.isEmpty)
        #expect(health[1].failure?.reason == "denied")
        #expect(health[0].lastGoodReading == bench.clock.now)
    }
}
