// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What the machine's sensors measured over a span of time.
///
/// What no sensor measured is absent.
public struct EnergySample: Sendable, Hashable {
    /// All energy that a total counts.
    public var energy: Energy?
    /// How far the energy can be from the truth, either way.
    public var bound: Energy?
    /// Energy divided by the time it covers.
    public var meanPower: Power?
    /// The highest power.
    public var peakPower: Power?
    /// The span's length.
    public var duration: Duration = .zero
    /// The number of readings inside the span.
    public var snapshotCount = 0
    /// Whether the whole span was measured; if not, the energy is that of the part that was.
    public var isComplete = true
    /// Mean and highest utilisation of the GPUs, in percent.
    public var meanUtilizationPercent: Double?
    /// The highest utilisation of the GPUs, in percent.
    public var peakUtilizationPercent: Double?
    /// Mean memory in use on the GPUs, in gigabytes (10^9 bytes).
    public var meanMemoryUsedGigabytes: Double?
    /// The most memory in use on the GPUs, in gigabytes (10^9 bytes).
    public var peakMemoryUsedGigabytes: Double?
    /// Mean temperature of the GPUs, in degrees Celsius.
    public var meanTemperatureCelsius: Double?
    /// The highest temperature of the GPUs, in degrees Celsius.
    public var peakTemperatureCelsius: Double?
    /// Whose sensors; the GPUs' if there are several.
    public var vendor: EnergyVendor?
    /// The devices' names, in order, each once.
    public var deviceNames: [String] = []
    /// The number of devices.
    public var deviceCount = 0
    /// How the energy is known, by its least sure part.
    public var method: EnergyMethod?
    /// The energy of processor packages.
    public var cpuEnergy: Energy?
    /// The energy of GPUs.
    public var gpuEnergy: Energy?
    /// The energy of memory beside the packages.
    public var dramEnergy: Energy?
    /// The energy of neural engines.
    public var aneEnergy: Energy?
    /// Why the energy is absent or incomplete.
    public var reason: String?

    /// Creates a sample of which nothing is known.
    public init() {}
}
