// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

@Suite struct EnergyMetersTests {
    private func instant(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64(seconds * 1e9))
    }

    /// Reads counters of so many watts every 20 ms; what `isRead` refuses is a failure.
    private func meters(
        _ sensors: [EnergySensor],
        watts: [Double],
        until end: Double = 4,
        isRead: (Int, Double) -> Bool = { _, _ in true }
    ) -> EnergyMeters {
        var meters = EnergyMeters(sensors: sensors)
        for tick in 0...Int(end * 50) {
            let time = Double(tick) / 50
            let readings = sensors.enumerated().map { place, sensor in
                EnergyReading(
                    channel: sensor.channel,
                    value: isRead(place, time)
                        ? .count(UInt64(watts[place] * time * 1_000)) : .failed(SensorFailure(.lost, "gone"))
                )
            }
            _ = meters.take(readings, from: instant(time), to: instant(time))
        }
        return meters
    }

    private let cards: [EnergySensor] = [.fakeCounter(.card, device: "a"), .fakeCounter(.card, device: "b")]

    @Test func severalCardsAreOneComponent() throws {
        let meters = meters(cards, watts: [100, 250])
        let windows = meters.windows(from: instant(1), to: instant(3))
        #expect(windows.count == 2)
        #expect(abs(try #require(windows.energy(of: .gpu)).energy.joules - 700) < 5)
        #expect(windows.total == windows.energy(of: .gpu))
        #expect(windows.energy(of: .cpu) == nil)
        #expect(abs(try #require(meters.peakPower(from: instant(1), to: instant(3))).watts - 350) < 5)
        #expect(abs(try #require(meters.peakPower(from: instant(1), to: instant(3), places: [0])).watts - 100) < 3)
        #expect(meters.peakPower(from: instant(3), to: instant(3)) == nil)
    }

    /// Peaks of two cards that take turns are not the sum of their peaks.
    @Test func thePeakOfASumIsNotTheSumOfPeaks() throws {
        var meters = EnergyMeters(sensors: cards)
        var joules = [0.0, 0]
        for tick in 0...200 {
            let time = Double(tick) / 50
            let isFirst = Int(time) % 2 == 0
            joules[0] += isFirst ? 400 / 50.0 : 0
            joules[1] += isFirst ? 0 : 400 / 50.0
            let readings = cards.enumerated().map { place, sensor in
                EnergyReading(channel: sensor.channel, value: .count(UInt64(joules[place] * 1_000)))
            }
            _ = meters.take(readings, from: instant(time), to: instant(time))
        }
        let peak = try #require(meters.peakPower(from: instant(0), to: instant(4)))
        #expect(peak.watts < 450)
    }

    @Test func settledMeansThatNothingIsStillToCome() {
        let working = meters(cards, watts: [100, 250])
        #expect(working.isSettled(at: instant(3.9)))
        #expect(!working.isSettled(at: instant(4.1)))
        // One that failed is waited for no longer, nor one that never said anything.
        let broken = meters(cards, watts: [100, 250]) { place, time in place == 0 || time < 2 }
        #expect(broken.isSettled(at: instant(3.9)))
        let silent = meters(cards, watts: [100, 250]) { place, _ in place == 0 }
        #expect(silent.isSettled(at: instant(3.9)))
        #expect(silent.windows(from: instant(1), to: instant(3)).count == 1)
    }

    @Test func whatATotalDoesNotCountIsNotWaitedFor() {
        let sensors: [EnergySensor] = [.fakeCounter(.package), .fakeCounter(.psys)]
        var meters = EnergyMeters(sensors: sensors)
        for tick in 0...100 {
            let time = Double(tick) / 50
            let readings = [
                EnergyReading(channel: sensors[0].channel, value: .count(UInt64(tick))),
                EnergyReading(channel: sensors[1].channel, value: .count(tick < 10 ? UInt64(tick) : 10)),
            ]
            _ = meters.take(readings, from: instant(time), to: instant(time))
        }
        #expect(meters.isSettled(at: instant(1.9)))
        #expect(!meters.meters[1].trace.isSettled(at: instant(1.9)))
    }

    @Test func sumsOfWindowsAreAsCompleteAsTheirWorst() throws {
        let whole = EnergyWindow(energy: .nanojoules(5), bound: .nanojoules(1), covered: .seconds(2), isComplete: true)
        let part = EnergyWindow(energy: .nanojoules(7), bound: .nanojoules(2), covered: .seconds(1), isComplete: false)
        let sum = try #require(EnergyWindow.sum([whole, part]))
        #expect(sum.energy == .nanojoules(12) && sum.bound == .nanojoules(3))
        #expect(!sum.isComplete && sum.covered == .seconds(1))
        let none = EnergyWindow(energy: .zero, bound: .zero, covered: .zero, isComplete: true)
        #expect(none.meanPower == nil && EnergyWindow.sum([whole, none])?.meanPower == nil)
        #expect(EnergyWindow.sum([]) == nil)
    }

    @Test func aSensorThatIsNamedTwiceIsOneChannel() {
        let meters = EnergyMeters(sensors: [cards[0], cards[0], cards[1]])
        #expect(meters.meters.count == 2 && meters.sensors == cards)
        #expect(meters.place(of: cards[1].channel) == 1)
        #expect(meters.place(of: EnergySensor.fakeCounter(.dram).channel) == nil)
    }
}
