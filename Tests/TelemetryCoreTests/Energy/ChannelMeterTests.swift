// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

@Suite struct ChannelMeterTests {
    /// A meter of a counter in joules, read by hand.
    struct Hand {
        var meter: ChannelMeter

        init(publicationPeriod: Duration? = nil) {
            meter = ChannelMeter(
                sensor: .fakeCounter(.card, format: .joules, publicationPeriod: publicationPeriod)
            )
        }

        mutating func read(_ value: EnergyReading.Value, at seconds: Double, limit: Power? = nil) -> ChannelMeter.Event?
        {
            let time = MonotonicInstant(seconds: seconds)
            let reading = EnergyReading(channel: meter.sensor.channel, value: value, powerLimit: limit)
            return meter.take(reading, from: time, to: time)
        }
    }

    @Test func onlyChangesArePublications() {
        var hand = Hand()
        #expect(hand.read(.count(10), at: 1) == .started(at: MonotonicInstant(seconds: 1)))
        #expect(hand.read(.count(10), at: 1.1) == nil)
        // It changed between 1.1 s and 1.2 s, so the curve has its knot in the middle.
        #expect(
            hand.read(.count(30), at: 1.2)
                == .published(at: MonotonicInstant(seconds: 1.15), nanojoules: 20_000_000_000)
        )
        #expect(hand.meter.trace.count == 2)
    }

    /// A sensor that says how old a value can be makes the time of its change narrower than the poll does.
    @Test func aKnownPeriodNarrowsThePublication() {
        var hand = Hand(publicationPeriod: .milliseconds(100))
        _ = hand.read(.count(10), at: 1)
        #expect(
            hand.read(.count(30), at: 2)
                == .published(at: MonotonicInstant(seconds: 1.95), nanojoules: 20_000_000_000)
        )
    }

    @Test func aReadingThatFailsOnceCostsNothing() {
        var hand = Hand()
        let lost = SensorFailure(.lost, "the device fell off the bus")
        _ = hand.read(.count(10), at: 1)
        #expect(hand.read(.failed(lost), at: 2) == .failed(lost))
        #expect(hand.meter.failure == lost)
        #expect(
            hand.read(.count(110), at: 3) == .published(at: MonotonicInstant(seconds: 2), nanojoules: 100_000_000_000)
        )
        #expect(hand.meter.failure == nil)
    }

    @Test func aLongSilenceIsAGapOfKnownEnergy() {
        var hand = Hand()
        _ = hand.read(.count(10), at: 1)
        #expect(
            hand.read(.count(110), at: 7)
                == .gap(until: MonotonicInstant(seconds: 7), nanojoules: 100_000_000_000, reason: "no reading")
        )
        #expect(hand.meter.trace.total == .zero)
    }

    @Test func aResetIsAGapOfUnknownEnergy() {
        var hand = Hand()
        _ = hand.read(.count(1_000), at: 1)
        #expect(
            hand.read(.count(3), at: 1.1)
                == .gap(until: MonotonicInstant(seconds: 1.1), nanojoules: nil, reason: "reset")
        )
        #expect(
            hand.read(.count(100_000), at: 1.2, limit: .watts(300))
                == .gap(until: MonotonicInstant(seconds: 1.2), nanojoules: nil, reason: "implausible_jump")
        )
    }

    /// A sensor that was stuck and then jumps says nothing of when the energy was used.
    @Test func aCounterThatStoodStillTooLongWasStuck() {
        var hand = Hand()
        _ = hand.read(.count(10), at: 1)
        for tick in 1...60 { _ = hand.read(.count(10), at: 1 + Double(tick) / 10) }
        #expect(
            hand.read(.count(700), at: 7.1)
                == .gap(until: MonotonicInstant(seconds: 7.1), nanojoules: 690_000_000_000, reason: "stale")
        )
    }

    @Test(arguments: [Double.nan, .infinity, -1])
    func powerThatIsNoPowerIsAFailure(_ watts: Double) {
        var meter = ChannelMeter(sensor: .fakePower(.card))
        let time = MonotonicInstant(seconds: 1)
        let reading = EnergyReading(channel: meter.sensor.channel, value: .power(.watts(watts)))
        guard case .failed(let failure) = meter.take(reading, from: time, to: time) else {
            Issue.record("not a failure")
            return
        }
        #expect(failure.code == .unusable)
    }

    /// Power becomes whole nanojoules without losing what is below one.
    @Test func powerKeepsItsRemainder() {
        var meter = ChannelMeter(sensor: .fakePower(.card))
        var sum: UInt64 = 0
        for tick in 0...1_000_000 where tick % 1_000 == 0 {
            let time = MonotonicInstant(nanoseconds: Int64(tick))
            let reading = EnergyReading(channel: meter.sensor.channel, value: .power(.watts(0.3337)))
            if case .published(_, let nanojoules) = meter.take(reading, from: time, to: time) { sum += nanojoules }
        }
        #expect(sum == 333_700)
    }

    @Test func metersPassOverWhatTheyDoNotKnow() {
        var meters = EnergyMeters(sensors: [.fakeCounter(.card), .fakeCounter(.card), .fakeCounter(.psys)])
        #expect(meters.meters.count == 2)
        let time = MonotonicInstant(seconds: 1)
        let readings = [
            EnergyReading(channel: .fake(.dram), value: .count(1)),
            EnergyReading(channel: .fake(.card), value: .count(1)),
        ]
        #expect(meters.take(readings, from: time, to: time) == [.init(place: 0, event: .started(at: time))])
    }

    /// What a total counts is counted once: psys contains the package.
    @Test("Defect 7: psys is shown and not counted") func defect7PsysIsShownAndNotCounted() throws {
        var meters = EnergyMeters(sensors: [
            .fakeCounter(.package, format: .joules), .fakeCounter(.dram, format: .joules),
            .fakeCounter(.psys, format: .joules), .fakeCounter(.core, format: .joules),
        ])
        for second in 0...4 {
            let time = MonotonicInstant(seconds: Double(second))
            let counts: [UInt64] = [50, 4, 90, 30]
            let readings = zip(meters.sensors, counts).map {
                EnergyReading(channel: $0.channel, value: .count($1 * UInt64(second)))
            }
            _ = meters.take(readings, from: time, to: time)
        }
        let windows = meters.windows(from: MonotonicInstant(seconds: 1), to: MonotonicInstant(seconds: 2))
        #expect(windows.count == 4)
        #expect(windows.total?.energy == .joules(54))
        #expect(windows.energy(of: .cpu)?.energy == .joules(50))
    }
}
