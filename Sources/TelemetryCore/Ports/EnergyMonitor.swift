// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Reads the energy sensors of one vendor, or of several.
///
/// A monitor is created ready to read. Its functions block, for microseconds mostly and for longer where a driver is
/// slow, so they are called from a thread of their own: one for each of ``parts``, never two at once for one part.
/// Each reading stands alone: what one sensor cannot say takes nothing from the others.
public protocol EnergyMonitor: Sendable {
    /// Whose sensors these are; the first of them, if there are several.
    var vendor: EnergyVendor { get }
    /// The channels that can be read, found when the monitor was created. They do not change.
    var sensors: [EnergySensor] { get }
    /// Every sensor that was looked for, those that do not work included, with reason and remedy.
    var statuses: [SensorStatus] { get }
    /// How often to read.
    var pollInterval: EnergyPollInterval { get }
    /// The monitors that this one is made of, each of which may be slow without stalling the others; itself, if alone.
    var parts: [any EnergyMonitor] { get }

    /// Reads every channel once. A channel that cannot be read gives a failure, and never a zero.
    ///
    /// A device that has vanished fails with `SensorFailure.Code.lost` and may come back; its counter then counts from
    /// elsewhere, which is the caller's to notice.
    func readEnergy() -> [EnergyReading]

    /// Reads what the devices do besides: utilisation, memory, temperature, power limit, processes. Called more seldom.
    func readDevices() -> [DeviceReading]

    /// Lets go of drivers and files. May be called more than once; after it every reading fails.
    func close()
}

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension EnergyMonitor {
    public var parts: [any EnergyMonitor] { [self] }
}

/// How often a monitor wants to be read.
public struct EnergyPollInterval: Sendable, Hashable {
    /// Between two readings while calls run.
    public var active: Duration
    /// Between two readings while none runs; short enough that no counter wraps twice unseen.
    public var idle: Duration

    /// Creates a pair of intervals, each held between 0.5 ms and 60 s, idle no shorter than active.
    public init(active: Duration, idle: Duration) {
        let bounds = Duration.microseconds(500)...Duration.seconds(60)
        self.active = min(max(active, bounds.lowerBound), bounds.upperBound)
        self.idle = min(max(idle, self.active), bounds.upperBound)
    }
}
