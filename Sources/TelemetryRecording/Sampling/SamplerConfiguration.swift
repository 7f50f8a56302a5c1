// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// How a sampler reads its monitor, and how much it keeps.
public struct SamplerConfiguration: Sendable, Hashable {
    /// When the fast pace holds.
    public enum Pace: Sendable, Hashable {
        /// Always.
        case always
        /// While something asks for it, and for two seconds after.
        case onDemand
    }

    /// When the fast pace holds.
    ///
    /// Defaults to `always`.
    public var pace = Pace.always
    /// The time between two readings at the fast pace; each monitor's own, if absent.
    public var interval: Duration?
    /// The longest time between two readings at the slow pace, whatever the monitor would allow.
    ///
    /// Defaults to 1 s: a call's first edge is known no better than the last reading before it.
    public var longestIdleInterval: Duration = .seconds(1)
    /// The time between two looks at utilisation, memory and temperature.
    ///
    /// Defaults to 250 ms; four times that at the slow pace.
    public var deviceInterval: Duration = .milliseconds(250)
    /// The time between two samples that are kept for charts.
    ///
    /// Defaults to 100 ms.
    public var sampleInterval: Duration = .milliseconds(100)
    /// The most samples that are kept.
    ///
    /// Defaults to 100,000.
    public var sampleCapacity = 100_000
    /// The times by which a hiccup is told from a gap, and how many publications are kept.
    public var meter = ChannelMeter.Configuration()

    /// Creates the default configuration.
    public init() {}
}
