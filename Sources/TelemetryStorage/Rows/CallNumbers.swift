// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import TelemetryCore

/// The numbers of a call as its row and its roll-ups hold them, computed once for both.
struct CallNumbers {
    var promptTokens: RowNumber?
    var completionTokens: RowNumber?
    var cachedTokens: RowNumber?
    var promptTokensEvaluated: RowNumber?
    var reasoningTokens: RowNumber?
    var givenTotalTokens: RowNumber?
    var latency: RowNumber?
    var timeToFirstToken: RowNumber?
    var timePerOutputToken: RowNumber?
    var cost: RowNumber?
    var electricityCost: RowNumber?
    var carbon: RowNumber?
    var energy: RowNumber?
    var prefillEnergy: RowNumber?
    var decodeEnergy: RowNumber?
    var gpuUtilization: RowNumber?
    var gaps = GapNumbers()
    var gapsOfTokens = false
    var chunkCount: RowNumber?
    var isWarmup = false

    /// The numbers of a record, which is reached through its box: passed by itself, it would be copied each time.
    init(_ box: RecordBox, precision: NumberPrecision) {
        setTokens(box)
        setTimes(box, precision)
        energy = RowNumber(box.record.energy.total, precision: precision)
        prefillEnergy = RowNumber(box.record.energy.prefill, precision: precision)
        decodeEnergy = RowNumber(box.record.energy.decode, precision: precision)
        cost = RowNumber(billionthsOf: box.record.price.costUSD)
        electricityCost = RowNumber(box.record.price.electricityCost)
        carbon = RowNumber(box.record.price.carbonGrams)
        gpuUtilization = RowNumber(box.record.device.utilizationPercent)
        isWarmup = box.record.identity.isWarmup
    }

    /// The numbers that come late: of energy and what follows from it.
    init(energy: CallEnergy, price: CallPrice, precision: NumberPrecision) {
        self.energy = RowNumber(energy.total, precision: precision)
        prefillEnergy = RowNumber(energy.prefill, precision: precision)
        decodeEnergy = RowNumber(energy.decode, precision: precision)
        electricityCost = RowNumber(price.electricityCost)
        carbon = RowNumber(price.carbonGrams)
    }

    private mutating func setTokens(_ box: RecordBox) {
        promptTokens = RowNumber(count: box.record.tokens.prompt)
        completionTokens = RowNumber(count: box.record.tokens.completion)
        cachedTokens = RowNumber(count: box.record.tokens.cached)
        promptTokensEvaluated = RowNumber(count: box.record.tokens.promptEvaluated)
        reasoningTokens = RowNumber(count: box.record.tokens.reasoning)
        givenTotalTokens = RowNumber(count: box.record.given.totalTokens)
    }

    private mutating func setTimes(_ box: RecordBox, _ precision: NumberPrecision) {
        latency = RowNumber(box.record.timing.latency, unit: RowNumber.microsecond, precision: precision)
        timeToFirstToken = RowNumber(
            box.record.timing.timeToFirstToken,
            unit: RowNumber.microsecond,
            precision: precision
        )
        timePerOutputToken = RowNumber(
            box.record.timing.timePerOutputToken,
            unit: RowNumber.nanosecond,
            precision: precision
        )
        chunkCount = RowNumber(count: box.record.timing.chunkCount)
        gapsOfTokens = box.record.timing.interTokenLatency != nil
        if let statistics = box.record.timing.interTokenLatency ?? box.record.timing.interChunkLatency {
            gaps = GapNumbers(statistics, precision)
        }
    }
}

/// The statistics of gaps, in nanoseconds.
struct GapNumbers {
    var count: RowNumber?
    var mean: RowNumber?
    var median: RowNumber?
    var p90: RowNumber?
    var p95: RowNumber?
    var p99: RowNumber?
    var deviation: RowNumber?

    init() {}

    init(_ gaps: GapStatistics, _ precision: NumberPrecision) {
        func nanoseconds(_ duration: Duration?) -> RowNumber? {
            RowNumber(duration, unit: RowNumber.nanosecond, precision: precision)
        }
        count = RowNumber(count: gaps.count)
        mean = nanoseconds(gaps.mean)
        median = nanoseconds(gaps.median)
        p90 = nanoseconds(gaps.p90)
        p95 = nanoseconds(gaps.p95)
        p99 = nanoseconds(gaps.p99)
        deviation = nanoseconds(gaps.standardDeviation)
    }
}

extension CallMeasures {
    /// The measures of a call from the numbers of its row.
    init(_ numbers: CallNumbers) {
        self.init()
        isWarmup = numbers.isWarmup
        promptTokens = numbers.promptTokens?.double
        completionTokens = numbers.completionTokens?.double
        cachedTokens = numbers.cachedTokens?.double
        promptTokensEvaluated = numbers.promptTokensEvaluated?.double
        reasoningTokens = numbers.reasoningTokens?.double
        setTotal(given: numbers.givenTotalTokens?.double)
        latency = numbers.latency?.double
        timeToFirstToken = numbers.timeToFirstToken?.double
        timePerOutputToken = numbers.timePerOutputToken?.double
        cost = numbers.cost?.double
        electricityCost = numbers.electricityCost?.double
        carbon = numbers.carbon?.double
        energy = numbers.energy?.double
        prefillEnergy = numbers.prefillEnergy?.double
        decodeEnergy = numbers.decodeEnergy?.double
        gpuUtilization = numbers.gpuUtilization?.double
        if numbers.gapsOfTokens {
            meanGap = numbers.gaps.mean?.double
            medianGap = numbers.gaps.median?.double
            p95Gap = numbers.gaps.p95?.double
            gapCount = numbers.gaps.count?.double
        }
    }
}
