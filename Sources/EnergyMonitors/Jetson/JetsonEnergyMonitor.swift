// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
public import TelemetryCore

/// Reads the boards of NVIDIA's that measure their own power: Jetson's rails, and the meters of a Grace processor.
///
/// They have no counter, so power is polled. Rails lie inside one another: where a board measures its whole input, that
/// alone is counted; where it does not, the graphics and processor rails are, which are apart.
public final class JetsonEnergyMonitor: EnergyMonitor {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let vendor = EnergyVendor.jetson
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let sensors: [EnergySensor]
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let statuses: [SensorStatus]
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let pollInterval = EnergyPollInterval(active: .milliseconds(50), idle: .seconds(1))

    private let rails: [PowerRail]
    private let isClosed = Mutex(false)

    /// Looks for rails.
    ///
    /// Never fails: what does not work is told by ``statuses``.
    public init(access: HardwareAccess = HardwareAccess()) {
        let found = PowerRail.jetson(root: access.rootDirectory) + PowerRail.grace(root: access.rootDirectory)
        let hasInput = found.contains { $0.domain == .module }
        var working: [PowerRail] = []
        var sensors: [EnergySensor] = []
        var statuses: [SensorStatus] = []
        for rail in found {
            let sensor = rail.sensor(isCounted: !hasInput || rail.domain == .module)
            if case .failed(let failure) = rail.read() {
                statuses.append(Self.status(of: sensor, failure: failure))
            } else {
                working.append(rail)
                sensors.append(sensor)
                statuses.append(Self.status(of: sensor))
            }
        }
        rails = working
        self.sensors = sensors
        self.statuses = found.isEmpty ? [Self.nothing()] : statuses
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func readEnergy() -> [EnergyReading] {
        let isClosed = isClosed.withLock { $0 }
        return zip(rails, sensors).map { rail, sensor in
            isClosed
                ? EnergyReading(closed: sensor.channel) : EnergyReading(channel: sensor.channel, value: rail.read())
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func readDevices() -> [DeviceReading] {
        zip(readEnergy(), sensors).compactMap { reading, sensor in
            var device = DeviceReading(device: sensor.channel.device)
            if case .power(let power) = reading.value { device.power = power }
            return device
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func close() {
        isClosed.withLock { $0 = true }
    }

    private static func status(of sensor: EnergySensor, failure: SensorFailure? = nil) -> SensorStatus {
        var status = SensorStatus(vendor: .jetson, name: sensor.name, works: failure == nil)
        status.deviceName = sensor.deviceName
        status.device = sensor.channel.device.identifier
        status.domain = sensor.channel.domain
        status.method = failure == nil ? sensor.method : nil
        status.reason =
            failure?.reason
            ?? (sensor.isCounted
                ? "there is no energy counter, so power is polled and integrated: less exact, bounds wider"
                : "shown and not in the total, as another rail may contain it")
        status.remedy = failure?.code == .permissionDenied ? "let this user read \(sensor.name)'s folder in /sys" : nil
        return status
    }

    private static func nothing() -> SensorStatus {
        var status = SensorStatus(vendor: .jetson, name: "ina3221", works: false)
        status.reason = "this is no Jetson and has no power meter of a Grace processor"
        return status
    }
}
