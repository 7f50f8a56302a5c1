// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// Finds all sensors of a machine.
public enum EnergyMonitorFactory {
    /// The order in which vendors are asked.
    private static let order: [EnergyVendor] = [.nvidia, .amd, .intel, .apple, .jetson, .cpuRAPL]

    /// Makes one monitor of all sensors that work.
    ///
    /// Nothing is left out for a preference: it says whose sensors stand first. What does not work is told by the
    /// monitor's statuses, with reason and remedy. A slow driver takes its time to start, so call this off the hot path.
    ///
    /// - Parameters:
    ///   - vendor: Whose sensors stand first, if they work.
    ///   - access: Where hardware is looked for. Defaults to the machine itself.
    /// - Returns: The monitor, which has no sensors if none works.
    public static func makeMonitor(
        preferring vendor: EnergyVendor? = nil,
        access: HardwareAccess = HardwareAccess()
    ) -> CompositeEnergyMonitor {
        let vendors = [vendor].compactMap(\.self) + order.filter { $0 != vendor }
        return CompositeEnergyMonitor(vendors.map { monitor(of: $0, access: access) }, orElse: vendor ?? .cpuRAPL)
    }

    /// Makes one monitor of all sensors that work, with the preference as a person writes it.
    ///
    /// - Throws: ``EnergyMonitorError`` if the name is no vendor's.
    public static func makeMonitor(
        preferringVendorNamed name: String,
        access: HardwareAccess = HardwareAccess()
    ) throws(EnergyMonitorError) -> CompositeEnergyMonitor {
        makeMonitor(preferring: try EnergyVendor(named: name), access: access)
    }

    private static func monitor(of vendor: EnergyVendor, access: HardwareAccess) -> any EnergyMonitor {
        switch vendor {
        case .nvidia: NVIDIAEnergyMonitor(access: access)
        case .amd: AMDEnergyMonitor(access: access)
        case .intel: IntelGPUEnergyMonitor(access: access)
        case .apple: AppleEnergyMonitor(access: access)
        case .jetson: JetsonEnergyMonitor(access: access)
        case .cpuRAPL: RAPLEnergyMonitor(access: access)
        }
    }
}

/// Why a monitor cannot be made as asked.
public struct EnergyMonitorError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was wrong, and what to do.
    public let description: String
}

extension EnergyVendor {
    /// Creates a vendor from its name in whatever case; `rapl` and `cpu` mean the processors' counters.
    ///
    /// - Throws: ``EnergyMonitorError`` with the names that there are.
    public init(named name: String) throws(EnergyMonitorError) {
        let wanted = name.lowercased()
        if let vendor = EnergyVendor(rawValue: wanted) {
            self = vendor
        } else if ["rapl", "cpu"].contains(wanted) {
            self = .cpuRAPL
        } else {
            let names = EnergyVendor.allCases.map(\.rawValue).joined(separator: ", ")
            throw EnergyMonitorError(description: "there is no energy vendor \"\(name)\": use one of \(names)")
        }
    }
}
