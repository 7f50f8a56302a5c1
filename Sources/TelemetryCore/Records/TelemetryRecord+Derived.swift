// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Values that follow from others; a source's own figure stands in where a part is missing.
extension TelemetryRecord {
    /// Input and output tokens together; the engine's own total where it counts otherwise than their sum.
    public var totalTokens: Int? {
        given.totalTokens ?? tokens.total
    }

    /// Output tokens divided by latency.
    public var tokensPerSecond: Double? {
        ratio(tokens.completion, timing.latency?.seconds) ?? given.tokensPerSecond
    }

    /// Energy divided by latency; a source's own figure stands, for it was measured by itself.
    public var meanPower: Power? {
        if let power = given.power { return power }
        guard let energy = energy.total, let latency = timing.latency else { return nil }
        return energy / latency
    }

    /// Output tokens divided by energy.
    public var tokensPerJoule: Double? {
        ratio(tokens.completion, energy.total?.joules) ?? given.tokensPerJoule
    }

    /// Energy divided by output tokens.
    public var joulesPerOutputToken: Double? {
        if let energy = energy.total, let output = tokens.completion, output > 0 {
            return energy.joules / Double(output)
        }
        return given.joulesPerOutputToken
    }

    /// Output tokens a second, divided by mean power: tokens per joule of a call whose time is known.
    ///
    /// Where power was measured by itself, it is divided by that.
    public var tokensPerSecondPerWatt: Double? {
        if given.power != nil, let own = given.tokensPerSecondPerWatt { return own }
        guard let latency = timing.latency, latency > .zero else { return given.tokensPerSecondPerWatt }
        return ratio(tokens.completion, energy.total?.joules) ?? given.tokensPerSecondPerWatt
    }

    /// From the send to the first token.
    public var prefillLatency: Duration? {
        timing.timeToFirstToken ?? given.prefillLatency
    }

    /// From the first token to the last byte.
    public var decodeLatency: Duration? {
        if let latency = timing.latency, let first = timing.timeToFirstToken, first <= latency {
            return latency - first
        }
        return given.decodeLatency
    }

    private func ratio(_ count: Int?, _ divisor: Double?) -> Double? {
        guard let count, let divisor, divisor > 0 else { return nil }
        return Double(count) / divisor
    }
}
