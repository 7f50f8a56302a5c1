// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Whose sensor gives a reading.
public enum EnergyVendor: String, Sendable, Hashable, CaseIterable {
    /// NVIDIA's driver.
    case nvidia
    /// AMD's GPU driver.
    case amd
    /// Apple's own chips.
    case apple
    /// The energy counters of x86 processors, whoever made them.
    case cpuRAPL = "cpu_rapl"
    /// Intel's GPU drivers.
    case intel
    /// NVIDIA's boards without a discrete card: Jetson and Grace.
    case jetson
}

/// How energy is known, surest first.
public enum EnergyMethod: String, Sendable, Hashable, CaseIterable {
    /// A counter in the hardware or its driver counts energy.
    case hardwareCounter = "hw_counter"
    /// The energy counters of x86 processors (RAPL) count it.
    case rapl
    /// Power was read now and then and integrated: less exact.
    case powerIntegral = "polling"
    /// It was worked out from how busy the machine was: no measurement, and only where a person asked for it.
    case estimated

    /// What a sum over several sensors is called: by its least sure part; between counters by the first, which is that
    /// of the graphics card where there is one.
    public static func ofSum(_ methods: [EnergyMethod]) -> EnergyMethod? {
        for weak in [EnergyMethod.estimated, .powerIntegral] where methods.contains(weak) { return weak }
        return methods.first
    }
}

/// The part of a machine that a person asks about.
public enum EnergyComponent: String, Sendable, Hashable, CaseIterable {
    /// Processor packages.
    case cpu
    /// Graphics cards.
    case gpu
    /// Memory beside the packages.
    case dram
    /// Neural engines.
    case ane
}

/// What a sensor's energy is the energy of.
///
/// Domains nest: psys contains package, package contains core and uncore, card contains card package; memory stands
/// beside package. So that nothing is counted twice, a total sums those alone for which ``isAdditive`` holds.
public enum EnergyDomain: String, Sendable, Hashable, CaseIterable {
    /// A processor package.
    case package
    /// The cores inside a package.
    case core
    /// What else is inside a package: integrated graphics, mostly.
    case uncore
    /// Memory beside the packages.
    case dram
    /// A whole platform, as its maker sees it.
    case psys
    /// A graphics card, or the graphics part of a system on a chip.
    case card
    /// The package on a graphics card.
    case cardPackage = "pkg"
    /// A neural engine.
    case ane
    /// A whole module that carries processor, graphics and memory under one sensor.
    case module
    /// A supply rail inside a module.
    case rail

    /// Whether a machine's total counts this domain.
    public var isAdditive: Bool {
        switch self {
        case .package, .dram, .card, .ane, .module: true
        case .core, .uncore, .psys, .cardPackage, .rail: false
        }
    }

    /// The part of a machine that this domain's energy is reported under; nothing where it is only part of a total.
    public var component: EnergyComponent? {
        switch self {
        case .package: .cpu
        case .dram: .dram
        case .card: .gpu
        case .ane: .ane
        case .core, .uncore, .psys, .cardPackage, .module, .rail: nil
        }
    }
}

/// A device that has a sensor.
public struct EnergyDeviceID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Whose sensor it is.
    public let vendor: EnergyVendor
    /// A name that is this device's alone on this machine and outlives a restart: a UUID, else a bus address or a path.
    public let identifier: String

    /// Creates the identity of a device.
    public init(vendor: EnergyVendor, identifier: String) {
        self.vendor = vendor
        self.identifier = identifier
    }

    /// The identifier.
    public var description: String { identifier }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func < (left: EnergyDeviceID, right: EnergyDeviceID) -> Bool {
        (left.vendor.rawValue, left.identifier) < (right.vendor.rawValue, right.identifier)
    }
}

/// One line of energy that a machine measures: a domain of a device.
public struct EnergyChannel: Sendable, Hashable, Comparable {
    /// The device.
    public let device: EnergyDeviceID
    /// The domain.
    public let domain: EnergyDomain

    /// Creates a channel.
    public init(device: EnergyDeviceID, domain: EnergyDomain) {
        self.device = device
        self.domain = domain
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func < (left: EnergyChannel, right: EnergyChannel) -> Bool {
        left.device == right.device ? left.domain.rawValue < right.domain.rawValue : left.device < right.device
    }
}
