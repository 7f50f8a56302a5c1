// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceEngines
import TelemetryCore
import TelemetryRecording
import TelemetryStorage

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The library's side of the benchmarks; each answer is one line of JSON.
///
///     LibraryBenchmark generate FILE CALLS     an instrumented call with a store, beyond the engine's own time
///     LibraryBenchmark stream TOKENS           an instrumented stream, beyond the engine's own time, and its allocations
///     LibraryBenchmark publish EVENTS          an event on a bus with one subscriber
///     LibraryBenchmark itl TOKENS TIMES        the statistics of the gaps between tokens
///     LibraryBenchmark metrics FILE TIMES      a scrape of metrics, parsed and asked
@main
struct LibraryBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments
        func number(_ place: Int, _ otherwise: Int) -> Int {
            arguments.count > place ? Int(arguments[place]) ?? otherwise : otherwise
        }
        switch arguments.count > 2 ? arguments[1] : "" {
        case "generate": try await generate(into: arguments[2], calls: number(3, 100_000))
        case "stream": try await stream(tokens: number(2, 200_000))
        case "publish": await publish(events: number(2, 1_000_000))
        case "itl": try gaps(tokens: number(2, 100_000), times: number(3, 50))
        case "metrics": metrics(arguments[2], times: number(3, 200))
        default: print("usage: LibraryBenchmark generate|stream|publish|itl|metrics ...")
        }
    }

    private static func generate(into path: String, calls: Int) async throws {
        let engine = InstantEngine(tokens: 0)
        let request = InferenceRequest(model: "m", messages: [])
        let store = try TelemetryStore(path: path)
        let bus = EventBus()
        bus.attach(store)
        let instrumented = InstrumentedEngine(engine, bus: bus)
        let (bare, full) = (Tally(), Tally())
        for _ in 0..<(calls / 1_000) {
            try await bare.time { for _ in 0..<1_000 { _ = try await engine.generate(request) } }
            try await full.time { for _ in 0..<1_000 { _ = try await instrumented.generate(request) } }
            // What the writer does beside is measured by the store's own benchmarks; here is what the caller waits.
            try await store.flush()
        }
        let dropped = store.health.dropped
        try await store.close()
        let each = (full.median - bare.median) / 1_000 * 1e9
        print("{\"ns\": \(each), \"bare_ns\": \(bare.median / 1_000 * 1e9), \"dropped\": \(dropped)}")
    }

    private static func stream(tokens: Int) async throws {
        let engine = InstantEngine(tokens: tokens)
        let request = InferenceRequest(model: "m", messages: [])
        let instrumented = InstrumentedEngine(engine, bus: EventBus())
        let (bare, full) = (Tally(), Tally())
        var allocated: [Double] = []
        for _ in 0..<7 {
            let bareAllocations = Allocations.count
            try await bare.time { for try await _ in try await engine.stream(request) {} }
            let fullAllocations = Allocations.count
            try await full.time { for try await _ in try await instrumented.stream(request) {} }
            if let bareAllocations, let fullAllocations, let end = Allocations.count {
                allocated.append(Double(end - fullAllocations - (fullAllocations - bareAllocations)) / Double(tokens))
            }
        }
        let each = (full.median - bare.median) / Double(tokens) * 1e9
        let perToken = allocated.isEmpty ? "null" : "\(allocated.sorted()[allocated.count / 2])"
        print("{\"ns\": \(each), \"bare_ns\": \(bare.median / Double(tokens) * 1e9), \"allocations\": \(perToken)}")
    }

    private static func publish(events: Int) async {
        let bus = EventBus()
        let id = RecordID(at: TelemetryClock.system.wall())
        let event = TelemetryEvent.firstToken(id, at: TelemetryClock.system.instant())
        let tally = Tally()
        var dropped = 0
        await bus.withSubscription(keepingNewest: 1_024) { subscription in
            let reader = Task { for await _ in subscription.events {} }
            for _ in 0..<(events / 10_000) {
                await tally.time { for _ in 0..<10_000 { bus.publish(event) } }
            }
            dropped = subscription.droppedEvents
            reader.cancel()
        }
        print("{\"ns\": \(tally.median / 10_000 * 1e9), \"dropped\": \(dropped)}")
    }

    private static func gaps(tokens: Int, times: Int) throws {
        var state: UInt64 = 42
        var instant = MonotonicInstant(nanoseconds: 0)
        let instants = (0..<tokens).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            instant = instant.advanced(by: .nanoseconds(5_000_000 + Int64(state >> 42)))
            return instant
        }
        let tally = Tally()
        var last = Duration.zero
        for _ in 0..<times {
            try tally.timeNow { last = try InterTokenLatencyStatistics(tokenTimes: instants).p99 ?? .zero }
        }
        print("{\"ms\": \(tally.median * 1e3), \"p99_ms\": \(last.milliseconds)}")
    }

    private static func metrics(_ path: String, times: Int) {
        let bytes = Self.bytes(of: path)
        let tally = Tally()
        var answer = VLLMMetrics(bytes: bytes)
        var sum = 0.0
        for _ in 0..<times {
            tally.timeNow {
                answer = VLLMMetrics(bytes: bytes)
                sum += answer.timeToFirstToken?.p50?.duration.seconds ?? 0
                sum += answer.endToEndLatency?.p95?.duration.seconds ?? 0
                sum += (answer.queueDepth ?? 0) + (answer.cacheUsage ?? 0)
            }
        }
        let first = answer.timeToFirstToken?.p50?.duration.seconds ?? -1
        print("{\"us\": \(tally.median * 1e6), \"ttft_p50\": \(first), \"sum\": \(sum / Double(times))}")
    }

    private static func bytes(of path: String) -> [UInt8] {
        guard let file = fopen(path, "rb") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 24)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes[..<count])
    }
}
