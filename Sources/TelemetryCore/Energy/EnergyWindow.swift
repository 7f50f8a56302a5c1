// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The energy of a channel, or of several, over a span of time.
public struct EnergyWindow: Sendable, Hashable {
    /// The energy of the part that was measured.
    public var energy: Energy
    /// How far the energy can be from the truth, either way.
    public var bound: Energy
    /// The length of the part that was measured; of several channels the shortest.
    public var covered: Duration
    /// Whether the whole span was measured, without gaps, and is still kept.
    public var isComplete: Bool
    /// Energy divided by the time that it covers; absent where it covers none.
    public var meanPower: Power?

    /// Creates the window of one channel.
    public init(energy: Energy, bound: Energy, covered: Duration, isComplete: Bool) {
        self.energy = energy
        self.bound = bound
        self.covered = covered
        self.isComplete = isComplete
        meanPower = energy / covered
    }

    /// Windows of several channels over the same span, together; nothing if there are none.
    ///
    /// Bounds add up, because nothing says that errors of different sensors cancel.
    public static func sum(_ windows: some Collection<EnergyWindow>) -> EnergyWindow? {
        guard var total = windows.first else { return nil }
        for window in windows.dropFirst() {
            total.energy += window.energy
            total.bound += window.bound
            total.covered = min(total.covered, window.covered)
            total.isComplete = total.isComplete && window.isComplete
            total.meanPower = total.meanPower.flatMap { first in
                window.meanPower.map { .watts(first.watts + $0.watts) }
            }
        }
        return total
    }
}
