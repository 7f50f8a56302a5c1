// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// What a batch of calls used together.
///
/// Counts and sums are over all calls. Where some were warm-up, what a token and a request cost is over the others, by
/// the calls' own energies: the batch's measured energy holds the warm-up too.
public struct BatchMetrics: Sendable, Hashable {
    /// The batch's name.
    public var batchID: String
    /// The number of calls.
    public var requestCount: Int
    /// Those among them that were warm-up.
    public var warmupCount: Int
    /// Output tokens of all calls.
    public var tokenCount: Int
    /// What the monitor measured over the batch; without one the sum of the calls' own energies, where any is known.
    public var energy: Energy?
    /// Energy divided by tokens; of the calls whose energy is known, where the batch's own is not measured.
    public var joulesPerToken: Double?
    /// Energy divided by calls; of those whose energy is known, where the batch's own is not measured.
    public var joulesPerRequest: Double?
    /// The monitor's mean power, else energy divided by time.
    public var meanPower: Power?
    /// Tokens divided by time; absent where no time passed.
    public var tokensPerSecond: Double?
    /// The calls' energies before their first tokens, where any is known.
    public var prefillEnergy: Energy?
    /// The calls' energies after their first tokens, where any is known.
    public var decodeEnergy: Energy?
    /// Each call's own energy, in the order in which they were recorded; absent where it is not known.
    public var energyPerRequest: [Energy?]
    /// What the monitor measured besides.
    public var sample: EnergySample?
    /// Whether the series settled, and from which call on; nothing for a batch without warm-up.
    public var steadyState: SteadyStateResult?

    /// Adds up a batch.
    public init(batchID: String, requests: [BatchRequest], sample: EnergySample?, elapsed: Duration) {
        self.batchID = batchID
        self.sample = sample
        requestCount = requests.count
        warmupCount = requests.count { $0.isWarmup }
        tokenCount = requests.reduce(0) { $0 + $1.tokens }
        energyPerRequest = requests.map(\.energy)
        prefillEnergy = Self.sum(requests.map(\.prefillEnergy))
        decodeEnergy = Self.sum(requests.map(\.decodeEnergy))
        energy = sample?.energy ?? Self.sum(energyPerRequest)
        meanPower = sample?.meanPower ?? energy.flatMap { $0 / elapsed }
        tokensPerSecond = elapsed > .zero ? Double(tokenCount) / elapsed.seconds : nil
        // Totals divide totals: only the calls that are in both sums.
        let isWhole = sample?.energy != nil && warmupCount == 0
        let measured = isWhole ? requests : requests.filter { $0.energy != nil && !$0.isWarmup }
        let used = isWhole ? energy : Self.sum(measured.map(\.energy))
        joulesPerToken = Self.ratio(used, measured.reduce(0) { $0 + $1.tokens })
        joulesPerRequest = Self.ratio(used, measured.count)
    }

    private static func sum(_ energies: [Energy?]) -> Energy? {
        let known = energies.compactMap(\.self)
        return known.isEmpty ? nil : known.reduce(.zero, +)
    }

    private static func ratio(_ energy: Energy?, _ count: Int) -> Double? {
        guard let energy, count > 0 else { return nil }
        return energy.joules / Double(count)
    }
}

/// One call of a batch.
public struct BatchRequest: Sendable, Hashable {
    /// Output tokens.
    public var tokens: Int
    /// Its energy, where it is known.
    public var energy: Energy?
    /// Its energy before its first token, where it is known.
    public var prefillEnergy: Energy?
    /// Its energy after its first token, where it is known.
    public var decodeEnergy: Energy?
    /// Whether the call is warm-up, which ratios leave out.
    public var isWarmup = false

    /// Creates a call of which only the tokens are known.
    public init(tokens: Int, energy: Energy? = nil, prefillEnergy: Energy? = nil, decodeEnergy: Energy? = nil) {
        self.tokens = max(tokens, 0)
        self.energy = energy
        self.prefillEnergy = prefillEnergy
        self.decodeEnergy = decodeEnergy
    }
}
