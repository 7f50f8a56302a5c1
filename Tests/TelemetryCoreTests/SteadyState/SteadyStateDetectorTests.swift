// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@Suite struct SteadyStateDetectorTests {
    private func detector(
        warmup: Int = 0,
        window: Int = 3,
        steady: Int = 1,
        _ change: (inout SteadyStateConfiguration) -> Void = { _ in }
    ) throws -> SteadyStateDetector {
        var configuration = SteadyStateConfiguration()
        configuration.warmupSamples = warmup
        configuration.windowSize = window
        configuration.minimumSteadyWindows = steady
        change(&configuration)
        return try SteadyStateDetector(configuration: configuration)
    }

    @Test func theDefaultsAreTheOriginals() {
        let configuration = SteadyStateConfiguration()
        #expect(configuration.warmupSamples == 5)
        #expect(configuration.windowSize == 5)
        #expect(configuration.variationThreshold == 0.05)
        #expect(configuration.minimumSteadyWindows == 3)
        #expect(configuration.metric == .throughput)
    }

    @Test func anErraticSeriesIsNeverSteady() throws {
        var detector = try detector(warmup: 2) { $0.variationThreshold = 0.01 }
        for index in 0..<20 { #expect(try !detector.record(throughput: index.isMultiple(of: 2) ? 10 : 1_000)) }
        #expect(detector.result.totalSamples == 20)
    }

    @Test func resetForgetsEverything() throws {
        var detector = try detector()
        for _ in 0..<5 { try detector.record(throughput: 1) }
        detector.reset()
        #expect(detector.result == SteadyStateResult())
        #expect(try !detector.record(throughput: 1))
    }

    @Test func onceReachedItStaysUnlessAsked() throws {
        let series: [Double] = [10, 10, 10, 500, 10, 10, 10]
        var latched = try detector()
        #expect(try series.map { try latched.record(throughput: $0) } == [false, false, true, true, true, true, true])
        var unlatching = try detector { $0.unlatches = true }
        #expect(
            try series.map { try unlatching.record(throughput: $0) } == [false, false, true, false, false, false, true]
        )
        #expect(unlatching.result.steadyThroughputs == [10, 10])
    }

    @Test func aSampleWithoutTheMetricStartsTheWindowAnew() throws {
        var detector = try detector(window: 2) { $0.metric = .energy }
        let joule = Energy.joules(1)
        #expect(try !detector.record(throughput: 5, energy: joule))
        #expect(try !detector.record(throughput: 5, energy: nil))
        #expect(try !detector.record(throughput: 5, energy: joule))
        #expect(try detector.record(throughput: 5, energy: joule))
        #expect(detector.result.steadyEnergies == [joule])
    }

    @Test func anOutlierThatHasLeftTheWindowLeavesNothingBehind() throws {
        var detector = try detector(window: 4) { $0.variationThreshold = 1e-12 }
        try detector.record(throughput: 1e17)
        for _ in 0..<3 { try detector.record(throughput: 0.1) }
        #expect(try detector.record(throughput: 0.1))
    }

    @Test func defect51OnlySamplesFromTheSteadyStateOnAreSteady() throws {
        var detector = try detector(warmup: 2)
        for value in [50, 60, 100, 101, 100, 99.5] { try detector.record(throughput: value) }
        #expect(detector.result.warmupThroughputs == [50, 60])
        #expect(detector.result.steadyThroughputs == [100, 99.5])
        #expect(detector.result.steadyStateSamples == 2)
        var erratic = try self.detector(warmup: 2)
        for index in 0..<10 { try erratic.record(throughput: index.isMultiple(of: 2) ? 10 : 1_000) }
        #expect(erratic.result.steadyStateSamples == 0)
    }

    @Test func defect52TheConfiguredMetricIsWhatMustBeSteady() throws {
        var detector = try detector { $0.metric = .energy }
        for joules in [1.0, 50, 900] {
            #expect(try !detector.record(throughput: 100, energy: Energy.joules(joules)))
        }
    }

    @Test(arguments: [
        (-1, 3, 1, 0.05), (0, 1, 1, 0.05), (0, 0, 1, 0.05), (0, 3, 0, 0.05), (0, 3, 1, -0.1), (0, 3, 1, .nan),
    ])
    func defect53NonsenseConfigurationsAreRefused(warmup: Int, window: Int, steady: Int, threshold: Double) {
        #expect {
            try detector(warmup: warmup, window: window, steady: steady) { $0.variationThreshold = threshold }
        } throws: {
            ($0 as? CalculationError)?.code == .configuration
        }
    }

    @Test func defect53NegativeMeansAndSamplesThatAreNoNumbers() throws {
        var detector = try detector(window: 2)
        try detector.record(throughput: -1)
        #expect(try !detector.record(throughput: -100), "a negative mean is not a small variation")
        for value in [Double.nan, .infinity] {
            #expect(throws: CalculationError.self) { try detector.record(throughput: value) }
        }
        #expect(detector.result.totalSamples == 2, "a refused sample is not counted")
    }
}
