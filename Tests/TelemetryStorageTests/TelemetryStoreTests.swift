// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import Testing

@testable import TelemetryStorage

@Suite struct TelemetryStoreTests {
    @Test func aRecordComesBackAsItWas() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        let record = TelemetryRecord.full
        store.record(record)
        #expect(try await store.recentRecords() == [record])
        #expect(try await store.record(record.id) == record)
        #expect(try await store.record(RecordID(high: 1, low: 2)) == nil)
        try await store.close()
    }

    @Test func whatIsUnknownStaysUnknown() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        let record = TelemetryRecord(id: RecordID(high: 7, low: 8), timestamp: .seconds(5))
        store.record(record)
        #expect(try await store.recentRecords() == [record])
    }

    @Test func timesAreRoundedToTheirUnit() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        store.record(
            .call {
                $0.timing.latency = .nanoseconds(1_234_567_891)
                $0.timing.timePerOutputToken = .nanoseconds(1_234_567)
            }
        )
        let timing = try #require(try await store.recentRecords().first).timing
        #expect(timing.latency == .microseconds(1_234_568))
        #expect(timing.timePerOutputToken == .nanoseconds(1_234_567))
    }

    @Test func literalNumbersKeepTheirDigits() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        store.recordLiterally(
            .call {
                $0.timing.latency = .seconds(0.123_456_789_123)
                $0.energy.total = .joules(1e-9 * 1.234_567_891)
            }
        )
        let record = try #require(try await store.recentRecords().first)
        let latency = try #require(record.timing.latency?.seconds)
        let energy = try #require(record.energy.total?.joules)
        #expect(abs(latency / 0.123_456_789_123 - 1) < 1e-9)
        #expect(abs(energy / 1.234_567_891e-9 - 1) < 1e-9)
    }

    @Test func concurrentWritersLoseNothing() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path()) { $0.batchSize = 10 }
        await withTaskGroup { group in
            for writer in 0..<8 {
                group.addTask {
                    for call in 0..<100 {
                        store.record(.call(at: Double(writer * 1_000 + call)))
                    }
                }
            }
        }
        try await store.flush()
        #expect(store.health.recorded == 800)
        try await store.close()
        #expect(try await TelemetryAggregator(path: directory.path()).recordCount() == 800)
    }

    @Test func nothingIsSeenBeforeTheBatchIsFull() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path()) { $0.batchSize = 2 }
        let reader = TelemetryAggregator(path: directory.path())
        store.record(.call())
        #expect(try await reader.recordCount() == 0)
        store.record(.call())
        try await store.untilIdle()
        #expect(try await reader.recordCount() == 2)
    }

    @Test func oneRecordIsCommittedByTheIntervalAlone() async throws {
        let directory = try TemporaryDirectory()
        var configuration = TelemetryStoreConfiguration()
        configuration.commitInterval = .milliseconds(1)
        let store = try TelemetryStore(path: directory.path(), configuration: configuration, logger: .silent)
        store.record(.call())
        while store.health.recorded == 0 {
            await Task.yield()
        }
        #expect(store.health.buffered == 0)
    }

    @Test("Defect 35: closing flushes once, and later records are counted as lost")
    func closingFlushesOnceAndLaterRecordsAreCounted() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        store.record(.call())
        try await store.close()
        try await store.close()
        #expect(try await TelemetryAggregator(path: directory.path()).recordCount() == 1)
        store.record(.call())
        #expect(store.health.dropped == 1)
        await #expect(throws: TelemetryStoreError.self) { try await store.flush() }
    }

    @Test func reopeningKeepsRows() async throws {
        let directory = try TemporaryDirectory()
        for expected in 1...3 {
            let store = try TelemetryStore.manual(directory.path())
            store.record(.call(at: Double(expected)))
            try await store.close()
            #expect(try await TelemetryAggregator(path: directory.path()).recordCount() == expected)
        }
    }

    @Test func theSameIdentityIsRecordedOnce() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        let record = TelemetryRecord.call { $0.tokens.completion = 5 }
        store.record(record)
        store.record(record)
        try await store.flush()
        #expect(store.health.recorded == 1)
        #expect(store.health.duplicates == 1)
        #expect(try await TelemetryAggregator(path: directory.path()).summary().completionTokens == 5)
    }

    @Test func aBusFeedsTheStore() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        let bus = EventBus()
        store.subscribe(to: bus)
        bus.publish(.recorded(.call()))
        #expect(try await store.recentRecords().count == 1)
    }

    @Test("Defect 36: newest come first, and negative limits are none") func newestComeFirstAndNegativeLimitsAreNone()
        async throws
    {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        for second in [3.0, 1, 2] {
            store.record(.call(at: second))
        }
        #expect(try await store.recentRecords(limit: 2).map(\.timestamp) == [.seconds(3), .seconds(2)])
        #expect(try await store.recentRecords(limit: -1).isEmpty)
    }

    @Test("Defect 33: clearing takes what waits too") func clearingTakesWhatWaitsToo() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        store.record(.call())
        store.record(.call())
        try await store.flush()
        store.record(.call())
        #expect(try await store.clear() == 3)
        #expect(try await store.clear() == 0)
        store.record(.call(model: "after"))
        #expect(try await store.recentRecords().map(\.identity.model) == ["after"])
    }

    @Test("Defect 28: files are the owner's alone, and a folder that was there keeps its mode")
    func filesAreTheOwnersAlone() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("deep/er/telemetry.db")
        let shared = directory.url.path
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: shared)
        let store = try TelemetryStore.manual(path)
        store.record(.call())
        try await store.flush()
        for suffix in ["", "-wal", "-shm"] {
            #expect(try mode(of: path + suffix) == 0o600, "\(suffix)")
        }
        #expect(try mode(of: directory.path("deep")) == 0o700)
        #expect(try mode(of: shared) == 0o755)
    }

    @Test func pragmasAreAsDesigned() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        store.record(.call())
        try await store.close()
        let pragmas = ["journal_mode", "application_id", "user_version", "auto_vacuum"]
        let values = try pragmas.map { try PlainSQL.text("PRAGMA \($0)", in: directory.path()) }
        #expect(values == ["wal", "\(Schema.applicationID)", "\(Schema.current)", "2"])
    }

    @Test func energyThatComesLateIsSummedOnce() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        let record = TelemetryRecord.call { $0.tokens.completion = 10 }
        store.record(record.awaitingEnergy)
        try await store.flush()
        var energy = CallEnergy()
        energy.total = .joules(5)
        energy.ane = .joules(1)
        energy.method = "hw_counter"
        energy.devices = ["GPU-1", "GPU-2"]
        store.complete(record.id, energy: energy, device: DeviceUse(), price: CallPrice())
        store.complete(record.id, energy: energy, device: DeviceUse(), price: CallPrice())
        try await store.flush()
        #expect(try await store.record(record.id)?.energy == energy)
        let summary = try await TelemetryAggregator(path: directory.path()).summary()
        #expect(summary.totalEnergy == .joules(5))
        #expect(summary.averageJoulesPerOutputToken == Average(0.5, count: 1))
        #expect(try RollupAudit.differences(in: directory.path()).isEmpty)
    }

    @Test func whatStillWaitsAfterACrashBecomesFinal() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        let record = TelemetryRecord.call()
        store.record(record.awaitingEnergy)
        #expect(try await store.finalizePending(reason: "interrupted") == 1)
        #expect(try await store.finalizePending(reason: "interrupted") == 0)
        #expect(try await store.record(record.id)?.energy.reason == "interrupted")
    }

    private func mode(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
}

