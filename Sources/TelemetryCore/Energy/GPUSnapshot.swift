// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// One reading of one GPU.
///
/// What could not be read is absent, each value by itself.
public struct GPUSnapshot: Sendable, Hashable {
    /// Power.
    public var power: Power?
    /// How busy the GPU is, in percent.
    public var utilizationPercent: Double?
    /// Memory in use, in gigabytes (10^9 bytes).
    public var memoryUsedGigabytes: Double?
    /// Temperature in degrees Celsius.
    public var temperatureCelsius: Double?
    /// The GPU's place in the driver's list.
    public var deviceIndex: Int

    /// Creates a reading of which nothing is known.
    public init(deviceIndex: Int = 0) {
        self.deviceIndex = deviceIndex
    }
}
