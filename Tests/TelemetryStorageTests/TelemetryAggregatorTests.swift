// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryStorage

@Suite struct TelemetryAggregatorTests {
    @Test("Defect 36: ties are broken by name, and top models are the first of the groups")
    func groupsAreSortedAndTopModelsAreTheFirst() async throws {
        let records = ["rare"] + Array(repeating: "popular", count: 3) + ["also rare"]
        let fixture = try await FilledStore(records.map { .call(model: $0) })
        let aggregator = fixture.aggregator
        #expect(try await aggregator.statisticsByModel().map(\.model) == ["popular", "also rare", "rare"])
        #expect(try await aggregator.topModels(1).map(\.model) == ["popular"])
        #expect(try await aggregator.topModels(1).first?.callCount == 3)
        #expect(try await aggregator.topModels(-1).isEmpty)
        #expect(try await aggregator.recordCount() == 5)
    }

    @Test func boundsAreInclusive() async throws {
        let fixture = try await FilledStore([0, 100, 200].map { .call(at: $0) })
        let aggregator = fixture.aggregator
        let inside = TimeRange(since: .seconds(100), until: .seconds(200))
        #expect(try await aggregator.summary(in: inside).callCount == 2)
        #expect(try await aggregator.summary(in: TimeRange(since: .seconds(200.000_001))).callCount == 0)
        let reversed = TimeRange(since: .seconds(200), until: .seconds(100))
        #expect(try await aggregator.summary(in: reversed) == AggregatedStatistics())
        #expect(try await aggregator.topModels(5, in: reversed).isEmpty)
        #expect(try await aggregator.recentRecords(filter: CallFilter(range: reversed)).isEmpty)
    }

    @Test func everyGroupingFindsItsNames() async throws {
        let records = (0..<6).map { number in
            TelemetryRecord.call(at: Double(number), model: "m", engine: number < 2 ? .ollama : .vllm) {
                $0.identity.upstream = "u\(number % 2)"
                $0.identity.agent = number == 0 ? nil : "a"
                $0.identity.batch = "b\(number / 3)"
                $0.identity.session = "s\(number)"
                $0.result.outcome = number == 5 ? .failed : .completed
            }
        }
        let wanted: [StatisticsGrouping: [String?]] = [
            .model: ["m"], .engine: ["vllm", "ollama"], .upstream: ["u0", "u1"], .agent: ["a", nil],
            .batch: ["b0", "b1"], .session: ["s0", "s1", "s2", "s3", "s4", "s5"], .outcome: ["completed", "failed"],
        ]
        let fixture = try await FilledStore(records)
        let aggregator = fixture.aggregator
        for grouping in StatisticsGrouping.allCases {
            let groups = try await aggregator.statistics(by: grouping)
            #expect(groups.map(\.name) == wanted[grouping], "\(grouping)")
            #expect(groups.reduce(0) { $0 + $1.callCount } == 6)
        }
    }

    @Test func everyFilterLetsItsOwnPass() async throws {
        let records = (0..<8).map { number in
            TelemetryRecord.call(at: Double(number)) {
                let isOdd = number % 2 == 1
                $0.identity.model = isOdd ? "odd" : "even"
                $0.identity.engine = isOdd ? .ollama : .vllm
                $0.identity.upstream = isOdd ? "odd" : "even"
                $0.identity.agent = isOdd ? "odd" : "even"
                $0.identity.session = isOdd ? "odd" : "even"
                $0.identity.batch = isOdd ? "odd" : "even"
                $0.identity.operation = isOdd ? .chat : .embedding
                $0.result.outcome = isOdd ? .cancelled : .completed
                $0.methodologyVersion = isOdd ? 7 : 1
                $0.tokenCountingVersion = isOdd ? 2 : 1
            }
        }
        let changes: [@Sendable (inout CallFilter) -> Void] = [
            { $0.model = "odd" }, { $0.engine = .ollama }, { $0.upstream = "odd" }, { $0.agent = "odd" },
            { $0.session = "odd" }, { $0.batch = "odd" }, { $0.operation = .chat }, { $0.outcome = .cancelled },
            { $0.methodologyVersion = 7 }, { $0.tokenCountingVersion = 2 },
            { $0.range = TimeRange(since: .seconds(4)) },
        ]
        let fixture = try await FilledStore(records)
        let aggregator = fixture.aggregator
        for (number, change) in changes.enumerated() {
            var filter = CallFilter.all
            change(&filter)
            #expect(try await aggregator.summary(of: filter).callCount == 4, "filter \(number)")
            #expect(try await aggregator.recentRecords(filter: filter).count == 4, "filter \(number)")
            var count = 0
            for try await _ in aggregator.records(of: filter) { count += 1 }
            #expect(count == 4, "filter \(number)")
        }
        var nothing = CallFilter.all
        nothing.model = "unknown"
        #expect(try await aggregator.summary(of: nothing).callCount == 0)
    }

