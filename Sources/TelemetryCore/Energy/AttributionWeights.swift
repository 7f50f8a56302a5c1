// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// How much of a shared device's energy falls on a call in each phase, against the others.
///
/// With continuous batching, each running sequence gets one token a step, so that every call in decode weighs the
/// same: 1. A prompt is worked on in chunks of at most a few hundred tokens a step; such a step is bound by arithmetic
/// while decode is bound by reading the model's weights, so that a prompt token costs about a sixteenth of a decoded
/// one. A call in prefill therefore weighs `min(tokens, 512) / 16`, from 1 to 32. The prompt's size is not known before
/// the engine has counted it; four bytes of the request count as a token. What the engine reports later changes
/// nothing, because a weight must be known when the phase begins.
public struct AttributionWeights: Sendable, Hashable {
    /// Bytes of a request that count as one token.
    ///
    /// Defaults to 4.
    public var bytesPerToken = 4.0
    /// Prompt tokens that weigh as much as one token of decode.
    ///
    /// Defaults to 16.
    public var promptTokensPerUnit = 16.0
    /// The most prompt tokens that an engine works on in a step.
    ///
    /// Defaults to 512.
    public var largestChunk = 512.0
    /// The weight of a call in decode.
    ///
    /// Defaults to 1.
    public var decode = 1.0

    /// Creates the default weights.
    public init() {}

    /// The weight of a call whose prompt has so many bytes, before its first token.
    public func prefill(promptBytes: Int) -> LedgerWeight {
        let tokens = max(Double(promptBytes), 0) / max(bytesPerToken, 1e-3)
        return LedgerWeight(max(min(tokens, largestChunk) / max(promptTokensPerUnit, 1e-3), decode))
    }

    /// The weight of a call after its first token, and of a call that is not streamed throughout.
    public var decodeWeight: LedgerWeight { LedgerWeight(decode) }
}

/// A weight as the ledger counts it: a whole number of 1,024ths, from 1 to 4,096 times 1,024.
public struct LedgerWeight: Sendable, Hashable {
    /// The number of 1,024ths.
    public let units: UInt32

    /// Creates a weight; what is out of range counts as the nearest that is in range, and what is no number as 1.
    public init(_ value: Double) {
        guard !value.isNaN else {
            units = 1_024
            return
        }
        units = UInt32(min(max((value * 1_024).rounded(), 1), 4_096 * 1_024))
    }

    /// The weight of a call in decode.
    public static let one = LedgerWeight(1)
}
