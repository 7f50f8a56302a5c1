// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import TelemetryCore
import TelemetryTesting
import Testing

@testable import InferometerCommands

@Suite struct SensorStartTests {
    @Test func whatTakesTooLongIsLeftBehind() async {
        let never = DispatchSemaphore(value: 0)
        let slow = await SensorStart.make(within: .milliseconds(20)) { () -> Int in
            never.wait()
            return 1
        }
        #expect(slow == nil)
        never.signal()
        #expect(await SensorStart.make(within: .seconds(10), { 7 }) == 7)
    }

    @Test func settlingWaitsForTheSlowestSensorThatWorks() {
        func patience(_ sensors: [EnergySensor], failing: Set<Int> = []) -> Duration {
            var meters = EnergyMeters(sensors: sensors)
            let readings = sensors.enumerated().map { place, sensor in
                EnergyReading(
                    channel: sensor.channel,
                    value: failing.contains(place) ? .failed(SensorFailure(.lost, "gone")) : .count(1)
                )
            }
            _ = meters.take(readings, from: MonotonicInstant(nanoseconds: 0), to: MonotonicInstant(nanoseconds: 1))
            return SensorStart.settlingPatience(meters)
        }
        let fast = EnergySensor.fakeCounter(.package, publicationPeriod: .milliseconds(1))
        let slow = EnergySensor.fakeCounter(.card, publicationPeriod: .milliseconds(800))
        let slowest = EnergySensor.fakeCounter(.dram, publicationPeriod: .seconds(30))
        #expect(patience([fast]) == .milliseconds(500))
        #expect(patience([fast, slow]) == .milliseconds(1_600))
        #expect(patience([fast, slow], failing: [1]) == .milliseconds(500))
        #expect(patience([fast, slowest]) == .seconds(3))
        #expect(patience([]) == .milliseconds(500))
    }

    /// Peaks are looked for now and then; what one look saw stays seen.
    @Test func aPeakIsNotForgotten() {
        let sensor = EnergySensor.fakeCounter(.card)
        var meters = EnergyMeters(sensors: [sensor])
        let watch = PeakWatch(clock: ManualClock().clock)
        func read(_ watts: Double, from start: Int, to end: Int, base: inout Double) {
            for tick in start..<end {
                base += watts * 0.02
                let time = MonotonicInstant(nanoseconds: Int64(tick) * 20_000_000)
                let reading = EnergyReading(channel: sensor.channel, value: .count(UInt64(base * 1_000)))
                _ = meters.take([reading], from: time, to: time)
            }
        }
        var joules = 0.0
        #expect(watch.highest(meters, until: MonotonicInstant(nanoseconds: 0)).total == nil)
        watch.begin(at: MonotonicInstant(nanoseconds: 0))
        read(500, from: 0, to: 100, base: &joules)
        let first = watch.highest(meters, until: MonotonicInstant(nanoseconds: 1_900_000_000))
        #expect(abs((first.total?.watts ?? 0) - 500) < 5)
        read(100, from: 100, to: 200, base: &joules)
        let second = watch.highest(meters, until: MonotonicInstant(nanoseconds: 3_900_000_000))
        #expect(abs((second.channels[0]?.watts ?? 0) - 500) < 5)
    }
}
