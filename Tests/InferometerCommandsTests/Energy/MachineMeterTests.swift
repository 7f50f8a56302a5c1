// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Synchronization
import TelemetryCore
import TelemetryTesting
import Testing

@testable import InferometerCommands

@Suite struct MachineMeterTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test func oneTurnAtATime() async throws {
        let scratch = try ScratchDirectory()
        let path = scratch.path + "/lock"
        let reasons = Mutex<[String]>([])
        let first = try #require(
            await MeterTurn.take(path: path, logger: Self.quiet) { reason in reasons.withLock { $0.append(reason) } }
        )
        #expect(reasons.withLock { $0 }.isEmpty)
        let waiting = Task {
            await MeterTurn.take(path: path, logger: Self.quiet, pause: .milliseconds(1)) { reason in
                reasons.withLock { $0.append(reason) }
                // It is told once why it waits; then the other's turn ends.
                first.end()
            }
        }
        let second = await waiting.value
        #expect(second != nil)
        #expect(reasons.withLock { $0 } == ["metered by \(ProcessInfo.processInfo.processIdentifier)"])
    }

    @Test func aTaskThatIsCancelledGetsNoTurn() async throws {
        let scratch = try ScratchDirectory()
        let path = scratch.path + "/lock"
        let first = try #require(await MeterTurn.take(path: path, logger: Self.quiet) { _ in })
        defer { first.end() }
        let (reasons, told) = AsyncStream.makeStream(of: String.self)
        let waiting = Task { await MeterTurn.take(path: path, logger: Self.quiet) { told.yield($0) } }
        for await _ in reasons { break }
        waiting.cancel()
        #expect(await waiting.value == nil)
    }

    @Test func aSensorThatDoesNotAnswerIsToldOfOnce() {
        let lines = Mutex<[String]>([])
        let watch = SilenceWatch(
            logger: Logger(label: "test") { _ in Collector { line in lines.withLock { $0.append(line) } } }
        )
        var sensor = SensorHealth(sensor: .fakeCounter(.card))
        let at = { (seconds: Int64) in MonotonicInstant(nanoseconds: seconds * 1_000_000_000) }
        // One that was never read, or that fails, is told of elsewhere.
        watch.look(at: [sensor], now: at(100))
        sensor.lastGoodReading = at(100)
        watch.look(at: [sensor], now: at(105))
        sensor.failure = SensorFailure(.lost, "gone")
        watch.look(at: [sensor], now: at(200))
        #expect(lines.withLock { $0 }.isEmpty)
        sensor.failure = nil
        for second in Int64(111)...140 { watch.look(at: [sensor], now: at(second)) }
        #expect(lines.withLock { $0 } == ["A sensor does not answer; its driver seems to hang."])
        sensor.lastGoodReading = at(141)
        watch.look(at: [sensor], now: at(141))
        #expect(lines.withLock { $0 }.last == "A sensor answers again.")
    }

    @Test func theReasonIsWhatKeepsASensorFromWorking() {
        var missing = SensorStatus(vendor: .nvidia, name: "libnvidia-ml", works: false)
        missing.reason = "not found"
        var denied = SensorStatus(vendor: .cpuRAPL, name: "intel-rapl:0", works: false)
        denied.domain = .package
        denied.reason = "may not be read"
        #expect(SensorSearch.reason([]) == "no sensor")
        #expect(SensorSearch.reason([missing]) == "no sensor")
        #expect(SensorSearch.reason([missing, denied]) == "no sensor works: intel-rapl:0: may not be read")
    }
}

/// Hands the messages of a logger to a closure.
private struct Collector: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    let take: @Sendable (String) -> Void

    init(take: @escaping @Sendable (String) -> Void) {
        self.take = take
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        take("\(event.message)")
    }
}
