// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The virtual time of generalised processor sharing: energy per unit of weight, in fixed point.
///
/// One unit of energy is 2^-40 nJ. What a division by the weight leaves is carried to the next, so that the time never
/// drifts from the energy fed. Sums of products wrap on purpose: their difference is the energy in flight, which fits.
struct VirtualTime: Sendable {
    static let fractionBits = 40

    private(set) var now: UInt128 = 0
    /// The sum of the weights that share.
    private(set) var weight: UInt64 = 0
    /// The sum, over those, of weight times the time at which each began.
    private var begun: UInt128 = 0
    private var carried: UInt128 = 0

    /// Feeds energy to those that share; there must be some.
    mutating func feed(_ energy: UInt128) {
        let (step, rest) = (energy + carried).quotientAndRemainder(dividingBy: UInt128(weight))
        now &+= step
        carried = rest
    }

    /// Lets a weight share from now on; returns the present time, by which it leaves again.
    mutating func enter(_ weight: UInt64) -> UInt128 {
        self.weight += weight
        begun &+= UInt128(weight) &* now
        return now
    }

    /// Ends the share of a weight; returns the energy that it is owed.
    mutating func leave(_ weight: UInt64, since start: UInt128) -> UInt128 {
        self.weight -= weight
        begun &-= UInt128(weight) &* start
        return UInt128(weight) &* (now &- start)
    }

    /// What all that share now are owed together.
    var inFlight: UInt128 {
        UInt128(weight) &* now &- begun
    }

    /// Whole nanojoules.
    static func nanojoules(_ energy: UInt128) -> Int64 {
        Int64(clamping: energy >> UInt128(fractionBits))
    }
}

/// Energy that grows evenly over an interval, in units of 2^-40 nJ.
struct EvenEnergy: Sendable {
    let start: Int64
    let end: Int64
    let whole: UInt128

    init(nanojoules: UInt64, from start: Int64, to end: Int64) {
        self.start = start
        self.end = end
        whole = UInt128(nanojoules) << UInt128(VirtualTime.fractionBits)
    }

    /// What was used from the interval's start to an instant, rounded down; all of it at the end.
    func used(at instant: Int64) -> UInt128 {
        if instant >= end { return whole }
        if instant <= start { return 0 }
        let (elapsed, length) = (UInt128(instant - start), UInt128(end - start))
        // Only beyond a kilojoule over twenty minutes; there whole nanojoules are fine enough.
        if whole.multipliedReportingOverflow(by: length).overflow {
            return ((whole >> 40) * elapsed / length) << 40
        }
        return whole * elapsed / length
    }
}