extension TelemetryStore {
    /// Returns when what the queue was told to do is done: a request stands behind it.
    func untilIdle() async throws {
        _ = try await recentRecordsWithoutFlush()
    }

    private func recentRecordsWithoutFlush() async throws -> Int {
        try await finalizePending(reason: "none")
    }
}

extension TelemetryRecord {
    /// A record in which every value is set, each to a number of its own.
    static var full: TelemetryRecord {
        var record = TelemetryRecord.call(at: 1_700_000_000.25, model: "answered", engine: .llamaCpp)
        record.identity.operation = .message
        record.identity.upstream = "gpu-box"
        record.identity.requestedModel = "asked"
        record.identity.agent = "agent"
        record.identity.session = "session"
        record.identity.batch = "batch"
        record.identity.isWarmup = true
        record.identity.isStreaming = true
        record.identity.metadata = CallMetadata([(key: "team", value: "a \"quoted\" \u{1F600} one")])
        record.result = CallResult(
            outcome: .truncated,
            httpStatus: 200,
            errorKind: .reset,
            finishReason: "length"
        )
        record.tokens.prompt = 101
        record.tokens.cached = 0
        record.tokens.promptEvaluated = 103
        record.tokens.completion = 104
        record.tokens.reasoning = 105
        record.tokens.source = .timings
        record.timing = .full
        record.energy = .full
        record.device.utilizationPercent = 55.5
        record.device.memoryUsedGigabytes = 20.25
        record.device.temperatureCelsius = 61
        record.price.costUSD = 0.000_123
        record.price.source = "table 2026-11-01"
        record.price.electricityCost = 0.25
        record.price.carbonGrams = 1.75
        record.given.totalTokens = 999
        record.given.power = .watts(123.5)
        record.given.tokensPerSecond = 1.5
        record.given.tokensPerJoule = 2.5
        record.given.joulesPerOutputToken = 3.5
        record.given.tokensPerSecondPerWatt = 4.5
        record.given.prefillLatency = .milliseconds(5_500)
        record.given.decodeLatency = .milliseconds(6_500)
        record.tokenCountingVersion = 2
        record.miningSessionID = "abc123"
        return record
    }
}

