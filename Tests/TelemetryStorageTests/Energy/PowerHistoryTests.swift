// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import TelemetryCore
import Testing

@testable import TelemetryStorage

@Suite struct PowerHistoryTests {
    @Test func eachSecondIsKeptOnceInTheOrderOfTime() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        store.record([.watts(100, at: 11.5), .watts(40, at: 11.5, device: "GPU-2")])
        store.record([.watts(60.0004, at: 10)])
        store.record([.watts(120, at: 11)])
        try await store.close()
        let powers = try await TelemetryAggregator(path: directory.path()).powerHistory()
        #expect(powers == [.watts(60, at: 10), .watts(120, at: 11), .watts(40, at: 11, device: "GPU-2")])
    }

    @Test func stepsTakeTheMean() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        for second in -3..<6 { store.record([.watts(Double(second + 10), at: Double(second))]) }
        try await store.flush()
        let aggregator = TelemetryAggregator(path: directory.path())
        #expect(
            try await aggregator.powerHistory(step: 3)
                == [.watts(8, at: -3), .watts(11, at: 0), .watts(14, at: 3)]
        )
        let range = TimeRange(since: .seconds(0.5), until: .seconds(3))
        #expect(
            try await aggregator.powerHistory(in: range, step: 0)
                == [.watts(11, at: 1), .watts(12, at: 2), .watts(13, at: 3)]
        )
        #expect(
            try await aggregator.powerHistory(in: TimeRange(since: .seconds(4), until: .seconds(3))).isEmpty
        )
    }

    @Test func whatIsNoPowerIsNotKept() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        for watts in [-1, .nan, .infinity, 1e30, 0] { store.record([.watts(watts, at: 1)]) }
        store.record([ChannelPower]())
        try await store.flush()
        #expect(
            try await TelemetryAggregator(path: directory.path()).powerHistory() == [.watts(0, at: 1)]
        )
        #expect(store.health.droppedMeasurements == 0)
    }

    @Test func sevenDaysStayAndOlderOnesGoALittleAtATime() throws {
        let queue = try DatabaseQueue()
        try queue.inDatabase { database in
            for step in Schema.steps { try database.execute(sql: step) }
            // Two days too many, a value each minute.
            for minute in 0..<(9 * 1_440) {
                let values = [minute * 60, 1, 300_000]
                try database.execute(
                    sql: "INSERT INTO power_second VALUES (?, ?, ?)",
                    arguments: StatementArguments(values)
                )
            }
            func oldest() throws -> Int64? { try Int64.fetchOne(database, sql: "SELECT min(second) FROM power_second") }
            var retention = PowerRetention()
            let newest: Int64 = 9 * 86_400
            try retention.run(database, newest: newest)
            #expect(try oldest() == 600)
            // Then as often as it takes, and no further.
            for second in 1...400 { try retention.run(database, newest: newest + Int64(second)) }
            let end = try #require(try oldest())
            #expect(end >= newest - PowerRetention.kept && end <= newest - PowerRetention.kept + 400)
            // Not again for an hour; a clock that was set back by days does not stop it for days.
            try retention.run(database, newest: newest + 3_000)
            #expect(try oldest() == end)
            try retention.run(database, newest: newest + 2 * 3_600)
            #expect(try #require(try oldest()) > end)
            try retention.run(database, newest: newest - 86_400)
            try retention.run(database, newest: newest + 86_400)
            #expect(try #require(try oldest()) > end + 600)
        }
    }

    @Test func theStoreItselfForgetsOldPower() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        let week = Double(PowerRetention.kept)
        store.record([.watts(1, at: 0)])
        store.record([.watts(2, at: 100)])
        try await store.flush()
        let aggregator = TelemetryAggregator(path: directory.path())
        #expect(try await aggregator.powerHistory().count == 2)
        store.record([.watts(3, at: week + 3_700)])
        try await store.flush()
        #expect(try await aggregator.powerHistory() == [.watts(3, at: week + 3_700)])
        #expect(try await aggregator.integrityProblems().isEmpty)
    }

    @Test(arguments: [(0.0, Int64(0)), (-0.5, -1), (-1, -1), (1.999, 1)])
    func secondsAreWholeBeforeTheEpochToo(_ time: Double, _ second: Int64) {
        #expect(PowerWriter.second(of: .seconds(time)) == second)
    }
}
