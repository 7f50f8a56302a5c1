// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Tells when a series of requests has settled, by the coefficient of variation over a sliding window.
///
/// The first samples are warm-up. After them, each full window whose coefficient of variation lies below the
/// threshold is steady; after enough of those in a row, so is the series, from that sample on. The work for a sample
/// depends on the window alone, not on how many came before.
public struct SteadyStateDetector: Sendable {
    /// When the series counts as steady.
    public let configuration: SteadyStateConfiguration
    /// What has been seen so far.
    public private(set) var result = SteadyStateResult()
    private var window = SlidingWindow()
    private var steadyWindows = 0

    /// Creates a detector.
    ///
    /// - Throws: ``CalculationError`` where the configuration is nonsense.
    public init(configuration: SteadyStateConfiguration = SteadyStateConfiguration()) throws(CalculationError) {
        try configuration.validate()
        self.configuration = configuration
    }

    /// Takes the next sample.
    ///
    /// A sample whose configured metric was not measured says nothing about steadiness and starts the window anew.
    ///
    /// - Parameters:
    ///   - throughput: output tokens per second.
    ///   - energy: the request's energy, if measured.
    /// - Returns: Whether the series is steady.
    /// - Throws: ``CalculationError`` where the throughput is no finite number; the sample is then not counted.
    @discardableResult
    public mutating func record(throughput: Double, energy: Energy? = nil) throws(CalculationError) -> Bool {
        guard throughput.isFinite else {
            throw CalculationError(.sample, "A throughput must be a finite number, not \(throughput).")
        }
        result.totalSamples += 1
        if result.totalSamples <= configuration.warmupSamples {
            result.warmupThroughputs.append(throughput)
            result.warmupEnergies.append(energy)
            return false
        }
        observe(configuration.metric == .throughput ? throughput : energy?.joules)
        if result.steadyStateReached {
            result.steadyThroughputs.append(throughput)
            result.steadyEnergies.append(energy)
        }
        return result.steadyStateReached
    }

    /// Forgets every sample.
    public mutating func reset() {
        result = SteadyStateResult()
        window = SlidingWindow()
        steadyWindows = 0
    }

    private mutating func observe(_ value: Double?) {
        if let value {
            window.append(value, capacity: configuration.windowSize)
        } else {
            window = SlidingWindow()
        }
        let variation = window.count == configuration.windowSize ? window.coefficientOfVariation : nil
        if let variation, variation < configuration.variationThreshold {
            steadyWindows += 1
        } else {
            steadyWindows = 0
        }
        let isSteady = steadyWindows >= configuration.minimumSteadyWindows
        let stays = result.steadyStateReached && (!configuration.unlatches || steadyWindows > 0)
        result.steadyStateReached = isSteady || stays
    }
}

/// The last few values of a series, overwritten in place.
private struct SlidingWindow: Sendable {
    private var values: [Double] = []
    private var next = 0

    var count: Int { values.count }

    mutating func append(_ value: Double, capacity: Int) {
        if values.count < capacity {
            values.append(value)
        } else {
            values[next] = value
            next = (next + 1) % capacity
        }
    }

    /// Standard deviation over the mean's magnitude; nothing where the mean is zero and the ratio has no meaning.
    ///
    /// Computed anew each time: sums that slide lose what large values leave behind, and a constant series after an
    /// outlier would never look constant again.
    var coefficientOfVariation: Double? {
        let mean = values.reduce(0, +) / Double(values.count)
        guard mean != 0 else { return nil }
        // Scaled by the mean first, so that the squares of tiny or huge values neither vanish nor overflow.
        let squares = values.reduce(0) { $0 + (($1 - mean) / mean) * (($1 - mean) / mean) }
        return (squares / Double(values.count - 1)).squareRoot()
    }
}
