// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Power over time of which the energy is known in closed form, so that what was measured can be held against it.
public struct PowerCurve: Sendable {
    private let joules: @Sendable (Double) -> Double

    /// Creates a curve from its integral: joules from time 0 to a number of seconds.
    public init(joules: @escaping @Sendable (Double) -> Double) {
        self.joules = joules
    }

    /// The energy from time 0 to an instant, in joules.
    public func joules(at instant: MonotonicInstant) -> Double {
        joules(max(Double(instant.nanoseconds) / 1e9, 0))
    }

    /// The energy between two instants, in joules.
    public func joules(from start: MonotonicInstant, to end: MonotonicInstant) -> Double {
        joules(at: end) - joules(at: start)
    }

    /// The same power always.
    public static func constant(_ watts: Double) -> PowerCurve {
        PowerCurve { watts * $0 }
    }

    /// Low and high power by turns, each for half a period, low first.
    public static func steps(low: Double, high: Double, period: Double) -> PowerCurve {
        PowerCurve { time in
            let turns = (time / period).rounded(.down)
            let rest = time - turns * period
            let inTurn = min(rest, period / 2) * low + max(rest - period / 2, 0) * high
            return turns * period * (low + high) / 2 + inTurn
        }
    }

    /// Power that rises from low to high in each period and falls back at once.
    public static func ramp(low: Double, high: Double, period: Double) -> PowerCurve {
        PowerCurve { time in
            let turns = (time / period).rounded(.down)
            let rest = time - turns * period
            return turns * period * (low + high) / 2 + low * rest + (high - low) * rest * rest / (2 * period)
        }
    }

    /// A sine about a mean; the amplitude must not be larger than the mean.
    public static func sine(mean: Double, amplitude: Double, period: Double) -> PowerCurve {
        PowerCurve { time in
            let angle = 2 * Double.pi * time / period
            return mean * time + amplitude * period / (2 * Double.pi) * (1 - cos(angle))
        }
    }

    /// Power that changes at random moments to random values, the same for the same seed; constant after `length`.
    public static func random(seed: UInt64, upTo watts: Double, length: Double) -> PowerCurve {
        var random = SeededGenerator(seed: seed)
        var knots: [(time: Double, joules: Double, watts: Double)] = []
        var (time, sum) = (0.0, 0.0)
        repeat {
            let power = Double.random(in: 0...watts, using: &random)
            let step = Double.random(in: 0.01...0.8, using: &random)
            knots.append((time, sum, power))
            time += step
            sum += power * step
        } while time < length
        let fixed = knots
        return PowerCurve { time in
            var (low, high) = (0, fixed.count)
            while low < high {
                let middle = (low + high) / 2
                if fixed[middle].time <= time { low = middle + 1 } else { high = middle }
            }
            let knot = fixed[max(low - 1, 0)]
            return knot.joules + knot.watts * (time - knot.time)
        }
    }
}
