// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// How well a generation uses its hardware and its energy.
public struct EfficiencyMetrics: Sendable, Hashable {
    /// Model FLOPs utilisation: the share of the peak arithmetic.
    ///
    /// Absent without a peak. Defined by Chowdhery et al. 2022, section 4.1.
    public let modelFLOPsUtilization: Utilization?
    /// Model bandwidth utilisation: the share of the peak memory bandwidth that reading the model takes.
    ///
    /// Reads are those of the weights, and of the KV cache where its size is given (Databricks, "LLM inference
    /// performance engineering", 2023). Absent without a peak.
    public let modelBandwidthUtilization: Utilization?
    /// Operations per second that the tokens took.
    public let actualFLOPS: Double
    /// Operations per second that all devices could do; absent where unknown.
    public let peakFLOPS: Double?
    /// Bytes per second that the tokens took.
    public let actualBytesPerSecond: Double
    /// Bytes per second that all devices could read; absent where unknown.
    public let peakBytesPerSecond: Double?
    /// Accuracy (0 to 1) per joule: intelligence per joule.
    ///
    /// Absent where either is unknown, or no energy was used.
    public let intelligencePerJoule: Double?
    /// Operations for a token.
    public let flopsPerToken: Double
    /// Bytes read for a token, its part of what a step reads for the batch.
    public let bytesPerToken: Double

    /// Computes the metrics of a decode.
    ///
    /// - Parameters:
    ///   - model: the model's size.
    ///   - accelerator: the peaks of one device, as far as they are known.
    ///   - tokensPerSecond: output tokens per second over all sequences; 0 or more.
    ///   - devices: how many devices share the work; 1 or more.
    ///   - batchSize: the mean number of sequences in a step, which share its reads of the weights; 1 or more.
    ///   - cacheBytesPerToken: bytes of KV cache read for a token, where known.
    ///   - energy: the energy used, where measured.
    ///   - accuracy: the share of answers that were right, from 0 to 1, where measured.
    /// - Throws: ``CalculationError`` where a value is out of range.
    public init(
        model: ModelSize,
        accelerator: AcceleratorPeaks,
        tokensPerSecond: Double,
        devices: Int = 1,
        batchSize: Double = 1,
        cacheBytesPerToken: Double = 0,
        energy: Energy? = nil,
        accuracy: Double? = nil
    ) throws(CalculationError) {
        try CalculationError.requireNotNegative(tokensPerSecond, "tokensPerSecond")
        try CalculationError.requireNotNegative(cacheBytesPerToken, "cacheBytesPerToken")
        try CalculationError.requirePositive(Double(devices), "devices")
        guard batchSize >= 1, batchSize.isFinite else {
            throw CalculationError(.quantity, "batchSize must be 1 or more, not \(batchSize).")
        }
        let weights = model.parametersRead(batchSize: batchSize) * model.bytesPerParameter
        flopsPerToken = 2 * model.parametersPerToken
        bytesPerToken = weights / batchSize + cacheBytesPerToken
        actualFLOPS = flopsPerToken * tokensPerSecond
        actualBytesPerSecond = bytesPerToken * tokensPerSecond
        peakFLOPS = accelerator.flopsPerSecond.map { $0 * Double(devices) }
        peakBytesPerSecond = accelerator.bytesPerSecond.map { $0 * Double(devices) }
        modelFLOPsUtilization = peakFLOPS.map { [actualFLOPS] in Utilization(actualFLOPS, of: $0) }
        modelBandwidthUtilization = peakBytesPerSecond.map { [actualBytesPerSecond] in
            Utilization(actualBytesPerSecond, of: $0)
        }
        intelligencePerJoule = try Self.intelligence(accuracy: accuracy, energy: energy)
    }

    private static func intelligence(accuracy: Double?, energy: Energy?) throws(CalculationError) -> Double? {
        if let accuracy, !(0...1).contains(accuracy) {
            throw CalculationError(.quantity, "accuracy must lie between 0 and 1, not at \(accuracy).")
        }
        if let energy, energy < .zero {
            throw CalculationError(.quantity, "energy must not be negative.")
        }
        guard let accuracy, let energy, energy > .zero else { return nil }
        return accuracy / energy.joules
    }
}
