// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// Operations of a model: counted pass by pass, against the sums in closed form.
@Suite struct ModelFLOPsPropertyTests {
    private func size(attention: Bool) throws -> ModelSize {
        try ModelSize(
            parameters: 1_000,
            activeParameters: 250,
            attention: attention ? ModelSize.Attention(layers: 3, width: 8) : nil
        )
    }

    /// One token at a position, counted from 1: twice the active parameters, and attention to all up to it.
    private func token(at position: Int, attention: Bool) -> Double {
        2 * 250 + (attention ? 4 * 3 * 8 * Double(position) : 0)
    }

    @Test(arguments: [false, true], [(0, 0, 0), (1, 0, 0), (0, 1, 0), (7, 5, 0), (7, 5, 3), (7, 5, 7), (100, 1, 99)])
    func aCachePassesEachTokenOnce(attention: Bool, counts: (Int, Int, Int)) throws {
        let (input, output, cached) = counts
        let made = try ModelFLOPs.estimate(
            try size(attention: attention),
            inputTokens: input,
            outputTokens: output,
            cachedTokens: cached
        )
        let prefill = (cached..<input).reduce(0.0) { $0 + token(at: $1 + 1, attention: attention) }
        let decode = (input..<input + output).reduce(0.0) { $0 + token(at: $1 + 1, attention: attention) }
        #expect(made.prefill == prefill && made.decode == decode)
        #expect(made.total == prefill + decode && made.tokens == input + output)
        #expect(made.perToken == (input + output > 0 ? (prefill + decode) / Double(input + output) : nil))
    }

    @Test(arguments: [false, true], [(0, 0), (1, 0), (0, 1), (0, 4), (5, 1), (5, 6), (20, 30)])
    func withoutACacheEachStepPassesAll(attention: Bool, counts: (Int, Int)) throws {
        let (input, output) = counts
        let made = try ModelFLOPs.withoutKVCache(
            try size(attention: attention),
            inputTokens: input,
            outputTokens: output
        )
        func pass(_ length: Int) -> Double { (0..<length).reduce(0.0) { $0 + token(at: $1 + 1, attention: attention) } }
        let start = output > 0 ? max(input, 1) : input
        let decode = (1..<max(output, 1)).reduce(0.0) { $0 + pass(start + $1) }
        #expect(abs(made.prefill - pass(start)) <= pass(start) * 1e-12)
        #expect(abs(made.decode - decode) <= decode * 1e-12)
    }

    @Test func aCacheNeverCostsMore() throws {
        var random = SeededGenerator(seed: 6)
        let model = try size(attention: true)
        for _ in 0..<300 {
            let (input, output) = (Int.random(in: 1...500, using: &random), Int.random(in: 2...500, using: &random))
            let with = try ModelFLOPs.estimate(model, inputTokens: input, outputTokens: output)
            let without = try ModelFLOPs.withoutKVCache(model, inputTokens: input, outputTokens: output)
            #expect(with.decode < without.decode && with.prefill <= without.prefill)
        }
    }

