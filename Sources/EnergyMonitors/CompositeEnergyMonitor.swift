// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// All sensors of a machine that work, of whatever vendors, as one monitor.
///
/// Each vendor stays a part of its own, so that a slow driver stalls no other. Where a sensor of one vendor contains
/// what another's measures, one of them is shown and not counted, so that a total counts each joule once.
public struct CompositeEnergyMonitor: EnergyMonitor {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let vendor: EnergyVendor
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let sensors: [EnergySensor]
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let statuses: [SensorStatus]
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let pollInterval: EnergyPollInterval
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let parts: [any EnergyMonitor]

    /// Joins monitors; those without a sensor give their statuses alone.
    ///
    /// - Parameters:
    ///   - monitors: The monitors, that of the preferred vendor first.
    ///   - vendor: Whose sensors these are called if none works.
    public init(_ monitors: [any EnergyMonitor], orElse vendor: EnergyVendor = .cpuRAPL) {
        let working = monitors.filter { !$0.sensors.isEmpty }
        let uncounted = Containment(of: working.flatMap(\.sensors))
        parts = working.map { AdjustedEnergyMonitor(base: $0, containment: uncounted) }
        sensors = parts.flatMap(\.sensors)
        statuses = monitors.flatMap { monitor in monitor.statuses.map { uncounted.adjusted($0, of: monitor.sensors) } }
        self.vendor = working.first?.vendor ?? vendor
        pollInterval = EnergyPollInterval(
            active: working.map(\.pollInterval.active).min() ?? .seconds(1),
            idle: working.map(\.pollInterval.idle).min() ?? .seconds(60)
        )
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func readEnergy() -> [EnergyReading] {
        parts.flatMap { $0.readEnergy() }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func readDevices() -> [DeviceReading] {
        parts.flatMap { $0.readDevices() }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func close() {
        for part in parts { part.close() }
    }
}

/// A monitor among others: its own readings, with what of them a total counts decided for all together.
private struct AdjustedEnergyMonitor: EnergyMonitor {
    let base: any EnergyMonitor
    let sensors: [EnergySensor]
    let statuses: [SensorStatus]

    init(base: any EnergyMonitor, containment: Containment) {
        self.base = base
        sensors = base.sensors.map { containment.adjusted($0) }
        statuses = base.statuses.map { containment.adjusted($0, of: base.sensors) }
    }

    var vendor: EnergyVendor { base.vendor }
    var pollInterval: EnergyPollInterval { base.pollInterval }

    func readEnergy() -> [EnergyReading] {
        base.readEnergy()
    }

    func readDevices() -> [DeviceReading] {
        base.readDevices()
    }

    func close() {
        base.close()
    }
}
