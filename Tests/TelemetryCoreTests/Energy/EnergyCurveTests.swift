// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// Windows of a counter that follows a curve known in closed form, read by a poll that is late now and then.
@Suite struct EnergyCurveTests {
    struct Named: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var curve: PowerCurve
    }

    static let curves: [Named] =
        [
            Named(testDescription: "constant", curve: .constant(300)),
            Named(testDescription: "steps", curve: .steps(low: 60, high: 400, period: 1.3)),
            Named(testDescription: "quick steps", curve: .steps(low: 20, high: 700, period: 0.11)),
            Named(testDescription: "ramp", curve: .ramp(low: 50, high: 350, period: 2.1)),
            Named(testDescription: "sine", curve: .sine(mean: 250, amplitude: 200, period: 0.9)),
        ]
        + (0..<50).map {
            Named(testDescription: "random \($0)", curve: .random(seed: UInt64($0) + 1, upTo: 600, length: 40))
        }

    @Test(arguments: curves, [20, 100])
    func windowsAreWithinTheirBounds(_ named: Named, publication: Int) throws {
        var reader = CurveReader(curve: named.curve, publication: .milliseconds(publication), seed: 11)
        reader.read(until: 32)
        var random = SeededGenerator(seed: 5)
        for _ in 0..<400 {
            let start = Double.random(in: 0.3...25, using: &random)
            let length = Double.random(in: 0...6, using: &random)
            let (from, to) = (MonotonicInstant(seconds: start), MonotonicInstant(seconds: start + length))
            let window = try #require(reader.meter.trace.window(from: from, to: to))
            #expect(window.isComplete)
            let error = abs(window.energy.joules - named.curve.joules(from: from, to: to))
            // The counter itself is coarse: a millijoule.
            #expect(error <= window.bound.joules + 0.002, "\(start) s, \(length) s")
        }
    }

    @Test func theMedianErrorIsHalfAPercentAtMost() throws {
        var errors: [Double] = []
        var random = SeededGenerator(seed: 6)
        for named in Self.curves {
            var reader = CurveReader(curve: named.curve, publication: .milliseconds(20), seed: 12)
            reader.read(until: 32)
            for _ in 0..<40 {
                let from = MonotonicInstant(seconds: Double.random(in: 0.3...25, using: &random))
                let to = from.advanced(by: .seconds(Double.random(in: 2...6, using: &random)))
                let truth = named.curve.joules(from: from, to: to)
                let window = try #require(reader.meter.trace.window(from: from, to: to))
                errors.append(abs(window.energy.joules - truth) / truth)
            }
        }
        let median = errors.sorted()[errors.count / 2]
        #expect(median <= 0.005)
    }

    @Test func theBoundOfTenSteadySecondsIsBelowThreePercent() throws {
        var reader = CurveReader(curve: .constant(300), publication: .milliseconds(100), seed: 13)
        reader.read(until: 32)
        var random = SeededGenerator(seed: 7)
        for _ in 0..<1_000 {
            let from = MonotonicInstant(seconds: Double.random(in: 0.5...20, using: &random))
            let window = try #require(reader.meter.trace.window(from: from, to: from.advanced(by: .seconds(10))))
            #expect(window.bound.joules < 0.03 * window.energy.joules)
        }
    }

    /// The bound is never larger than the energy between the publications around the edges.
    @Test func theBoundIsNoLargerThanWhatLiesAroundTheEdges() throws {
        let curve = PowerCurve.constant(100)
        var reader = CurveReader(curve: curve, publication: .milliseconds(100), seed: 14)
        reader.read(until: 5)
        var random = SeededGenerator(seed: 8)
        for _ in 0..<500 {
            let from = MonotonicInstant(seconds: Double.random(in: 1...3, using: &random))
            let window = try #require(reader.meter.trace.window(from: from, to: from.advanced(by: .milliseconds(500))))
            // Two publications, each seen at most a late poll after it was made, on either edge.
            #expect(window.bound.joules <= 2 * 100 * (0.2 + 0.07))
        }
    }
}

/// Polls a counter about every 20 ms, each reading taking a while and some coming late.
struct CurveReader {
    let curve: PowerCurve
    let publication: Duration
    private(set) var meter: ChannelMeter
    private var random: SeededGenerator
    private var now = MonotonicInstant(nanoseconds: 0)

    init(curve: PowerCurve, publication: Duration, seed: UInt64) {
        self.curve = curve
        self.publication = publication
        random = SeededGenerator(seed: seed)
        meter = ChannelMeter(sensor: .fakeCounter(.card))
    }

    mutating func read(until seconds: Double) {
        while now < MonotonicInstant(seconds: seconds) {
            let start = now.advanced(by: .microseconds(Int64.random(in: 0...400, using: &random)))
            let end = start.advanced(by: .microseconds(Int64.random(in: 5...1_500, using: &random)))
            let seen = start.advanced(by: .nanoseconds(Int64.random(in: 0...(end - start).nanoseconds, using: &random)))
            let period = publication.nanoseconds
            let published = MonotonicInstant(nanoseconds: seen.nanoseconds / period * period)
            let reading = EnergyReading(
                channel: meter.sensor.channel,
                value: .count(UInt64(curve.joules(at: published) * 1_000))
            )
            _ = meter.take(reading, from: start, to: end)
            let isLate = random.next() % 16 == 0
            now = now.advanced(by: .milliseconds(isLate ? 55 : 20))
        }
    }
}

extension MonotonicInstant {
    init(seconds: Double) {
        self.init(nanoseconds: Int64(seconds * 1e9))
    }
}
