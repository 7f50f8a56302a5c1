// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@Suite struct EfficiencyTests {
    private let dense = try? ModelSize(parameters: 8e9)
    private let mixture = try? ModelSize(parameters: 47e9, activeParameters: 13e9)
    private let accelerator = try? AcceleratorPeaks(flopsPerSecond: 312e12, bytesPerSecond: 2039e9)

    @Test func prefillAndDecodeAreApart() throws {
        let flops = try ModelFLOPs.estimate(#require(dense), inputTokens: 100, outputTokens: 50)
        #expect(flops.prefill == 1.6e12)
        #expect(flops.decode == 0.8e12)
        #expect(flops.total == 2.4e12)
        #expect(flops.perToken == 16e9)
    }

    @Test func aCachedPrefixIsNotWorkedOnAgain() throws {
        let flops = try ModelFLOPs.estimate(#require(dense), inputTokens: 100, outputTokens: 0, cachedTokens: 80)
        #expect(flops.total == 20 * 16e9)
        let all = try ModelFLOPs.estimate(#require(dense), inputTokens: 100, outputTokens: 0, cachedTokens: 100)
        #expect(all.total == 0)
    }

    /// Adds up token by token what the formulas give at once.
    @Test(arguments: [(0, 0), (1, 0), (0, 3), (5, 1), (7, 4), (30, 12)])
    func attentionIsTheSumOverContexts(input: Int, output: Int) throws {
        let shape = ModelSize.Attention(layers: 3, width: 10)
        let model = try ModelSize(parameters: 100, attention: shape)
        func pass(_ positions: ClosedRange<Int>) -> Double {
            positions.reduce(0) { $0 + 200 + 4 * 3 * 10 * Double($1) }
        }
        let cached = try ModelFLOPs.estimate(model, inputTokens: input, outputTokens: output)
        #expect(cached.total == (input + output > 0 ? pass(1...(input + output)) : 0))
        let whole = try ModelFLOPs.withoutKVCache(model, inputTokens: input, outputTokens: output)
        let start = output > 0 ? max(input, 1) : input
        var wanted = start > 0 ? pass(1...start) : 0
        for step in 1..<max(output, 1) { wanted += pass(1...(start + step)) }
        #expect(whole.total == wanted)
    }

    @Test func utilisationIsAbsentWhereItHasNoMeaning() throws {
        #expect(try ModelFLOPs.modelFLOPsUtilization(flops: 1, duration: .seconds(1), peak: nil) == nil)
        #expect(try ModelFLOPs.modelFLOPsUtilization(flops: 1, duration: .zero, peak: 1) == nil)
        #expect(try ModelFLOPs.modelFLOPsUtilization(flops: 0, duration: .seconds(1), peak: 1)?.percent == 0)
    }

    @Test func aBatchSharesTheReadsOfItsWeights() throws {
        func metrics(_ model: ModelSize, _ batch: Double) throws -> EfficiencyMetrics {
            try EfficiencyMetrics(
                model: model,
                accelerator: #require(accelerator),
                tokensPerSecond: 2_000,
                batchSize: batch
            )
        }
        #expect(try metrics(#require(dense), 1).modelBandwidthUtilization?.isSuspect == true)
        let batched = try metrics(#require(dense), 32)
        #expect(batched.modelBandwidthUtilization?.isSuspect == false)
        #expect(batched.bytesPerToken == 16e9 / 32)
        let one = try metrics(#require(mixture), 1)
        let many = try metrics(#require(mixture), 64)
        #expect(one.bytesPerToken == 26e9)
        #expect(abs(many.bytesPerToken * 64 / 94e9 - 1) < 1e-6, "64 sequences touch nearly every expert")
    }

    @Test func aCacheAddsToTheReads() throws {
        let metrics = try EfficiencyMetrics(
            model: #require(dense),
            accelerator: #require(accelerator),
            tokensPerSecond: 10,
            cacheBytesPerToken: 1e9
        )
        #expect(metrics.actualBytesPerSecond == 170e9)
    }

    @Test func unknownIsAbsent() throws {
        let metrics = try EfficiencyMetrics(
            model: #require(dense),
            accelerator: AcceleratorPeaks(),
            tokensPerSecond: 10,
            energy: .zero,
            accuracy: 0.5
        )
        #expect(metrics.modelFLOPsUtilization == nil)
        #expect(metrics.modelBandwidthUtilization == nil)
        #expect(metrics.peakFLOPS == nil)
        #expect(metrics.intelligencePerJoule == nil)
    }

    @Test func defect59AMixtureCountsItsActiveParameters() throws {
        let mixture = try #require(mixture)
        #expect(try ModelFLOPs.estimate(mixture, inputTokens: 1, outputTokens: 0).total == 26e9)
        let metrics = try EfficiencyMetrics(model: mixture, accelerator: #require(accelerator), tokensPerSecond: 50)
        #expect(metrics.modelBandwidthUtilization?.isSuspect == false)
        #expect(metrics.actualBytesPerSecond == 1300e9)
    }

    @Test func defect60WithoutACacheThePromptIsOnePass() throws {
        let flops = try ModelFLOPs.withoutKVCache(#require(dense), inputTokens: 10_000, outputTokens: 10)
        #expect(flops.total == 100_045 * 16e9)
        #expect(flops.prefill == 10_000 * 16e9)
    }

    @Test func defect61WhatCannotBeRightIsRefusedOrMarked() throws {
        let dense = try #require(dense)
        let accelerator = try #require(accelerator)
        let refusals: [() throws -> Void] = [
            { _ = try ModelFLOPs.modelFLOPsUtilization(flops: 1, duration: .seconds(1), peak: 1, devices: 0) },
            { _ = try ModelFLOPs.modelFLOPsUtilization(flops: -1, duration: .seconds(1), peak: 1) },
            { _ = try ModelFLOPs.modelFLOPsUtilization(flops: 1, duration: .seconds(-1), peak: 1) },
            { _ = try ModelFLOPs.estimate(dense, inputTokens: -1, outputTokens: 0) },
            { _ = try ModelFLOPs.estimate(dense, inputTokens: 1, outputTokens: 0, cachedTokens: 2) },
            { _ = try ModelFLOPs.withoutKVCache(dense, inputTokens: 0, outputTokens: -1) },
            { _ = try ModelSize(parameters: 0) },
            { _ = try ModelSize(parameters: 1, activeParameters: 0) },
            { _ = try ModelSize(parameters: 1, activeParameters: 2) },
            { _ = try ModelSize(parameters: .nan) },
            { _ = try AcceleratorPeaks(flopsPerSecond: 0) },
            { _ = try EfficiencyMetrics(model: dense, accelerator: accelerator, tokensPerSecond: -1) },
            { _ = try EfficiencyMetrics(model: dense, accelerator: accelerator, tokensPerSecond: 1, devices: 0) },
            { _ = try EfficiencyMetrics(model: dense, accelerator: accelerator, tokensPerSecond: 1, batchSize: 0.5) },
            { _ = try EfficiencyMetrics(model: dense, accelerator: accelerator, tokensPerSecond: 1, accuracy: 1.5) },
        ]
        for refusal in refusals { #expect(throws: CalculationError.self) { try refusal() } }
        let impossible = try ModelFLOPs.modelFLOPsUtilization(flops: 1e16, duration: .seconds(1), peak: 989.5e12)
        #expect(impossible?.isSuspect == true)
    }
}
