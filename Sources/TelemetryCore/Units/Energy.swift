// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// An amount of energy, held exactly.
///
/// `Energy` is to the joule what `Duration` is to the second: a 128-bit count of attojoules. Sensors and the ledger
/// count in whole nanojoules, which convert without loss; imported decimals keep nine digits from 1 nJ to 1 TJ.
public struct Energy: Sendable, Hashable, Comparable, AdditiveArithmetic {
    /// The amount in attojoules.
    public let attojoules: Int128

    /// Creates an amount from attojoules.
    public init(attojoules: Int128) {
        self.attojoules = attojoules
    }

    /// No energy, which is a measured value and not the same as an unknown one.
    public static let zero = Energy(attojoules: 0)

    /// Creates an amount from whole nanojoules.
    public static func nanojoules(_ value: some BinaryInteger) -> Energy {
        Energy(attojoules: Int128(value) * attojoulesPerNanojoule)
    }

    /// Creates an amount from joules, or nothing if the number is not finite or beyond 1e18 J.
    public static func joules(_ value: Double) -> Energy? {
        guard value.isFinite, abs(value) <= 1e18 else { return nil }
        let whole = value.rounded(.towardZero)
        let fraction = ((value - whole) * 1e18).rounded()
        return Energy(attojoules: Int128(whole) * attojoulesPerJoule + Int128(fraction))
    }

    /// The amount in joules.
    public var joules: Double {
        let (whole, fraction) = attojoules.quotientAndRemainder(dividingBy: Self.attojoulesPerJoule)
        // By 64 bits where they fit: the general conversion of 128 bits is slow.
        guard let small = Int64(exactly: whole) else { return Double(whole) + Double(fraction) / 1e18 }
        return Double(small) + Double(Int64(truncatingIfNeeded: fraction)) / 1e18
    }

    /// The amount in whole nanojoules, rounded to the nearest, saturating at the range of `Int64`.
    public var nanojoules: Int64 {
        let half = Self.attojoulesPerNanojoule / 2
        let rounded = (attojoules + (attojoules < 0 ? -half : half)) / Self.attojoulesPerNanojoule
        return Int64(clamping: rounded)
    }

    private static let attojoulesPerNanojoule: Int128 = 1_000_000_000
    private static let attojoulesPerJoule: Int128 = 1_000_000_000_000_000_000
}

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension Energy {
    public static func + (left: Energy, right: Energy) -> Energy {
        Energy(attojoules: left.attojoules + right.attojoules)
    }

    public static func - (left: Energy, right: Energy) -> Energy {
        Energy(attojoules: left.attojoules - right.attojoules)
    }

    public static func < (left: Energy, right: Energy) -> Bool {
        left.attojoules < right.attojoules
    }
}

extension Energy {
    /// The mean power over a duration, or nothing if the duration is not positive.
    public static func / (energy: Energy, duration: Duration) -> Power? {
        guard duration > .zero else { return nil }
        return .watts(energy.joules / duration.seconds)
    }
}
