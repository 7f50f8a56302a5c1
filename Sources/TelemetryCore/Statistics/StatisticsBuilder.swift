// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A tally split by what averages leave out.
package struct StatisticsBuilder: Sendable {
    /// Calls that count everywhere.
    package var regular: CallTally
    /// Warm-up calls.
    package var warmup: CallTally

    /// Creates the tally of no calls; percentiles of up to `exactLimit` calls are exact.
    package init(exactLimit: Int) {
        regular = CallTally(exactLimit: exactLimit)
        warmup = CallTally(exactLimit: exactLimit)
    }

    /// Adds a call.
    package mutating func add(_ call: CallMeasures) {
        if call.isWarmup { warmup.add(call) } else { regular.add(call) }
    }

    /// Adds the calls of another builder.
    package mutating func merge(_ other: StatisticsBuilder) {
        regular.merge(other.regular)
        warmup.merge(other.warmup)
    }

    /// The statistics of all calls added.
    package func statistics(includingWarmup: Bool) -> CallStatistics {
        var all = regular
        if warmup[.calls] > 0 { all.merge(warmup) }
        var statistics = CallStatistics()
        statistics.callCount = Int(all[.calls])
        statistics.warmupCalls = Int(warmup[.calls])
        statistics.setSums(all)
        statistics.setAverages(includingWarmup ? all : regular)
        statistics.setPercentiles(includingWarmup ? all : regular)
        return statistics
    }
}

extension CallStatistics {
    fileprivate mutating func setSums(_ tally: CallTally) {
        totalTokens = tally.count(.totalTokens, .totalTokensCount)
        promptTokens = tally.count(.promptTokens, .promptTokensCount)
        cachedTokens = tally.count(.cachedTokens, .cachedTokensCount)
        promptTokensEvaluated = tally.count(.promptTokensEvaluated, .promptTokensEvaluatedCount)
        completionTokens = tally.count(.completionTokens, .completionTokensCount)
        reasoningTokens = tally.count(.reasoningTokens, .reasoningTokensCount)
        totalLatency = tally.sum(.latency, .latencyCount).flatMap { Duration(microseconds: $0) }
        totalCostUSD = tally.sum(.cost, .costCount).map { $0 / 1e9 }
        totalElectricityCost = tally.sum(.electricityCost, .electricityCostCount)
        totalCarbonGrams = tally.sum(.carbon, .carbonCount)
        totalEnergy = tally.sum(.energy, .energyCount).flatMap { .joules($0 / 1e9) }
        totalPrefillEnergy = tally.sum(.prefillEnergy, .prefillEnergyCount).flatMap { .joules($0 / 1e9) }
        totalDecodeEnergy = tally.sum(.decodeEnergy, .decodeEnergyCount).flatMap { .joules($0 / 1e9) }
        joulesPerToken = tally.ratio(.poweredTotalEnergy, .poweredTotalTokens).map { $0 / 1e9 }
    }

    fileprivate mutating func setAverages(_ tally: CallTally) {
        averageLatency = tally.average(.latency, over: .latencyCount, count: .latencyCount) { .init(microseconds: $0) }
        averageTimeToFirstToken = tally.average(
            .timeToFirstToken,
            over: .timeToFirstTokenCount,
            count: .timeToFirstTokenCount
        ) { .init(microseconds: $0) }
        averageGPUUtilizationPercent = tally.average(
            .gpuUtilization,
            over: .gpuUtilizationCount,
            count: .gpuUtilizationCount
        ) { $0 }
        averageTokensPerSecond = tally.average(.timedTokens, over: .timedLatency, count: .timedCount) { $0 * 1e6 }
        averageTokensPerJoule = tally.average(.poweredTokens, over: .poweredEnergy, count: .poweredCount) { $0 * 1e9 }
        averageTokensPerSecondPerWatt = averageTokensPerJoule
        averageJoulesPerOutputToken = tally.average(
            .poweredEnergy,
            over: .poweredTokens,
            count: .poweredCount
        ) { $0 / 1e9 }
        averageMeanInterTokenLatency = tally.average(.weightedGap, over: .gapWeight, count: .gapCount) {
            .init(microseconds: $0 / 1e3)
        }
        averageMedianInterTokenLatency = tally.averageGap(.medianGap, at: 0.5)
        averageP95InterTokenLatency = tally.averageGap(.p95Gap, at: 0.95)
    }

    fileprivate mutating func setPercentiles(_ tally: CallTally) {
        timeToFirstToken = tally.percentiles(.timeToFirstToken) { .init(microseconds: $0 * 1e6) }
        latency = tally.percentiles(.latency) { .init(microseconds: $0 * 1e6) }
        timePerOutputToken = tally.percentiles(.timePerOutputToken) { .init(microseconds: $0 * 1e6) }
        throughput = tally.percentiles(.throughput) { $0 }
    }
}

extension CallTally {
    fileprivate func sum(_ sum: TallyColumn, _ count: TallyColumn) -> Double? {
        self[count] > 0 && self[sum].isFinite ? self[sum] : nil
    }

    fileprivate func count(_ column: TallyColumn, _ count: TallyColumn) -> Int? {
        sum(column, count).map { Int(exactly: $0.rounded()) ?? .max }
    }

    fileprivate func ratio(_ part: TallyColumn, _ whole: TallyColumn) -> Double? {
        self[whole] > 0 && self[whole].isFinite && self[part].isFinite ? self[part] / self[whole] : nil
    }

    fileprivate func average<Value>(
        _ part: TallyColumn,
        over whole: TallyColumn,
        count: TallyColumn,
        convert: (Double) -> Value?
    ) -> Average<Value> {
        Average(ratio(part, whole).flatMap(convert), count: Int(self[count]))
    }

    fileprivate func averageGap(_ distribution: TallyDistribution, at fraction: Double) -> Average<Duration> {
        let value = quantiles(distribution, at: [fraction])[0]
        return Average(value.flatMap { Duration(microseconds: $0 * 1e6) }, count: count(distribution))
    }

    fileprivate func percentiles<Value>(
        _ distribution: TallyDistribution,
        convert: (Double) -> Value?
    ) -> Percentiles<Value> {
        let found = quantiles(distribution, at: [0.5, 0.95, 0.99])
        var percentiles = Percentiles<Value>()
        percentiles.p50 = found[0].flatMap(convert)
        percentiles.p95 = found[1].flatMap(convert)
        percentiles.p99 = found[2].flatMap(convert)
        return percentiles
    }
}

extension Duration {
    /// A duration from microseconds, or nothing if it is not finite or beyond 9e18 seconds, which is what 64 bits of seconds hold.
    package init?(microseconds: Double) {
        guard microseconds.isFinite, abs(microseconds) <= 9e24 else { return nil }
        let whole = (microseconds / 1e6).rounded(.towardZero)
        let fraction = (microseconds - whole * 1e6) * 1e12
        self.init(secondsComponent: Int64(whole), attosecondsComponent: Int64(fraction.rounded()))
    }
}
