// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Turns the raw values of an energy counter into whole nanojoules.
///
/// What a count leaves below one nanojoule is carried to the next, so that nothing is lost over time. Wraps are
/// undone where the range is known. A counter that stands lower than before without a wrap, or higher than its device
/// can have drawn, has started anew: what it counted in between is unknown, and never guessed.
public struct CounterAccumulator: Sendable, Hashable {
    /// What one value of the counter means.
    public enum Step: Sendable, Hashable {
        /// The first value, from which the count begins.
        case first
        /// The counter stands where it stood.
        case unchanged
        /// The counter went on, by so many nanojoules.
        case advanced(nanojoules: UInt64)
        /// The counter went back, or ahead beyond reason; the count begins anew.
        case restarted(Restart)
    }

    /// Why a count began anew.
    public enum Restart: String, Sendable, Hashable {
        /// The counter stands lower than before.
        case wentBack = "reset"
        /// The counter stands higher than the device can have drawn.
        case jumpedAhead = "implausible_jump"
    }

    /// How the counter counts.
    public let format: CounterFormat
    /// The number of times that the count began anew.
    public private(set) var epoch = 0
    private var last: UInt64?
    private var remainder: UInt64 = 0

    /// Creates an accumulator that has seen nothing.
    public init(format: CounterFormat) {
        self.format = format
    }

    /// Takes a value.
    ///
    /// - Parameters:
    ///   - count: The raw value.
    ///   - elapsed: The longest time that the last step of the counter can have taken.
    ///   - limit: The power that the device is held to, as its driver says; twice of it is still believed, because a
    ///     limit is enforced over milliseconds. Without one, 10 kW.
    /// - Returns: What the value means; the energy since the value before, if it is known.
    public mutating func add(_ count: UInt64, within elapsed: Duration, limit: Power? = nil) -> Step {
        guard let previous = last else {
            last = count
            return .first
        }
        guard count != previous else { return .unchanged }
        last = count
        let energyLimit = Self.energyLimit(within: elapsed, limit: limit)
        guard let distance = distance(from: previous, to: count) else { return restart(.wentBack) }
        let units = UInt128(distance) * UInt128(format.nanojoulesPerUnit) + UInt128(remainder)
        let (whole, rest) = units.quotientAndRemainder(dividingBy: UInt128(format.countsPerUnit))
        guard whole <= energyLimit else { return restart(count < previous ? .wentBack : .jumpedAhead) }
        remainder = UInt64(rest)
        return .advanced(nanojoules: UInt64(whole))
    }

    private mutating func restart(_ reason: Restart) -> Step {
        epoch += 1
        remainder = 0
        return .restarted(reason)
    }

    private func distance(from previous: UInt64, to count: UInt64) -> UInt64? {
        if count >= previous { return count - previous }
        guard let modulus = format.modulus, previous < modulus else { return nil }
        return modulus - previous + count
    }

    private static func energyLimit(within elapsed: Duration, limit: Power?) -> UInt128 {
        let watts = limit.map { $0.watts > 0 ? 2 * $0.watts : plausibleWatts } ?? plausibleWatts
        let seconds = max(elapsed.seconds, 0) + publicationSlack
        return UInt128(min(watts * seconds * 1e9, 1e18))
    }

    /// More than any single device draws.
    private static let plausibleWatts = 10_000.0
    /// The value before the first may be older than our first look at it; some sensors publish every two seconds.
    private static let publicationSlack = 3.0
}
