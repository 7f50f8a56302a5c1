// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// The statistics of all calls as lines for a person, each average with the number of calls behind it.
struct StatisticsSummary {
    let statistics: AggregatedStatistics

    var lines: [String] {
        var lines = [headline]
        lines += averages
        if statistics.rowsPruned {
            lines.append(
                "Rows of this window were pruned: where it begins or ends inside an hour, that hour is counted whole."
            )
        }
        return lines
    }

    /// What must be said of calls that no real engine answered.
    var simulationNote: String? {
        let simulated = statistics.perEngine.filter { $0.engine == .simulated }.map(\.calls.callCount).reduce(0, +)
        guard simulated > 0 else { return nil }
        let share = simulated == statistics.calls.callCount ? "All" : "\(HumanUnits.count(simulated)) of these"
        return "\(share) calls are SIMULATED: their times and tokens are made up, and say nothing about any engine."
    }

    private var headline: String {
        let calls = statistics.calls
        var parts = [HumanUnits.count(calls.callCount, of: "call")]
        if calls.warmupCalls > 0 { parts[0] += " (\(HumanUnits.count(calls.warmupCalls)) warm-up)" }
        if let input = calls.promptTokens { parts.append("\(HumanUnits.count(input)) tokens in") }
        if let output = calls.completionTokens { parts.append("\(HumanUnits.count(output)) out") }
        if let cost = calls.totalCostUSD { parts.append(HumanUnits.dollars(cost)) }
        if let energy = calls.totalEnergy { parts.append(HumanUnits.joules(energy.joules)) }
        return parts.joined(separator: ", ")
    }

    private var averages: [String] {
        let calls = statistics.calls
        return [
            line("time to first token", calls.timeToFirstToken, calls.averageTimeToFirstToken),
            line("latency", calls.latency, calls.averageLatency),
            calls.averageTokensPerSecond.value.map {
                "output tokens a second: \(HumanUnits.number($0)) (over \(HumanUnits.count(calls.averageTokensPerSecond.count)) calls)"
            },
        ].compactMap(\.self)
    }

    private func line(_ name: String, _ percentiles: Percentiles<Duration>, _ mean: Average<Duration>) -> String? {
        guard let value = mean.value else { return nil }
        let parts = [("p50", percentiles.p50), ("p95", percentiles.p95), ("p99", percentiles.p99)]
            .compactMap { name, value in value.map { "\(name) \(HumanUnits.duration($0))" } }
        return
            "\(name): mean \(HumanUnits.duration(value)), \(parts.joined(separator: ", ")) (over \(HumanUnits.count(mean.count)) calls)"
    }
}
