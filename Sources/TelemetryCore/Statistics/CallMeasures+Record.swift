// Inferometer
// SPDX-License-Identifier: Apache-2.0

extension CallMeasures {
    /// The measures of a call of our own, each as the store keeps it: whole microseconds, nanoseconds, nanojoules.
    package init(of record: TelemetryRecord) {
        self.init()
        isWarmup = record.identity.isWarmup
        setTokens(record)
        latency = Self.amount(record.timing.latency, in: .microseconds(1))
        timeToFirstToken = Self.amount(record.timing.timeToFirstToken, in: .microseconds(1))
        timePerOutputToken = Self.amount(record.timing.timePerOutputToken, in: .nanoseconds(1))
        if let gaps = record.timing.interTokenLatency {
            meanGap = Self.amount(gaps.mean, in: .nanoseconds(1))
            medianGap = Self.amount(gaps.median, in: .nanoseconds(1))
            p95Gap = Self.amount(gaps.p95, in: .nanoseconds(1))
            gapCount = gaps.count.flatMap(Self.count)
        }
        cost = Self.number(record.price.costUSD).flatMap { $0 <= 1e12 ? Self.wholeIfSo($0 * 1e9) : nil }
        electricityCost = Self.number(record.price.electricityCost)
        carbon = Self.number(record.price.carbonGrams)
        energy = Self.nanojoules(record.energy.total)
        prefillEnergy = Self.nanojoules(record.energy.prefill)
        decodeEnergy = Self.nanojoules(record.energy.decode)
        gpuUtilization = Self.number(record.device.utilizationPercent)
    }

    private mutating func setTokens(_ record: TelemetryRecord) {
        promptTokens = record.tokens.prompt.flatMap(Self.count)
        completionTokens = record.tokens.completion.flatMap(Self.count)
        cachedTokens = record.tokens.cached.flatMap(Self.count)
        promptTokensEvaluated = record.tokens.promptEvaluated.flatMap(Self.count)
        reasoningTokens = record.tokens.reasoning.flatMap(Self.count)
        setTotal(given: record.given.totalTokens.flatMap(Self.count))
    }

    /// Sets what the call adds to a sum of totals: the source's own, else the parts that are known.
    package mutating func setTotal(given: Double?) {
        if let given {
            totalTokens = given
        } else if promptTokens != nil || completionTokens != nil {
            totalTokens = (promptTokens ?? 0) + (completionTokens ?? 0)
        }
    }

    private static func count(_ count: Int) -> Double? {
        count >= 0 ? Double(count) : nil
    }

    /// A number that can be summed, or nothing.
    private static func number(_ value: Double?) -> Double? {
        guard let value, value.isFinite, value >= 0 else { return nil }
        return wholeIfSo(value)
    }

    /// Decimals that came through binary fractions are off by 1e-16 or so of themselves.
    private static func wholeIfSo(_ value: Double) -> Double {
        let rounded = value.rounded()
        return abs(value - rounded) <= abs(value) * 1e-13 && abs(rounded) < 9e15 ? rounded : value
    }

    private static func amount(_ duration: Duration?, in unit: Duration) -> Double? {
        guard let duration, duration >= .zero, duration <= .seconds(1_000_000_000_000) else { return nil }
        return Double((duration.attoseconds + unit.attoseconds / 2) / unit.attoseconds)
    }

    private static func nanojoules(_ energy: Energy?) -> Double? {
        guard let energy, energy >= .zero else { return nil }
        let nanojoules = (energy.attojoules + 500_000_000) / 1_000_000_000
        return nanojoules <= 1_000_000_000_000 * 1_000_000_000 ? Double(nanojoules) : nil
    }
}
