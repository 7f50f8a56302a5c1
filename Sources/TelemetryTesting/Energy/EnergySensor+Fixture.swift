// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

extension EnergySensor {
    /// A sensor of power that measures a domain of a device of that domain's name.
    public static func fakePower(_ domain: EnergyDomain, device: String? = nil) -> EnergySensor {
        EnergySensor(
            channel: .fake(domain, device: device),
            name: "fake",
            deviceName: "Fake \(domain.rawValue)",
            method: .powerIntegral
        )
    }

    /// A counter that measures a domain of a device of that domain's name.
    public static func fakeCounter(
        _ domain: EnergyDomain,
        device: String? = nil,
        format: CounterFormat = .millijoules,
        publicationPeriod: Duration? = nil
    ) -> EnergySensor {
        EnergySensor(
            channel: .fake(domain, device: device),
            name: "fake",
            deviceName: "Fake \(domain.rawValue)",
            method: .hardwareCounter,
            format: format,
            publicationPeriod: publicationPeriod
        )
    }
}

extension EnergyChannel {
    /// A domain of a device; NVIDIA's if it is a card, a processor's otherwise.
    public static func fake(_ domain: EnergyDomain, device: String? = nil) -> EnergyChannel {
        let vendor: EnergyVendor = domain == .card ? .nvidia : .cpuRAPL
        let identifier = device ?? domain.rawValue + "-0"
        return EnergyChannel(device: EnergyDeviceID(vendor: vendor, identifier: identifier), domain: domain)
    }
}