    @Test func rowsThatImplyTheirTokenCountingPassItsFilter() async throws {
        let records = [
            TelemetryRecord.call(at: 0) { $0.methodologyVersion = 1 },
            TelemetryRecord.call(at: 1) { ($0.methodologyVersion, $0.tokenCountingVersion) = (1, 1) },
            TelemetryRecord.call(at: 2) { ($0.methodologyVersion, $0.tokenCountingVersion) = (nil, nil) },
        ]
        let fixture = try await FilledStore(records)
        var filter = CallFilter.all
        filter.tokenCountingVersion = TelemetryRecord.currentTokenCountingVersion
        let found = try await fixture.aggregator.recentRecords(filter: filter)
        #expect(found.map(\.id) == [records[0].id])
    }

    @Test("Defect 37: records stream oldest first, a page at a time") func recordsStreamOldestFirstAcrossPages()
        async throws
    {
        // Many of one time, so that a page ends between equal times; and out of order.
        let records = (0..<1_777).map { TelemetryRecord.call(at: Double(($0 * 7) % 100)) }
        let fixture = try await FilledStore(records)
        let aggregator = fixture.aggregator
        let path = fixture.path
        var seen: [WallTime] = []
        var ids: Set<RecordID> = []
        for try await record in aggregator.records() {
            seen.append(record.timestamp)
            ids.insert(record.id)
            if seen.count == 10 {
                let late = try TelemetryStore.manual(path)
                late.record(.call(at: 50))
                try await late.close()
            }
        }
        #expect(seen.count == 1_777)
        #expect(ids == Set(records.map(\.id)))
        #expect(seen == seen.sorted())
    }

    @Test("Defect 37: batches leave out calls without one, and warm-up when asked")
    func batchesLeaveOutCallsWithoutOneAndWarmupWhenAsked() async throws {
        let records = [
            TelemetryRecord.call {
                $0.identity.batch = "b"
                $0.tokens.prompt = 10
                $0.tokens.completion = 5
                $0.energy.total = .joules(3)
            },
            .call {
                $0.identity.batch = "b"
                $0.identity.isWarmup = true
                $0.tokens.completion = 25
                $0.energy.total = .joules(5)
            },
            .call(),
        ]
        let fixture = try await FilledStore(records)
        let aggregator = fixture.aggregator
        let all = try await aggregator.statisticsByBatch()
        #expect(all.map(\.batch) == ["b"])
        #expect(all.first?.totalRequests == 2)
        #expect(all.first?.joulesPerToken == 0.2)
        let measured = try await aggregator.statisticsByBatch(excludingWarmup: true)
        #expect(measured.first?.totalRequests == 1)
        #expect(measured.first?.joulesPerToken == 0.2)
        #expect(measured.first?.totalTokens == 15)
    }

    @Test func seriesNameTheirPeriods() async throws {
        let times = [10.0, 3_599.999_999, 3_600, 90_000, 180_000]
        let fixture = try await FilledStore(times.map { .call(at: $0) })
        let aggregator = fixture.aggregator
        let hours = try await aggregator.series(every: .hour)
        #expect(hours.map(\.start) == [.seconds(0), .seconds(3_600), .seconds(90_000), .seconds(180_000)])
        #expect(hours.map(\.callCount) == [2, 1, 1, 1])
        let days = try await aggregator.series(every: .day)
        #expect(days.map(\.start) == [.seconds(0), .seconds(86_400), .seconds(172_800)])
        #expect(days.map(\.callCount) == [3, 1, 1])
        var some = CallFilter(range: TimeRange(since: .seconds(3_599), until: .seconds(100_000)))
        #expect(try await aggregator.series(every: .hour, of: some).map(\.callCount) == [1, 1, 1])
        some.agent = "nobody"
        #expect(try await aggregator.series(every: .hour, of: some).isEmpty)
    }

