// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting

/// Windows over curves whose energy is known in closed form, read as a sampler reads: late, jittery, now and then not.
struct CurveCheck {
    private struct Findings {
        var windows = 0
        var beyondBound = 0
        /// Relative errors of windows over two seconds.
        var errors: [Double] = []
    }

    func run() {
        var curves: [PowerCurve] = [
            .constant(300), .steps(low: 60, high: 400, period: 1.3), .steps(low: 0, high: 700, period: 0.31),
            .ramp(low: 50, high: 450, period: 2.7), .sine(mean: 250, amplitude: 200, period: 0.9),
            .sine(mean: 300, amplitude: 300, period: 5),
        ]
        curves += (0..<50).map { .random(seed: UInt64($0) + 1, upTo: 500, length: 60) }
        var parts: [String] = []
        for publication in [20, 100] {
            var findings = Findings()
            for (seed, curve) in curves.enumerated() {
                check(curve, publication: .milliseconds(publication), seed: UInt64(seed), &findings)
            }
            let errors = findings.errors.sorted()
            parts.append("\"windows_\(publication)\": \(findings.windows)")
            parts.append("\"beyond_bound_\(publication)\": \(findings.beyondBound)")
            parts.append("\"median_error_\(publication)\": \(errors[errors.count / 2])")
        }
        parts.append("\"steady_bound\": \(steadyBound())")
        print("{\(parts.joined(separator: ", "))}")
    }

    private func check(_ curve: PowerCurve, publication: Duration, seed: UInt64, _ findings: inout Findings) {
        var random = SeededGenerator(seed: seed &* 977 &+ 13)
        let trace = Self.read(curve, publication: publication, seed: seed, seconds: 40)
        for _ in 0..<400 {
            let start = Double.random(in: 0.5...30, using: &random)
            let end = start + Double.random(in: 0.01...8, using: &random)
            let (from, to) = (MonotonicInstant(seconds: start), MonotonicInstant(seconds: end))
            guard let window = trace.window(from: from, to: to) else { continue }
            let truth = curve.joules(from: from, to: to)
            let error = abs(window.energy.joules - truth)
            findings.windows += 1
            // The counter counts whole millijoules.
            if error > window.bound.joules + 0.002 { findings.beyondBound += 1 }
            if end - start > 2, truth > 0 { findings.errors.append(error / truth) }
        }
    }

    /// The largest bound of ten seconds at steady power, relative, at a publication every 100 ms.
    private func steadyBound() -> Double {
        let trace = Self.read(.constant(300), publication: .milliseconds(100), seed: 7, seconds: 60)
        var random = SeededGenerator(seed: 5)
        return (0..<1_000).map { _ in
            let start = MonotonicInstant(seconds: Double.random(in: 1...45, using: &random))
            guard let window = trace.window(from: start, to: start.advanced(by: .seconds(10))) else { return 1 }
            return window.bound.joules / window.energy.joules
        }.max() ?? 1
    }

    /// Polls every 20 ms, each a little late and some much, each taking up to 1.5 ms.
    private static func read(_ curve: PowerCurve, publication: Duration, seed: UInt64, seconds: Double) -> EnergyTrace {
        var random = SeededGenerator(seed: seed)
        let sensor = EnergySensor.fakeCounter(.card)
        var meter = ChannelMeter(sensor: sensor)
        var now = MonotonicInstant(nanoseconds: 3_000_000)
        let period = publication.nanoseconds
        while now < MonotonicInstant(seconds: seconds) {
            let start = now.advanced(by: .microseconds(Int64.random(in: 0...400, using: &random)))
            let end = start.advanced(by: .microseconds(Int64.random(in: 5...1_500, using: &random)))
            let seen = start.advanced(by: .nanoseconds(Int64.random(in: 0...(end - start).nanoseconds, using: &random)))
            let published = MonotonicInstant(nanoseconds: seen.nanoseconds / period * period)
            let count = UInt64(curve.joules(at: published) * 1_000)
            _ = meter.take(EnergyReading(channel: sensor.channel, value: .count(count)), from: start, to: end)
            now = now.advanced(by: .milliseconds(random.next() % 16 == 0 ? 55 : 20))
        }
        return meter.trace
    }
}

extension MonotonicInstant {
    fileprivate init(seconds: Double) {
        self.init(nanoseconds: Int64(seconds * 1e9))
    }
}
