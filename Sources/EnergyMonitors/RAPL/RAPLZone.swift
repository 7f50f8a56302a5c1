// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// One zone of the kernel's powercap tree: a folder with a counter of microjoules.
struct RAPLZone: Sendable {
    let directory: SysfsDirectory
    /// The path below the tree's top by zone names, such as `intel-rapl:0/intel-rapl:0:2`.
    let path: String
    /// The zone's own word for what it measures: `package-0`, `core`, `dram`, `psys`.
    let label: String
    let domain: EnergyDomain
    /// The counter's highest value, in microjoules.
    let maximum: UInt64

    /// The device: the socket, whose cores and memory are its own zones below.
    let device: EnergyDeviceID

    var sensor: EnergySensor {
        EnergySensor(
            channel: EnergyChannel(device: device, domain: domain),
            name: "\(path) \(label)",
            deviceName: RAPLEnergyMonitor.deviceName,
            method: .rapl,
            // The counter stands at its maximum once before it stands at zero again.
            format: .microjoules.wrapping(after: maximum == .max ? .max : maximum + 1),
            publicationPeriod: .milliseconds(1)
        )
    }

    /// Reads what a zone is; nothing where a folder is no zone, or measures what we do not know.
    init?(_ directory: SysfsDirectory, path: String) {
        guard let label = directory.optionalText("name"), let domain = Self.domain(of: label) else { return nil }
        self.directory = directory
        self.path = path
        self.label = label
        self.domain = domain
        device = EnergyDeviceID(vendor: .cpuRAPL, identifier: String(path.prefix { $0 != "/" }))
        maximum = (try? directory.unsigned("max_energy_range_uj")) ?? .max
    }

    /// The domain behind a zone's word, of whatever socket and die.
    static func domain(of label: String) -> EnergyDomain? {
        switch label {
        case "core": .core
        case "uncore": .uncore
        case "dram": .dram
        default:
            if label.hasPrefix("package-") {
                .package
            } else if label == "psys" || label.hasPrefix("psys-") {
                .psys
            } else {
                nil
            }
        }
    }

    /// Reads the counter.
    func read() -> EnergyReading {
        let channel = EnergyChannel(device: device, domain: domain)
        do throws(SysfsError) {
            return EnergyReading(channel: channel, value: .count(try directory.unsigned("energy_uj")))
        } catch {
            return EnergyReading(channel: channel, value: .failed(error.failure(of: path)))
        }
    }
}

extension SysfsError {
    /// The failure as readers of sensors see it.
    func failure(of device: String) -> SensorFailure {
        let kind: SensorFailure.Code =
            switch code {
            case .missing: .lost
            case .denied: .permissionDenied
            case .malformed: .unusable
            case .failed: .failed
            }
        return SensorFailure(kind, "\(device): \(self)")
    }
}
