// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// When a series of samples counts as steady.
public struct SteadyStateConfiguration: Sendable, Hashable {
    /// What must be steady.
    public enum Metric: String, Sendable, Hashable, CaseIterable {
        /// Output tokens per second.
        case throughput
        /// Energy of a request, in joules.
        case energy
    }

    /// How many first samples are warm-up whatever they say.
    ///
    /// At least 0; defaults to 5.
    public var warmupSamples = 5
    /// How many of the last samples after warm-up are looked at together.
    ///
    /// At least 2; defaults to 5.
    public var windowSize = 5
    /// Below which coefficient of variation (standard deviation over mean, a fraction) a window is steady.
    ///
    /// Not negative; defaults to 0.05.
    public var variationThreshold = 0.05
    /// How many windows in a row must be steady.
    ///
    /// At least 1; defaults to 3.
    public var minimumSteadyWindows = 3
    /// What must be steady; defaults to throughput.
    public var metric = Metric.throughput
    /// Whether a window that is no longer steady ends the steady state.
    ///
    /// Defaults to false: once reached, it stays.
    public var unlatches = false

    /// Creates the default configuration.
    public init() {}

    /// Refuses what no series can satisfy, or what any series does.
    ///
    /// - Throws: ``CalculationError`` naming the first value that is out of range.
    public func validate() throws(CalculationError) {
        guard warmupSamples >= 0 else { throw refused("warmupSamples must be 0 or more, not \(warmupSamples).") }
        // One sample varies by nothing, so that a window of one would call anything steady.
        guard windowSize >= 2 else { throw refused("windowSize must be 2 or more, not \(windowSize).") }
        guard minimumSteadyWindows >= 1 else {
            throw refused("minimumSteadyWindows must be 1 or more, not \(minimumSteadyWindows).")
        }
        guard variationThreshold >= 0, variationThreshold.isFinite else {
            throw refused("variationThreshold must be a number of 0 or more, not \(variationThreshold).")
        }
    }

    private func refused(_ message: String) -> CalculationError {
        CalculationError(.configuration, message)
    }
}
