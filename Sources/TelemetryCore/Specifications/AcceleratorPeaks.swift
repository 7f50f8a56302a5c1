// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What one accelerator can do at most, by its vendor's dense figures.
///
/// What is not known is absent.
public struct AcceleratorPeaks: Sendable, Hashable {
    /// Dense floating-point operations per second at the precision in use.
    public let flopsPerSecond: Double?
    /// Bytes per second between the accelerator and its memory.
    public let bytesPerSecond: Double?

    /// Creates peaks.
    ///
    /// - Throws: ``CalculationError`` where a peak is given that is not above 0: an unknown one is left out.
    public init(flopsPerSecond: Double? = nil, bytesPerSecond: Double? = nil) throws(CalculationError) {
        if let flopsPerSecond {
            try CalculationError.requirePositive(flopsPerSecond, "flopsPerSecond")
        }
        if let bytesPerSecond {
            try CalculationError.requirePositive(bytesPerSecond, "bytesPerSecond")
        }
        self.flopsPerSecond = flopsPerSecond
        self.bytesPerSecond = bytesPerSecond
    }
}