    /// The roll-ups and the calls themselves must tell the same story of any window.
    @Test func rollupsAgreeWithCallsOnAnyWindow() async throws {
        var generator = SeededGenerator(seed: 11)
        let span = 86_400.0 * 5
        let records = (0..<6_000).map { _ in TelemetryRecord.random(within: span, &generator) }
        let windows = (0..<12).map { _ -> TimeRange in
            let (one, two) = (
                Double.random(in: 0..<span, using: &generator), Double.random(in: 0..<span, using: &generator)
            )
            return TimeRange(since: .seconds(min(one, two)), until: .seconds(max(one, two)))
        }
        let fixture = try await FilledStore(records)
        let aggregator = fixture.aggregator
        let path = fixture.path
        #expect(try RollupAudit.differences(in: path).isEmpty)
        for window in windows + [.all, TimeRange(since: .seconds(86_400)), TimeRange(until: .seconds(86_400 * 3))] {
            let found = try await aggregator.summary(in: window)
            let chosen = records.filter { window.contains($0.timestamp) }
            var exact = StatisticsBuilder(exactLimit: .max)
            for record in chosen { exact.add(CallMeasures(CallNumbers(RecordBox(record), precision: .measured))) }
            let wanted = exact.statistics(includingWarmup: false)
            Self.expectNear(found.calls, wanted)
            #expect(found.perModel.reduce(0) { $0 + $1.callCount } == chosen.count)
            #expect(found.perEngine.reduce(0) { $0 + $1.callCount } == chosen.count)
        }
    }

    private static func expectNear(_ found: CallStatistics, _ wanted: CallStatistics) {
        for field in StatisticsField.summary {
            // Percentiles of many calls come from sketches; all else is exact.
            let tolerance = field.key.contains("_p") || field.key.contains("median") ? 0.01 : 1e-9
            switch (field.value(found), field.value(wanted)) {
            case (.number(let left), .number(let right)):
                #expect(abs(left - right) <= tolerance * abs(right), "\(field.key): \(left) for \(right)")
            case (let left, let right): #expect(left == right, "\(field.key)")
            }
        }
    }

    @Test func warmupIsIncludedWhenAsked() async throws {
        let records = [false, true].map { isWarmup in
            TelemetryRecord.call {
                $0.identity.isWarmup = isWarmup
                $0.timing.latency = .seconds(isWarmup ? 9 : 1)
            }
        }
        let fixture = try await FilledStore(records)
        let aggregator = fixture.aggregator
        #expect(try await aggregator.summary().averageLatency == Average(.seconds(1), count: 1))
        let all = try await aggregator.summary(of: .all, includingWarmup: true)
        #expect(all.averageLatency == Average(.seconds(5), count: 2))
        #expect(all.warmupCalls == 1)
    }

    @Test func identitiesAreFoundByTheirBeginning() async throws {
        let records = (0..<3).map { TelemetryRecord.call(at: Double($0) * 1_000_000) }
        let fixture = try await FilledStore(records)
        let aggregator = fixture.aggregator
        let one = records[1].id
        let found = try await aggregator.records(
            identifiedIn: RecordID(high: one.high, low: 0)...RecordID(high: one.high, low: .max),
            limit: 5
        )
        #expect(found == [records[1]])
    }
}

extension TelemetryRecord {
    /// A call with some of everything, and some of it missing.
    static func random(within span: Double, _ generator: inout SeededGenerator) -> TelemetryRecord {
        var record = TelemetryRecord.call(
            at: Double.random(in: 0..<span, using: &generator),
            model: ["a", "b", "c", nil].randomElement(using: &generator) ?? nil,
            engine: [.vllm, .ollama].randomElement(using: &generator)
        )
        func chance(_ fraction: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < fraction }
        record.identity.isWarmup = chance(0.1)
        record.identity.upstream = chance(0.5) ? "u" : nil
        record.result.outcome = chance(0.9) ? .completed : .failed
        if chance(0.8) { record.tokens.completion = Int.random(in: 0..<500, using: &generator) }
        if chance(0.8) { record.tokens.prompt = Int.random(in: 0..<5_000, using: &generator) }
        if chance(0.9) { record.timing.latency = .microseconds(Int.random(in: 1_000..<20_000_000, using: &generator)) }
        if chance(0.6) {
            record.timing.timeToFirstToken = .microseconds(Int.random(in: 1_000..<900_000, using: &generator))
        }
        if chance(0.6) {
            var gaps = GapStatistics()
            gaps.count = Int.random(in: 1..<400, using: &generator)
            gaps.mean = .nanoseconds(Int.random(in: 1_000_000..<50_000_000, using: &generator))
            gaps.median = gaps.mean
            gaps.p95 = gaps.mean.map { $0 * 2 }
            record.timing.interTokenLatency = gaps
            record.timing.timePerOutputToken = gaps.mean
        }
        if chance(0.5) { record.energy.total = .nanojoules(Int.random(in: 1..<900_000_000_000, using: &generator)) }
        if chance(0.5) { record.price.costUSD = Double(Int.random(in: 0..<1_000, using: &generator)) / 1e6 }
        return record
    }
}
