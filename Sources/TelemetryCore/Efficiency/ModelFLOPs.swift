// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The floating-point operations that a call asks of a model, prefill and decode apart.
///
/// A token passes each active parameter once, with a multiplication and an addition: 2 operations (Kaplan et al.
/// 2020, section 2.1). Where the attention's shape is known, a token that looks back on a context of c tokens costs
/// 4 x layers x width x c more, for the scores and for the weighted sum (Chowdhery et al. 2022, appendix B, forward
/// pass).
public struct ModelFLOPs: Sendable, Hashable {
    /// Operations on the prompt.
    public let prefill: Double
    /// Operations on the output.
    public let decode: Double
    /// Prompt and output tokens.
    public let tokens: Int

    /// All operations.
    public var total: Double {
        prefill + decode
    }

    /// Operations per token of prompt and output; absent for no token.
    public var perToken: Double? {
        tokens > 0 ? total / Double(tokens) : nil
    }

    /// Counts the operations of a call whose engine keeps a KV cache: each token is passed once.
    ///
    /// - Parameters:
    ///   - model: the model's size.
    ///   - inputTokens: all tokens of the prompt; 0 or more.
    ///   - outputTokens: all tokens of the output; 0 or more.
    ///   - cachedTokens: the part of the prompt that a prefix cache held, which is not worked on again.
    /// - Returns: The operations, prefill and decode apart.
    /// - Throws: ``CalculationError`` where a count is negative, or more is cached than was sent.
    public static func estimate(
        _ model: ModelSize,
        inputTokens: Int,
        outputTokens: Int,
        cachedTokens: Int = 0
    ) throws(CalculationError) -> ModelFLOPs {
        let counts = try Counts(input: inputTokens, output: outputTokens, cached: cachedTokens)
        let prompt = Pass(first: counts.cached + 1, last: counts.input)
        let output = Pass(first: counts.input + 1, last: counts.input + counts.output)
        return ModelFLOPs(
            prefill: prompt.flops(of: model),
            decode: output.flops(of: model),
            tokens: inputTokens + outputTokens
        )
    }

    /// Counts the operations of a call whose engine keeps no cache: the prompt is one pass, and each later step a
    /// pass of all that is there.
    ///
    /// - Parameters:
    ///   - model: the model's size.
    ///   - inputTokens: all tokens of the prompt; 0 or more. An output to an empty prompt starts from one token.
    ///   - outputTokens: all tokens of the output; 0 or more.
    /// - Returns: The operations, prefill and decode apart.
    /// - Throws: ``CalculationError`` where a count is negative.
    public static func withoutKVCache(
        _ model: ModelSize,
        inputTokens: Int,
        outputTokens: Int
    ) throws(CalculationError) -> ModelFLOPs {
        let counts = try Counts(input: inputTokens, output: outputTokens, cached: 0)
        let start = counts.output > 0 ? max(counts.input, 1) : counts.input
        // The pass over the prompt gives the first token; the later ones see the prompt and what came since.
        let steps = Steps(from: start + 1, count: max(counts.output - 1, 0))
        return ModelFLOPs(
            prefill: Pass(first: 1, last: start).flops(of: model),
            decode: steps.flops(of: model),
            tokens: inputTokens + outputTokens
        )
    }

    /// The share of the peak arithmetic that a call reached: its MFU.
    ///
    /// Defined by Chowdhery et al. 2022, section 4.1.
    ///
    /// - Parameters:
    ///   - flops: the operations of the model; 0 or more.
    ///   - duration: how long they took.
    ///   - peak: the dense peak of one device in operations per second, where known.
    ///   - devices: how many devices shared the work; 1 or more.
    /// - Returns: The utilisation, or nothing where the peak is unknown or no time passed.
    /// - Throws: ``CalculationError`` where the operations or the devices are out of range.
    public static func modelFLOPsUtilization(
        flops: Double,
        duration: Duration,
        peak: Double?,
        devices: Int = 1
    ) throws(CalculationError) -> Utilization? {
        try CalculationError.requireNotNegative(flops, "flops")
        try CalculationError.requirePositive(Double(devices), "devices")
        guard duration >= .zero else {
            throw CalculationError(.quantity, "duration must not be negative.")
        }
        guard let peak, peak > 0, duration > .zero else { return nil }
        return Utilization(flops / duration.seconds, of: peak * Double(devices))
    }
}

/// Token counts that have been checked.
private struct Counts {
    let input: Double
    let output: Double
    let cached: Double

    init(input: Int, output: Int, cached: Int) throws(CalculationError) {
        guard input >= 0, output >= 0, cached >= 0 else {
            throw CalculationError(.quantity, "Token counts must be 0 or more.")
        }
        guard !input.addingReportingOverflow(output).overflow else {
            throw CalculationError(.quantity, "Token counts must not come to more than \(Int.max) together.")
        }
        guard cached <= input else {
            throw CalculationError(.quantity, "cachedTokens must not exceed inputTokens (\(input)).")
        }
        self.input = Double(input)
        self.output = Double(output)
        self.cached = Double(cached)
    }
}

/// One pass over the tokens from one position to another, counted from 1, each of which sees all before it.
private struct Pass {
    let first: Double
    let last: Double

    func flops(of model: ModelSize) -> Double {
        let tokens = max(last - first + 1, 0)
        let contexts = tokens * (first + last) / 2
        return 2 * model.parametersPerToken * tokens + model.attentionFLOPs(overContexts: contexts)
    }
}

/// Passes over all that is there, whose length grows by one each.
private struct Steps {
    let from: Double
    let count: Double

    func flops(of model: ModelSize) -> Double {
        let last = from + count - 1
        let tokens = count * (from + last) / 2
        // A pass over n tokens has contexts of n(n + 1)/2; their sum over a run of n is a tetrahedral difference.
        let contexts = tetrahedral(last) - tetrahedral(from - 1)
        return 2 * model.parametersPerToken * tokens + model.attentionFLOPs(overContexts: count > 0 ? contexts : 0)
    }

    private func tetrahedral(_ length: Double) -> Double {
        length * (length + 1) * (length + 2) / 6
    }
}

extension ModelSize {
    /// The operations of attention for tokens whose contexts sum to so many tokens; 0 where its shape is unknown.
    fileprivate func attentionFLOPs(overContexts contexts: Double) -> Double {
        guard let attention else { return 0 }
        return 4 * Double(attention.layers) * Double(attention.width) * contexts
    }
}
