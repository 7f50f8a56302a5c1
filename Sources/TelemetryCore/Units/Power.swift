// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A rate of energy, in watts.
public struct Power: Sendable, Hashable, Comparable {
    /// The rate in watts.
    public let watts: Double

    /// Creates a power from watts.
    public static func watts(_ value: Double) -> Power {
        Power(watts: value)
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func < (left: Power, right: Power) -> Bool {
        left.watts < right.watts
    }

    /// The energy that this power makes over a duration, or nothing if it is beyond the range of `Energy`.
    public static func * (power: Power, duration: Duration) -> Energy? {
        .joules(power.watts * duration.seconds)
    }
}
