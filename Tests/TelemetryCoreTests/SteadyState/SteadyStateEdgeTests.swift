// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// Steady state at the edges of its rule.
@Suite struct SteadyStateEdgeTests {
    private func detector(_ change: (inout SteadyStateConfiguration) -> Void) throws -> SteadyStateDetector {
        var configuration = SteadyStateConfiguration()
        change(&configuration)
        return try SteadyStateDetector(configuration: configuration)
    }

    @Test(
        arguments: [
            { $0.warmupSamples = -1 }, { $0.windowSize = 1 }, { $0.windowSize = 0 }, { $0.windowSize = .min },
            { $0.minimumSteadyWindows = 0 }, { $0.variationThreshold = -0.1 }, { $0.variationThreshold = .nan },
            { $0.variationThreshold = .infinity },
        ] as [@Sendable (inout SteadyStateConfiguration) -> Void]
    )
    func whatNoSeriesOrAnySeriesWouldSatisfyIsRefused(_ change: @Sendable (inout SteadyStateConfiguration) -> Void) {
        #expect(throws: CalculationError.self) { try detector(change) }
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func aSampleThatIsNoNumberIsNotCounted(_ bad: Double) throws {
        var detector = try detector { $0.warmupSamples = 0 }
        #expect(throws: CalculationError.self) { try detector.record(throughput: bad) }
        #expect(detector.result.totalSamples == 0)
        for _ in 0..<7 { try detector.record(throughput: 100) }
        #expect(detector.result.steadyStateReached)
    }

    /// Five samples fill a window, three windows in a row are steady: the seventh sample is the first that counts.
    @Test func theFirstSteadySampleIsTheOneThatFillsTheLastWindow() throws {
        var detector = try detector { $0.warmupSamples = 2 }
        let states = try (0..<12).map { _ in try detector.record(throughput: 50) }
        #expect(states == Array(repeating: false, count: 8) + Array(repeating: true, count: 4))
        #expect(detector.result.warmupSamples == 2 && detector.result.steadyStateSamples == 4)
        #expect(detector.result.totalSamples == 12)
    }

    /// Defect 53: neither a negative mean nor zeros make a series steady by themselves.
    @Test func signsDoNotMakeASeriesSteady() throws {
        var erratic = try detector { $0.warmupSamples = 0 }
        for number in 0..<50 { try erratic.record(throughput: number % 2 == 0 ? -10 : -100) }
        #expect(!erratic.result.steadyStateReached)
        var zeros = try detector { $0.warmupSamples = 0 }
        for _ in 0..<50 { try zeros.record(throughput: 0) }
        #expect(!zeros.result.steadyStateReached)
        var negative = try detector { $0.warmupSamples = 0 }
        for _ in 0..<50 { try negative.record(throughput: -10) }
        #expect(negative.result.steadyStateReached)
    }

    @Test(arguments: [1e-300, 1, 1e300])
    func magnitudeDoesNotMatter(_ scale: Double) throws {
        var steady = try detector { $0.warmupSamples = 0 }
        var erratic = try detector { $0.warmupSamples = 0 }
        for number in 0..<20 {
            try steady.record(throughput: scale * (number % 2 == 0 ? 1 : 1.01))
            try erratic.record(throughput: scale * (number % 2 == 0 ? 1 : 2))
        }
        #expect(steady.result.steadyStateReached && !erratic.result.steadyStateReached)
    }

    /// A constant series after an outlier is constant: nothing of the outlier is left once it is out of the window.
    @Test func anOutlierLeavesNothingBehind() throws {
        var detector = try detector { $0.warmupSamples = 0 }
        try detector.record(throughput: 1e200)
        for _ in 0..<6 { try detector.record(throughput: 1) }
        #expect(!detector.result.steadyStateReached)
        try detector.record(throughput: 1)
        #expect(detector.result.steadyStateReached)
    }

    @Test func aThresholdOfZeroIsNeverReached() throws {
        var detector = try detector {
            $0.warmupSamples = 0
            $0.variationThreshold = 0
        }
        for _ in 0..<30 { try detector.record(throughput: 5) }
        #expect(!detector.result.steadyStateReached)
    }

    @Test func itStaysUnlessItMayEnd() throws {
        for unlatches in [false, true] {
            var detector = try detector {
                $0.warmupSamples = 0
                $0.unlatches = unlatches
            }
            for _ in 0..<10 { try detector.record(throughput: 5) }
            #expect(detector.result.steadyStateReached)
            try detector.record(throughput: 500)
            #expect(detector.result.steadyStateReached != unlatches)
            for _ in 0..<20 { try detector.record(throughput: 5) }
            #expect(detector.result.steadyStateReached)
        }
    }

    @Test func energyThatWasNotMeasuredBreaksTheWindow() throws {
        var detector = try detector {
            $0.warmupSamples = 0
            $0.metric = .energy
        }
        for _ in 0..<6 { try detector.record(throughput: 1, energy: .joules(10)) }
        try detector.record(throughput: 1, energy: nil)
        for _ in 0..<6 { try detector.record(throughput: 1, energy: .joules(10)) }
        #expect(!detector.result.steadyStateReached)
        try detector.record(throughput: 1, energy: .joules(10))
        #expect(detector.result.steadyStateReached)
        #expect(detector.result.steadyEnergies == [.joules(10)])
    }

    @Test func forgettingBeginsAnew() throws {
        var detector = try detector { _ in }
        for _ in 0..<30 { try detector.record(throughput: 9) }
        detector.reset()
        #expect(detector.result == SteadyStateResult())
        #expect(try detector.record(throughput: 9) == false)
        #expect(detector.result.warmupSamples == 1)
    }

    /// The rule written out, over random series.
    @Test func randomSeriesFollowTheRule() throws {
        var random = SeededGenerator(seed: 41)
        for _ in 0..<200 {
            let size = Int.random(in: 2...6, using: &random)
            let needed = Int.random(in: 1...4, using: &random)
            var detector = try detector {
                ($0.warmupSamples, $0.windowSize, $0.minimumSteadyWindows, $0.unlatches) = (0, size, needed, true)
            }
            var series: [Double] = []
            var run = 0
            for _ in 0..<30 {
                let value = Bool.random(using: &random) ? 100 : Double.random(in: 97...107, using: &random)
                series.append(value)
                let isSteady = try detector.record(throughput: value)
                let window = series.suffix(size)
                let mean = window.reduce(0, +) / Double(size)
                let deviation = SampleStatistics(Array(window))?.standardDeviation ?? .infinity
                run = series.count >= size && deviation / mean < 0.05 ? run + 1 : 0
                if run >= needed { #expect(isSteady) }
                if run == 0 { #expect(!isSteady) }
            }
        }
    }
}
