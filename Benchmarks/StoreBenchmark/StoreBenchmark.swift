// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryStorage

/// The store's side of the benchmarks; each answer is one line of JSON.
///
///     StoreBenchmark insert FILE ROWS          rows a second, as a busy proxy records them
///     StoreBenchmark fill FILE ROWS DAYS       the same, spread over days
///     StoreBenchmark call FILE ROWS            what `record` costs its caller
///     StoreBenchmark ask FILE TIMES            how long questions take
@main
struct StoreBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 4, let number = Int(arguments[3]) else {
            print("usage: StoreBenchmark insert|fill|call|ask FILE NUMBER [DAYS]")
            return
        }
        switch arguments[1] {
        case "insert": try await insert(into: arguments[2], rows: number, days: 0)
        case "fill": try await insert(into: arguments[2], rows: number, days: Int(arguments.last ?? "") ?? 90)
        case "call": try await call(arguments[2], rows: number)
        case "ask": try await ask(arguments[2], times: number)
        default: print("unknown: \(arguments[1])")
        }
    }

    /// Inserts as fast as the disk takes it, never more at once than the store's buffer holds.
    private static func insert(into path: String, rows: Int, days: Int) async throws {
        let store = try TelemetryStore(path: path)
        var calls = SampleCalls()
        var elapsed = Duration.zero
        let end = TelemetryClock.system.wall()
        let span = days == 0 ? Duration.seconds(60) : .seconds(days * 86_400)
        for start in stride(from: 0, to: rows, by: 40_000) {
            let batch = (start..<min(rows, start + 40_000)).map { number in
                calls.next(at: end.advanced(by: .zero - span * (Double(rows - number) / Double(rows))))
            }
            elapsed += try await ContinuousClock().measure {
                for record in batch { store.record(record) }
                try await store.flush()
            }
        }
        let dropped = store.health.dropped
        try await store.close()
        print("{\"rows\": \(rows), \"seconds\": \(elapsed.seconds), \"dropped\": \(dropped)}")
    }

    /// Times each call of `record` with a clock read between them, while the writer works.
    private static func call(_ path: String, rows: Int) async throws {
        let store = try TelemetryStore(path: path)
        var calls = SampleCalls()
        let now = TelemetryClock.system.wall()
        let batch = (0..<rows).map { _ in calls.next(at: now) }
        let clock = ContinuousClock()
        var times: [Double] = []
        times.reserveCapacity(rows)
        for record in batch {
            let began = clock.now
            store.record(record)
            times.append((clock.now - began).seconds * 1e6)
        }
        try await store.close()
        times.sort()
        let mean = times.reduce(0, +) / Double(times.count)
        print("{\"mean_us\": \(mean), \"p50_us\": \(times[rows / 2]), \"p99_us\": \(times[rows * 99 / 100])}")
    }

    private static func ask(_ path: String, times: Int) async throws {
        let aggregator = TelemetryAggregator(path: path)
        let now = TelemetryClock.system.wall()
        let day = TimeRange(since: now.advanced(by: .seconds(-86_400)), until: now)
        let all = try await median(of: times) { _ = try await aggregator.summary() }
        let last = try await median(of: times) { _ = try await aggregator.summary(in: day) }
        var parts = ["\"summary_ms\": \(all)", "\"last_day_ms\": \(last)"]
        for (name, grouping) in [("agent", StatisticsGrouping.agent), ("session", .session), ("batch", .batch)] {
            let taken = try await median(of: min(times, 3)) { _ = try await aggregator.statistics(by: grouping) }
            parts.append("\"by_\(name)_ms\": \(taken)")
        }
        print("{\(parts.joined(separator: ", "))}")
    }

    /// The median time of some runs in milliseconds; one before them warms the file's pages.
    private static func median(of times: Int, _ body: () async throws -> Void) async throws -> Double {
        try await body()
        var taken: [Double] = []
        for _ in 0..<max(1, times) {
            taken.append(try await ContinuousClock().measure { try await body() }.seconds * 1e3)
        }
        return taken.sorted()[taken.count / 2]
    }
}
