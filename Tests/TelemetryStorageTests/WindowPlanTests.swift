// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryStorage

@Suite struct WindowPlanTests {
    private static let hour = RollupLevel.hour.length
    private static let day = RollupLevel.day.length

    private func span(_ start: Int64, _ end: Int64) -> WindowPlan.Span {
        WindowPlan.Span(start: start, end: end)
    }

    private func range(_ since: Int64?, _ until: Int64?) -> TimeRange {
        TimeRange(
            since: since.map(WallTime.init(microsecondsSinceEpoch:)),
            until: until.map(WallTime.init(microsecondsSinceEpoch:))
        )
    }

    @Test func allOfTimeIsDays() {
        let plan = WindowPlan(.all, coarsest: .day)
        #expect(plan.days == [span(.min, .max)])
        #expect(plan.hours.isEmpty)
        #expect(plan.rows.isEmpty)
    }

    @Test func aWindowInsideAnHourTakesRows() {
        let plan = WindowPlan(range(5, 10), coarsest: .day)
        #expect(plan.rows == [span(5, 11)])
        #expect(plan.hours.isEmpty)
    }

    @Test func edgesTakeRowsThenHoursThenDays() {
        let plan = WindowPlan(range(Self.hour / 2, 3 * Self.day + Self.hour + 9), coarsest: .day)
        #expect(
            plan.rows == [
                span(Self.hour / 2, Self.hour), span(3 * Self.day + Self.hour, 3 * Self.day + Self.hour + 10),
            ]
        )
        #expect(plan.hours == [span(Self.hour, Self.day), span(3 * Self.day, 3 * Self.day + Self.hour)])
        #expect(plan.days == [span(Self.day, 3 * Self.day)])
    }

    @Test func wholeDaysTakeNoRows() {
        let plan = WindowPlan(range(0, 2 * Self.day - 1), coarsest: .day)
        #expect(plan == WindowPlan(range(0, 2 * Self.day - 1), coarsest: .day))
        #expect(plan.days == [span(0, 2 * Self.day)])
        #expect(plan.rows.isEmpty && plan.hours.isEmpty)
    }

    @Test func aReversedWindowIsNothing() {
        #expect(WindowPlan(range(10, 5), coarsest: .day).rows.isEmpty)
    }

    /// Whatever the window, its parts touch and never overlap.
    @Test func partsCoverTheWindowOnce() {
        var generator = SeededGenerator(seed: 5)
        for coarsest in [RollupLevel.hour, .day] {
            for _ in 0..<500 {
                let start = Int64.random(in: -5 * Self.day..<5 * Self.day, using: &generator)
                let end = start + Int64.random(in: 0..<6 * Self.day, using: &generator)
                let plan = WindowPlan(range(start, end), coarsest: coarsest)
                let parts = (plan.rows + plan.hours + plan.days).sorted { $0.start < $1.start }
                #expect(parts.first?.start == start)
                #expect(parts.last?.end == end + 1)
                for (one, next) in zip(parts, parts.dropFirst()) { #expect(one.end == next.start) }
                #expect(plan.hours.allSatisfy { $0.start % Self.hour == 0 && $0.end % Self.hour == 0 })
                #expect(plan.days.allSatisfy { $0.start % Self.day == 0 && $0.end % Self.day == 0 })
            }
        }
    }

    @Test(arguments: [(0, 0), (1, 0), (-1, -3_600_000_000), (3_600_000_000, 3_600_000_000)])
    func hoursBeginBeforeTheirTimes(_ time: Int64, _ start: Int64) {
        #expect(RollupLevel.hour.start(of: time) == start)
    }
}
