// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// How much of a peak was reached.
public struct Utilization: Sendable, Hashable {
    /// The share of the peak, in percent.
    public let percent: Double

    /// Creates a utilisation from what was reached and the peak, in the same unit.
    public init(_ reached: Double, of peak: Double) {
        percent = reached / peak * 100
    }

    /// Whether the figure cannot be right: more than the peak was reached, so that the peak, the count of devices or
    /// the size of the model is wrong.
    public var isSuspect: Bool {
        percent > 100
    }
}
