// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// What one accelerator can do at most, and how well that is known.
///
/// What is not known is absent. All peaks are dense: vendors' headline figures with structured sparsity are twice as high and no inference without
/// it can reach them.
public struct AcceleratorSpecification: Sendable, Hashable {
    /// How well the figures are known.
    public enum Confidence: String, Sendable, Hashable, CaseIterable {
        /// The vendor publishes them.
        case vendor
        /// Others report them.
        case secondary
        /// They follow from other figures of the vendor.
        case derived
        /// The vendor publishes none; others have measured or computed them.
        case thirdParty = "third-party"
    }

    /// A number format that a peak is given for.
    public enum Precision: String, Sendable, Hashable, CaseIterable {
        /// 16 bits with the exponent of 32.
        case bf16
        /// 16 bits, IEEE 754.
        case fp16
        /// 8 bits.
        case fp8
    }

    /// The vendor.
    public let vendor: String
    /// The product, or the family where a short name was asked for.
    public let name: String
    /// Dense peaks in operations per second by precision; those not known are missing.
    public let peakFLOPS: [Precision: Double]
    /// Bytes per second between the accelerator and its memory.
    public let memoryBytesPerSecond: Double?
    /// The memory in gigabytes, as it is sold.
    public let memoryGigabytes: Double?
    /// The power that the part is designed for.
    public let thermalDesignPower: Power?
    /// How well the figures are known.
    public let confidence: Confidence
    /// What the confidence rests on, in words.
    public let basis: String
    /// What else must be known to read the figures.
    public let notes: String
    /// Where the figures come from.
    public let source: String
    /// How far the source was checked.
    public let verification: String

    /// The dense peak for 16-bit arithmetic in operations per second: bf16, or fp16 where there is no bf16.
    public var halfPrecisionFLOPS: Double? {
        peakFLOPS[.bf16] ?? peakFLOPS[.fp16]
    }

    /// The peaks that efficiency is measured against.
    ///
    /// - Parameter precision: the arithmetic in use; 16 bits unless told.
    /// - Returns: The dense peaks, as far as they are known.
    public func peaks(for precision: Precision? = nil) -> AcceleratorPeaks? {
        let flops = precision.map { peakFLOPS[$0] } ?? halfPrecisionFLOPS
        return try? AcceleratorPeaks(flopsPerSecond: flops, bytesPerSecond: memoryBytesPerSecond)
    }
}