    @Test(arguments: [(-1, 0, 0), (0, -1, 0), (0, 0, -1), (3, 1, 4)])
    func countsThatCannotBeAreRefused(_ counts: (Int, Int, Int)) throws {
        let model = try size(attention: false)
        #expect(throws: CalculationError.self) {
            try ModelFLOPs.estimate(model, inputTokens: counts.0, outputTokens: counts.1, cachedTokens: counts.2)
        }
        if counts.2 == 0 {
            #expect(throws: CalculationError.self) {
                try ModelFLOPs.withoutKVCache(model, inputTokens: counts.0, outputTokens: counts.1)
            }
        }
    }

    /// Counts whose sum is beyond the range are refused, and do not trap.
    @Test func countsBeyondTheRangeAreRefused() throws {
        let model = try size(attention: true)
        #expect(throws: CalculationError.self) {
            try ModelFLOPs.estimate(model, inputTokens: .max, outputTokens: 1)
        }
        #expect(throws: CalculationError.self) {
            try ModelFLOPs.withoutKVCache(model, inputTokens: 1, outputTokens: .max)
        }
        #expect(try ModelFLOPs.estimate(model, inputTokens: .max - 1, outputTokens: 1).tokens == .max)
    }

    @Test func utilisationIsOfAllDevices() throws {
        let one = try ModelFLOPs.modelFLOPsUtilization(flops: 50, duration: .seconds(1), peak: 100)
        #expect(one?.percent == 50 && one?.isSuspect == false)
        let two = try ModelFLOPs.modelFLOPsUtilization(flops: 50, duration: .seconds(1), peak: 100, devices: 2)
        #expect(two?.percent == 25)
        let much = try ModelFLOPs.modelFLOPsUtilization(flops: 101, duration: .seconds(1), peak: 100)
        #expect(much?.isSuspect == true)
        #expect(try ModelFLOPs.modelFLOPsUtilization(flops: 0, duration: .seconds(1), peak: 100)?.percent == 0)
    }

    @Test(arguments: [nil, 0, -1, Double.nan] as [Double?])
    func anUnknownPeakHasNoUtilisation(_ peak: Double?) throws {
        #expect(try ModelFLOPs.modelFLOPsUtilization(flops: 1, duration: .seconds(1), peak: peak) == nil)
        #expect(try ModelFLOPs.modelFLOPsUtilization(flops: 1, duration: .zero, peak: 100) == nil)
    }

    @Test func workThatCannotBeIsRefused() {
        for (flops, devices) in [(-1.0, 1), (.nan, 1), (.infinity, 1), (1, 0), (1, -2)] {
            #expect(throws: CalculationError.self) {
                try ModelFLOPs.modelFLOPsUtilization(flops: flops, duration: .seconds(1), peak: 1, devices: devices)
            }
        }
        #expect(throws: CalculationError.self) {
            try ModelFLOPs.modelFLOPsUtilization(flops: 1, duration: .seconds(-1), peak: 1)
        }
    }

    @Test(arguments: [0, -1, Double.nan, .infinity])
    func sizesThatCannotBeAreRefused(_ bad: Double) {
        #expect(throws: CalculationError.self) { try ModelSize(parameters: bad) }
        #expect(throws: CalculationError.self) { try ModelSize(parameters: 10, activeParameters: bad) }
        #expect(throws: CalculationError.self) { try ModelSize(parameters: 10, bytesPerParameter: bad) }
        #expect(throws: CalculationError.self) { try AcceleratorPeaks(flopsPerSecond: bad) }
        #expect(throws: CalculationError.self) { try AcceleratorPeaks(bytesPerSecond: bad) }
        #expect(throws: CalculationError.self) { try ModelSize(parameters: 10, activeParameters: 11) }
        #expect(ModelSize.Attention(layers: 0, width: 1) == nil && ModelSize.Attention(layers: 1, width: -1) == nil)
    }

    /// A batch reads no less than one sequence does, no more than all, and never less than a smaller batch.
    @Test func aLargerBatchReadsMoreExpertsUpToAll() throws {
        let model = try ModelSize(parameters: 47e9, activeParameters: 13e9)
        var last = model.parametersRead(batchSize: 1)
        #expect(last == 13e9)
        for step in 1...400 {
            let read = model.parametersRead(batchSize: 1 + Double(step) * 0.25)
            #expect(read >= last && read <= 47e9)
            last = read
        }
        let two = model.parametersRead(batchSize: 2)
        #expect(abs(two - 47e9 * (1 - (34.0 / 47) * (34.0 / 47))) < 1)
        #expect(abs(model.parametersRead(batchSize: 1.5) - (13e9 + two) / 2) < 1)
        #expect(model.parametersRead(batchSize: .infinity) == 47e9)
        #expect(model.parametersRead(batchSize: .nan) == 13e9)
        #expect(model.parametersRead(batchSize: 0) == 13e9)
        #expect(try ModelSize(parameters: 7e9).parametersRead(batchSize: 64) == 7e9)
    }

    @Test func accuracyPerJouleNeedsBoth() throws {
        let model = try ModelSize(parameters: 1)
        let peaks = try AcceleratorPeaks()
        func made(_ energy: Energy?, _ accuracy: Double?) throws -> Double? {
            try EfficiencyMetrics(
                model: model,
                accelerator: peaks,
                tokensPerSecond: 1,
                energy: energy,
                accuracy: accuracy
            ).intelligencePerJoule
        }
        #expect(try made(.joules(2), 0.5) == 0.25)
        #expect(try made(.joules(2), 0) == 0)
        #expect(try made(nil, 0.5) == nil)
        #expect(try made(.joules(2), nil) == nil)
        #expect(try made(.zero, 0.5) == nil)
        #expect(throws: CalculationError.self) { try made(.joules(2), 1.01) }
        #expect(throws: CalculationError.self) { try made(.joules(2), .nan) }
        #expect(throws: CalculationError.self) { try made(.joules(-2), 0.5) }
    }

    @Test func whatIsNotKnownOfADeviceIsAbsent() throws {
        let model = try ModelSize(parameters: 1e9)
        let made = try EfficiencyMetrics(model: model, accelerator: try AcceleratorPeaks(), tokensPerSecond: 10)
        #expect(made.modelFLOPsUtilization == nil && made.modelBandwidthUtilization == nil)
        #expect(made.peakFLOPS == nil && made.peakBytesPerSecond == nil)
        #expect(made.actualFLOPS == 2e10 && made.actualBytesPerSecond == 2e10)
        for (rate, batch, cache, devices) in [
            (-1.0, 1.0, 0.0, 1), (1, 0.5, 0, 1), (1, .infinity, 0, 1), (1, 1, -1, 1), (1, 1, 0, 0),
        ] {
            #expect(throws: CalculationError.self) {
                try EfficiencyMetrics(
                    model: model,
                    accelerator: try AcceleratorPeaks(),
                    tokensPerSecond: rate,
                    devices: devices,
                    batchSize: batch,
                    cacheBytesPerToken: cache
                )
            }
        }
    }
}
