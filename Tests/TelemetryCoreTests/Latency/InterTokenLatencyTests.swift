// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// Gaps between the tokens of one call, from instants and from durations.
@Suite struct InterTokenLatencyTests {
    private func instants(_ milliseconds: [Int64]) -> [MonotonicInstant] {
        milliseconds.map { MonotonicInstant(nanoseconds: $0 * 1_000_000) }
    }

    @Test(arguments: [[], [5]] as [[Int64]])
    func fewerThanTwoTokensHaveNoGaps(_ times: [Int64]) throws {
        let made = try InterTokenLatencyStatistics(tokenTimes: instants(times))
        #expect(made.mean == nil && made.p50 == nil && made.p99 == nil && made.standardDeviation == nil)
        #expect(made.minimum == nil && made.maximum == nil && made.gaps == GapStatistics())
    }

    /// Defect 47: the mean divides by the gaps, not by the tokens.
    @Test func theMeanIsOverGaps() throws {
        let made = try InterTokenLatencyStatistics(tokenTimes: instants([0, 200]))
        #expect(made.mean == .milliseconds(200) && made.gaps.count == 1)
        #expect(made.standardDeviation == nil)
        let three = try InterTokenLatencyStatistics(tokenTimes: instants([0, 10, 30]))
        #expect(three.mean == .milliseconds(15) && three.p50 == .milliseconds(15))
        #expect(three.minimum == .milliseconds(10) && three.maximum == .milliseconds(20))
    }

    @Test func tokensOfOneReadHaveGapsOfZero() throws {
        let made = try InterTokenLatencyStatistics(tokenTimes: instants([7, 7, 7, 7]))
        #expect(made.mean == .zero && made.p99 == .zero && made.standardDeviation == .zero)
        #expect(made.minimum == .zero && made.gaps.count == 3)
    }

    /// Defect 43: a clock that steps back is refused, wherever it does.
    @Test(arguments: [[1, 0], [0, 1, 2, 1], [5, 6, 4], [0, -1]] as [[Int64]])
    func aStepBackIsRefused(_ times: [Int64]) {
        #expect(throws: CalculationError.self) { try InterTokenLatencyStatistics(tokenTimes: instants(times)) }
        #expect(throws: CalculationError.self) {
            try InterTokenLatencyStatistics(tokenTimes: times.map { Duration.milliseconds($0) })
        }
    }

    @Test func aRefusalNamesItsKind() {
        do {
            _ = try InterTokenLatencyStatistics(tokenTimes: instants([1, 0]))
            Issue.record("a step back was taken")
        } catch {
            #expect(error.code == .times)
            #expect(error.description == error.message && !error.message.isEmpty)
        }
    }

    @Test func instantsAndDurationsSayTheSame() throws {
        var random = SeededGenerator(seed: 21)
        var time: Int64 = 1 << 61
        var times: [MonotonicInstant] = []
        for _ in 0..<700 {
            times.append(MonotonicInstant(nanoseconds: time))
            time += Int64.random(in: 0...50_000_000, using: &random)
        }
        let first = times[0]
        let fromInstants = try InterTokenLatencyStatistics(tokenTimes: times)
        let fromDurations = try InterTokenLatencyStatistics(tokenTimes: times.map { $0 - first })
        #expect(fromInstants == fromDurations)
        let gaps = try #require(GapStatistics(gaps: zip(times.dropFirst(), times).map { $0 - $1 }))
        #expect(gaps == fromInstants.gaps)
        let mean = try #require(fromInstants.mean)
        let whole = times[times.count - 1] - first
        #expect(abs((mean * (times.count - 1) - whole).attoseconds) < 1_000_000_000_000)
    }

    @Test func gapsOfADayKeepTheirNanoseconds() throws {
        let day = Duration.seconds(86_400) + .nanoseconds(1)
        let gaps = try #require(GapStatistics(gaps: [day, day, day]))
        #expect(gaps.mean == day && gaps.median == day && gaps.standardDeviation == .zero)
        #expect(GapStatistics(gaps: []) == nil)
    }
}
