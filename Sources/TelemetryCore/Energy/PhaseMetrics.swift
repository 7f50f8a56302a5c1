// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Energy and power of one phase of a call: of its prompt, or of its answer.
public struct PhaseMetrics: Sendable, Hashable {
    /// All energy that a total counts; absent where nothing was measured.
    public var energy: Energy?
    /// The energy of GPUs.
    public var gpuEnergy: Energy?
    /// The energy of processor packages.
    public var cpuEnergy: Energy?
    /// The mean power of GPUs; absent for a phase of no length.
    public var gpuMeanPower: Power?
    /// The mean power of processor packages; absent for a phase of no length.
    public var cpuMeanPower: Power?
    /// The phase's length.
    public var duration: Duration
    /// The tokens of the phase.
    public var tokens: Int
    /// How far the energy can be from the truth, either way.
    public var bound: Energy?
    /// Whether the whole phase was measured; if not, the energy is that of the part that was.
    public var isComplete: Bool

    /// Measures a phase.
    public init(of history: some EnergyHistory, in span: Range<MonotonicInstant>, tokens: Int) {
        let windows = history.windows(from: span.lowerBound, to: span.upperBound)
        let (gpu, cpu) = (windows.energy(of: .gpu), windows.energy(of: .cpu))
        let total = windows.total
        energy = total?.energy
        bound = total?.bound
        isComplete = total?.isComplete ?? true
        gpuEnergy = gpu?.energy
        cpuEnergy = cpu?.energy
        gpuMeanPower = gpu?.meanPower
        cpuMeanPower = cpu?.meanPower
        duration = span.upperBound - span.lowerBound
        self.tokens = tokens
    }

    /// The energy of every measured component, divided by the tokens; absent without tokens.
    public var joulesPerToken: Double? {
        guard let energy, tokens > 0 else { return nil }
        return energy.joules / Double(tokens)
    }
}

/// Measures a call's two phases, which meet at its first token: together they are the call's energy, exactly.
///
/// - Throws: ``CalculationError`` where the instants do not follow each other.
/// - Returns: The phase of the prompt and that of the answer.
public func splitAtFirstToken(
    of history: some EnergyHistory,
    from start: MonotonicInstant,
    firstToken: MonotonicInstant,
    to end: MonotonicInstant,
    inputTokens: Int,
    outputTokens: Int
) throws(CalculationError) -> (prefill: PhaseMetrics, decode: PhaseMetrics) {
    guard start <= firstToken, firstToken <= end else {
        throw CalculationError(.times, "start, first token and end must follow each other")
    }
    return (
        PhaseMetrics(of: history, in: start..<firstToken, tokens: inputTokens),
        PhaseMetrics(of: history, in: firstToken..<end, tokens: outputTokens)
    )
}