extension CallTiming {
    fileprivate static var full: CallTiming {
        var timing = CallTiming()
        timing.latency = .microseconds(2_000_001)
        timing.timeToFirstToken = .microseconds(200_002)
        timing.timeToFirstAnswer = .microseconds(300_003)
        timing.timePerOutputToken = .nanoseconds(17_000_004)
        timing.chunkCount = 90
        timing.engineQueue = .microseconds(5)
        timing.engineLoad = .zero
        timing.enginePrefill = .microseconds(150_007)
        timing.engineDecode = .microseconds(1_700_008)
        timing.interTokenLatency = .full(from: 10)
        timing.interChunkLatency = .full(from: 20)
        return timing
    }
}

extension GapStatistics {
    fileprivate static func full(from start: Int) -> GapStatistics {
        var gaps = GapStatistics()
        gaps.count = start
        gaps.mean = .nanoseconds(start + 1)
        gaps.median = .nanoseconds(start + 2)
        gaps.p90 = .nanoseconds(start + 3)
        gaps.p95 = .nanoseconds(start + 4)
        gaps.p99 = .nanoseconds(start + 5)
        gaps.standardDeviation = .nanoseconds(start + 6)
        return gaps
    }
}

extension CallEnergy {
    fileprivate static var full: CallEnergy {
        var energy = CallEnergy()
        energy.total = .nanojoules(1_000_000_001)
        energy.dynamic = .nanojoules(2)
        energy.idle = .nanojoules(3)
        energy.bound = .nanojoules(4)
        energy.prefill = .nanojoules(5)
        energy.decode = .nanojoules(6)
        energy.cpu = .nanojoules(7)
        energy.gpu = .nanojoules(8)
        energy.dram = .nanojoules(9)
        energy.ane = .nanojoules(10)
        energy.peakPower = .watts(301.5)
        energy.method = "hw_counter"
        energy.vendor = "nvidia"
        energy.sharing = "shared(3)"
        energy.reason = "none"
        energy.devices = ["GPU-1", "GPU-2"]
        return energy
    }
}
