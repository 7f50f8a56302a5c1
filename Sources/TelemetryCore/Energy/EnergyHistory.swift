// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What can say how much energy was used between two instants.
public protocol EnergyHistory {
    /// The windows of all channels over a span; channels of which nothing was measured then are left out.
    func windows(from start: MonotonicInstant, to end: MonotonicInstant) -> [ChannelWindow]
}

/// One channel's energy over a span.
public struct ChannelWindow: Sendable, Hashable {
    /// The channel's sensor.
    public var sensor: EnergySensor
    /// Its energy.
    public var window: EnergyWindow

    /// Creates a channel's window.
    public init(sensor: EnergySensor, window: EnergyWindow) {
        self.sensor = sensor
        self.window = window
    }
}

extension Sequence<ChannelWindow> {
    /// The energy of one component of the machine; nothing if none of its channels was measured.
    public func energy(of component: EnergyComponent) -> EnergyWindow? {
        .sum(filter { $0.sensor.isCounted && $0.sensor.channel.domain.component == component }.map(\.window))
    }

    /// All that a total counts; nothing if nothing was measured.
    public var total: EnergyWindow? {
        .sum(filter(\.sensor.isCounted).map(\.window))
    }
}
