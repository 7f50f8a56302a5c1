// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// Values that a sensor publishes again though nothing was used.
@Suite struct RepublicationTests {
    private static let sensor = EnergySensor(
        channel: EnergyChannel(device: EnergyDeviceID(vendor: .apple, identifier: "soc"), domain: .card),
        name: "GPU Energy",
        deviceName: "M4",
        method: .hardwareCounter,
        format: .nanojoules,
        publicationPeriod: .milliseconds(100)
    )

    private static func instant(_ milliseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    private func take(
        _ count: UInt64,
        at milliseconds: Int64,
        published: Int64?,
        _ meter: inout ChannelMeter
    ) -> ChannelMeter.Event? {
        let reading = EnergyReading(
            channel: Self.sensor.channel,
            value: .count(count),
            publishedAt: published.map(Self.instant)
        )
        return meter.take(reading, from: Self.instant(milliseconds), to: Self.instant(milliseconds))
    }

    @Test func aNewStampOnTheSameValueIsAPublicationOfNothing() {
        var meter = ChannelMeter(sensor: Self.sensor)
        _ = take(7, at: 0, published: 0, &meter)
        #expect(take(7, at: 100, published: 90, &meter) == .published(at: Self.instant(90), nanojoules: 0))
        #expect(meter.trace.isSettled(at: Self.instant(90)))
        #expect(take(7, at: 200, published: 90, &meter) == nil)
        #expect(take(7, at: 300, published: nil, &meter) == nil)
    }

    @Test func aDeviceAtRestIsNotStuck() {
        var meter = ChannelMeter(sensor: Self.sensor)
        for step in 0..<200 { _ = take(7, at: Int64(step) * 100, published: Int64(step) * 100, &meter) }
        let event = take(1_000_007, at: 20_000, published: 20_000, &meter)
        #expect(event == .published(at: Self.instant(20_000), nanojoules: 1_000_000))
        let window = meter.trace.window(from: Self.instant(0), to: Self.instant(19_900))
        #expect(window?.energy == .zero)
        #expect(window?.isComplete == true)
    }

    @Test func aStampThatStandsStillIsStuckAsBefore() {
        var meter = ChannelMeter(sensor: Self.sensor)
        for step in 0..<200 { _ = take(7, at: Int64(step) * 100, published: 0, &meter) }
        guard case .gap(_, _, reason: "stale") = take(8, at: 20_000, published: 20_000, &meter) else {
            Issue.record("a sensor that stood still was believed")
            return
        }
    }

    @Test func aLevelStretchIsKeptAsItsTwoEnds() {
        var meter = ChannelMeter(sensor: Self.sensor)
        for step in 0..<1_000 { _ = take(7, at: Int64(step) * 100, published: Int64(step) * 100, &meter) }
        #expect(meter.trace.count == 2)
        #expect(meter.trace.lastInstant == Self.instant(99_900))
    }
}
