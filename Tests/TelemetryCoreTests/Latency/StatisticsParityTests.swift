// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ParitySupport
import TelemetryCore
import Testing

@Suite struct StatisticsParityTests {
    static let suites = [
        ParitySuite(file: "itl", answer: interTokenLatency),
        ParitySuite(file: "itl-values", answer: gaps),
        ParitySuite(file: "bench-stats", answer: sample),
    ]

    @Test(arguments: suites.indices) func everyCaseComesOutRight(index: Int) {
        for failure in Self.suites[index].failures() { Issue.record("\(failure)") }
    }

    @Test(arguments: suites.indices) func noChangedNumberGoesUnnoticed(index: Int) {
        for change in Self.suites[index].unnoticedChanges() { Issue.record("unnoticed: \(change)") }
    }

    @Sendable static func interTokenLatency(_ parityCase: ParityCase) throws -> ParityAnswer {
        try parityCase.requireInput(["timestamps_ms"])
        let times = try parityCase.numbers("timestamps_ms").map(Duration.milliseconds(checking:))
        guard !times.contains(nil) else { return .refused("a time that is no number") }
        do {
            let statistics = try InterTokenLatencyStatistics(tokenTimes: times.compactMap(\.self))
            return .value([
                "p50_ms": ParityValue(statistics.p50?.milliseconds),
                "p90_ms": ParityValue(statistics.p90?.milliseconds),
                "p95_ms": ParityValue(statistics.p95?.milliseconds),
                "p99_ms": ParityValue(statistics.p99?.milliseconds),
                "mean_ms": ParityValue(statistics.mean?.milliseconds),
                "min_ms": ParityValue(statistics.minimum?.milliseconds),
                "max_ms": ParityValue(statistics.maximum?.milliseconds),
            ])
        } catch {
            return .refused(error.message)
        }
    }

    @Sendable static func gaps(_ parityCase: ParityCase) throws -> ParityAnswer {
        try parityCase.requireInput(["itl_ms"])
        let gaps = try parityCase.numbers("itl_ms").map(Duration.milliseconds(checking:))
        guard !gaps.contains(nil) else { return .refused("a gap that is no number") }
        let statistics = GapStatistics(gaps: gaps.compactMap(\.self))
        return .value([
            "mean": ParityValue(statistics?.mean?.milliseconds),
            "median": ParityValue(statistics?.median?.milliseconds),
            "p90": ParityValue(statistics?.p90?.milliseconds),
            "p95": ParityValue(statistics?.p95?.milliseconds),
            "p99": ParityValue(statistics?.p99?.milliseconds),
            "std": ParityValue(statistics?.standardDeviation?.milliseconds),
        ])
    }

    @Sendable static func sample(_ parityCase: ParityCase) throws -> ParityAnswer {
        try parityCase.requireInput(["name", "values"])
        let name = try parityCase.text("name")
        let values = try parityCase.numbers("values")
        guard let statistics = SampleStatistics(values) else {
            return values.isEmpty ? .value([:]) : .refused("a value that is no number")
        }
        return .value(
            .object([
                "mean_" + name: ParityValue(statistics.mean),
                "p50_" + name: ParityValue(statistics.median),
                "p95_" + name: ParityValue(statistics.p95),
                "min_" + name: ParityValue(statistics.minimum),
                "max_" + name: ParityValue(statistics.maximum),
                "std_" + name: ParityValue(statistics.standardDeviation),
            ])
        )
    }
}
