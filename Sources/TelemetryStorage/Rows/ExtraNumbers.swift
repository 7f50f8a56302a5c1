// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import TelemetryCore

/// What few calls have, by column; the mining session is a text and stands apart.
struct ExtraNumbers {
    private var numbers = [RowNumber?](repeating: nil, count: ExtraColumn.allCases.count)
    private(set) var isEmpty: Bool

    init(_ record: TelemetryRecord, _ precision: NumberPrecision) {
        isEmpty = record.miningSessionID == nil
        set(RowNumber(record.energy.ane, precision: precision), .aneEnergy)
        set(RowNumber(record.device.memoryUsedGigabytes), .gpuMemory)
        set(RowNumber(record.device.temperatureCelsius), .gpuTemperature)
        set(RowNumber(count: record.tokenCountingVersion), .tokenCountingVersion)
        if !record.given.isEmpty { setGiven(record.given) }
        let timing = record.timing
        if let chunks = timing.interChunkLatency, let tokens = timing.interTokenLatency, chunks != tokens {
            setChunkGaps(GapNumbers(chunks, precision))
        }
    }

    /// Whether a record may have any of it: most have none, and are told fast.
    static func mayExist(in box: RecordBox) -> Bool {
        if box.record.miningSessionID != nil || box.record.energy.ane != nil { return true }
        if box.record.device.memoryUsedGigabytes != nil || box.record.device.temperatureCelsius != nil { return true }
        if box.record.tokenCountingVersion != nil || hasGiven(box) { return true }
        return box.record.timing.interChunkLatency != nil && box.record.timing.interTokenLatency != nil
            && box.record.timing.interChunkLatency != box.record.timing.interTokenLatency
    }

    /// Field by field: comparing the whole group copies it.
    private static func hasGiven(_ box: RecordBox) -> Bool {
        box.record.given.power != nil || box.record.given.tokensPerSecond != nil
            || box.record.given.tokensPerJoule != nil || box.record.given.joulesPerOutputToken != nil
            || box.record.given.tokensPerSecondPerWatt != nil || box.record.given.prefillLatency != nil
            || box.record.given.decodeLatency != nil
    }

    subscript(column: ExtraColumn) -> RowNumber? {
        numbers[Int(column.rawValue)]
    }

    private mutating func set(_ number: RowNumber?, _ column: ExtraColumn) {
        guard let number else { return }
        numbers[Int(column.rawValue)] = number
        isEmpty = false
    }

    private mutating func setGiven(_ given: GivenRatios) {
        set(RowNumber(given.power?.watts), .givenPower)
        set(RowNumber(given.tokensPerSecond), .givenTokensPerSecond)
        set(RowNumber(given.tokensPerJoule), .givenTokensPerJoule)
        set(RowNumber(given.joulesPerOutputToken), .givenJoulesPerToken)
        set(RowNumber(given.tokensPerSecondPerWatt), .givenThroughputPerWatt)
        set(RowNumber(given.prefillLatency?.seconds), .givenPrefillLatency)
        set(RowNumber(given.decodeLatency?.seconds), .givenDecodeLatency)
    }

    private mutating func setChunkGaps(_ gaps: GapNumbers) {
        set(gaps.count, .chunkGapCount)
        set(gaps.mean, .chunkGapMean)
        set(gaps.median, .chunkGapMedian)
        set(gaps.p90, .chunkGapP90)
        set(gaps.p95, .chunkGapP95)
        set(gaps.p99, .chunkGapP99)
        set(gaps.deviation, .chunkGapDeviation)
    }
}
