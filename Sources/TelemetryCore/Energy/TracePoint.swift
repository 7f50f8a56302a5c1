// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// One publication of a channel as the trace keeps it.
///
/// Times are nanoseconds of the monotonic clock.
struct TracePoint: Sendable {
    /// Where the curve has its knot: halfway between the two times below.
    var instant: Int64
    /// The publication was surely not made before this.
    var earliest: Int64
    /// The publication was surely made by this.
    var latest: Int64
    /// Energy since the trace began, in attojoules; gaps add nothing.
    var energy: Int128
    /// Time covered since the trace began; gaps add nothing.
    var covered: Int64
    /// Power at the knot in watts, where power is what was read; the curve is then of second degree.
    var power: Double?
    /// What the integral of power can be wrong by since the trace began, in joules.
    var uncertainty: Double
    /// Whether what lies between the point before and this one was not measured.
    var followsGap: Bool

    /// The curve between this point and the next.
    func energy(at instant: Int64, before next: TracePoint) -> Int128 {
        if next.followsGap || instant <= self.instant { return energy }
        if instant >= next.instant { return next.energy }
        let (elapsed, length) = (instant - self.instant, next.instant - self.instant)
        if let start = power, let end = next.power {
            let seconds = Double(elapsed) / 1e9
            let here = start + (end - start) * Double(elapsed) / Double(length)
            let joules = (start + here) / 2 * seconds
            return min(max(energy, energy + Self.attojoules(joules)), next.energy)
        }
        return energy + Self.share(of: next.energy - energy, elapsed: elapsed, length: length)
    }

    /// The time covered between this point and the next.
    func covered(at instant: Int64, before next: TracePoint) -> Int64 {
        if next.followsGap || instant <= self.instant { return covered }
        return covered + min(instant, next.instant) - self.instant
    }

    private static func share(of energy: Int128, elapsed: Int64, length: Int64) -> Int128 {
        let (product, overflow) = energy.multipliedReportingOverflow(by: Int128(elapsed))
        // A megajoule over a day would overflow; there a relative error of 1e-15 is far below the bound.
        if overflow { return Int128(Double(energy) * (Double(elapsed) / Double(length))) }
        return product / Int128(length)
    }

    static func attojoules(_ joules: Double) -> Int128 {
        Energy.joules(joules)?.attojoules ?? 0
    }
}
