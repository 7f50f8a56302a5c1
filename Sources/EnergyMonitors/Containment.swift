// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Which sensors a machine's total leaves out because a sensor of another vendor contains them, or is contained.
///
/// Within one vendor's sensors the domains say it; across vendors these pairs are known:
/// - the driver of a Grace Hopper module measures processor, memory and graphics together, and so do Grace's own meters;
/// - a Jetson's input feeds its graphics too;
/// - the power of an AMD processor with graphics is that of its socket, which the processor's own counter measures.
struct Containment: Sendable {
    private let counted: [EnergyChannel: Bool]

    private static let grace = "NVIDIA Grace"

    init(of sensors: [EnergySensor]) {
        func has(
            _ vendor: EnergyVendor,
            _ domain: EnergyDomain,
            where fits: (EnergySensor) -> Bool = { _ in true }
        ) -> Bool {
            sensors.contains { sensor in
                sensor.channel.device.vendor == vendor && sensor.channel.domain == domain && fits(sensor)
            }
        }
        let hasModuleDriver = has(.nvidia, .module)
        let hasCardDriver = has(.nvidia, .card)
        let hasJetsonInput = has(.jetson, .module) { $0.deviceName != Self.grace }
        let hasProcessorCounter = has(.cpuRAPL, .package)
        var counted: [EnergyChannel: Bool] = [:]
        for sensor in sensors {
            let isGrace = sensor.deviceName == Self.grace
            switch (sensor.channel.device.vendor, sensor.channel.domain) {
            case (.jetson, _) where hasModuleDriver:
                counted[sensor.channel] = false
            case (.jetson, .module) where isGrace && hasCardDriver:
                counted[sensor.channel] = false
            case (.jetson, .package) where isGrace && hasCardDriver:
                counted[sensor.channel] = true
            case (.nvidia, .card) where hasJetsonInput:
                counted[sensor.channel] = false
            case (.amd, .module) where hasProcessorCounter:
                counted[sensor.channel] = false
            default: break
            }
        }
        self.counted = counted
    }

    func adjusted(_ sensor: EnergySensor) -> EnergySensor {
        var sensor = sensor
        if let isCounted = counted[sensor.channel] { sensor.isCounted = isCounted }
        return sensor
    }

    /// The status of one of these sensors, with what changed for it.
    func adjusted(_ status: SensorStatus, of sensors: [EnergySensor]) -> SensorStatus {
        let sensor = sensors.first { sensor in
            sensor.name == status.name && sensor.deviceName == status.deviceName
                && sensor.channel.domain == status.domain
        }
        guard let sensor, let isCounted = counted[sensor.channel], isCounted != sensor.isCounted else { return status }
        var status = status
        let note =
            isCounted
            ? "in the total, as the module's meter would count the graphics card twice"
            : "shown and not in the total, as another sensor of this machine contains it"
        status.reason = status.reason.map { "\($0); \(note)" } ?? note
        return status
    }
}
