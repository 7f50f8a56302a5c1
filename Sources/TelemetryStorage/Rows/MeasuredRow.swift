// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import TelemetryCore

/// The part of a call's row that statistics read.
struct MeasuredRow {
    private let row: StatementRow
    private let first: Int32

    /// The columns that it is read from, in order.
    static let columns = CallColumn.measured.map { "c.\($0.name)" }.joined(separator: ", ")

    /// Reads a statement's present row from the column of that place on.
    init(_ statement: OpaquePointer, from first: Int32) {
        row = StatementRow(statement: statement)
        self.first = first
    }

    /// When the request arrived, in microseconds since the epoch.
    var timestamp: Int64 {
        int(.timestamp)
    }

    var flags: CallFlags {
        CallFlags(rawValue: int(.flags))
    }

    /// What the call is summed up under; its start is the call's own time.
    var key: RollupKey {
        RollupKey(
            start: timestamp,
            model: int(.model),
            engine: int(.engine),
            upstream: int(.upstream),
            operation: int(.operation),
            outcome: int(.outcome),
            warmup: flags.contains(.warmup) ? 1 : 0,
            methodology: int(.methodology)
        )
    }

    /// The number of a column, 0 for NULL.
    func int(_ column: CallColumn) -> Int64 {
        row.int(first + column.rawValue)
    }

    /// What the call adds to statistics.
    var measures: CallMeasures {
        var measures = CallMeasures()
        let flags = flags
        measures.isWarmup = flags.contains(.warmup)
        measures.promptTokens = double(.promptTokens)
        measures.completionTokens = double(.completionTokens)
        measures.cachedTokens = double(.cachedTokens)
        measures.promptTokensEvaluated = double(.promptTokensEvaluated)
        measures.reasoningTokens = double(.reasoningTokens)
        measures.setTotal(given: double(.totalTokens))
        measures.latency = double(.latency)
        measures.timeToFirstToken = double(.timeToFirstToken)
        measures.timePerOutputToken = double(.timePerOutputToken)
        measures.cost = double(.cost)
        measures.energy = double(.energy)
        measures.prefillEnergy = double(.prefillEnergy)
        measures.decodeEnergy = double(.decodeEnergy)
        measures.gpuUtilization = double(.gpuUtilization)
        measures.electricityCost = double(.electricityCost)
        measures.carbon = double(.carbon)
        guard flags.contains(.gapsOfTokens) else { return measures }
        measures.meanGap = double(.gapMean)
        measures.medianGap = double(.gapMedian)
        measures.p95Gap = double(.gapP95)
        measures.gapCount =
            flags.contains(.gapsFollowChunks) ? double(.chunkCount).map { $0 - 1 } : double(.gapCount)
        return measures
    }

    private func double(_ column: CallColumn) -> Double? {
        row.double(first + column.rawValue)
    }
}
