// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import TelemetryTesting
import Testing

@testable import InferenceWire

@Suite struct CapturesTests {
    @Test func allCapturesAreThere() throws {
        #expect(try CaptureFolder(path: Captures.folder).exchanges.count == Captures.all.count)
        #expect(Captures.all.contains { $0.route != nil })
    }

    @Test(arguments: Captures.all)
    func whatIsReadEqualsTheReference(_ exchange: CapturedExchange) throws {
        guard let route = exchange.route else {
            // Nothing else in the folders is a call that is recorded.
            #expect(exchange.request.method == "GET" || exchange.status == 404 || exchange.status == 405)
            return
        }
        let expected = try ReferenceReader(exchange)
        let seen = exchange.decodeAsRecorded(as: route)
        let isRead = (200..<300).contains(exchange.status)
        #expect(seen.model == expected.model)
        #expect(seen.finishReason == expected.finishReason)
        #expect(seen.reachedEnd == (expected.isFinished || !isRead && exchange.isWhole))
        #expect(seen.reachedEnd != exchange.request.isCutByClient || !isRead)
        #expect(!seen.reportedError)
        #expect(!seen.isMalformed)
        #expect(seen.usage?.prompt == expected.prompt)
        #expect(seen.usage?.cached == expected.cached)
        #expect(seen.usage?.completion == expected.completion)
        #expect(seen.usage?.reasoning == expected.reasoning)
        if let usage = seen.usage { #expect((usage.source == .timings) == expected.isFromTimings) }
        #expect(seen.engineTimings.prefill?.milliseconds.rounded(3) == expected.prefillMilliseconds?.rounded(3))
        #expect(seen.engineTimings.decode?.milliseconds.rounded(3) == expected.decodeMilliseconds?.rounded(3))
    }

    @Test(arguments: Captures.all.filter { $0.route != nil })
    func timesAreThoseOfArrival(_ exchange: CapturedExchange) throws {
        let expected = try ReferenceReader(exchange)
        let seen = exchange.decodeAsRecorded(as: try #require(exchange.route))
        #expect(seen.payloadEvents == expected.payloadEvents)
        #expect(seen.gaps.count == max(0, expected.payloadEvents - 1))
        #expect(seen.firstPayloadAt == expected.firstPayload.map { .at($0 * 1_000) })
        #expect(seen.firstAnswerAt == expected.firstAnswer.map { .at($0 * 1_000) })
        #expect(seen.lastPayloadAt == expected.lastPayload.map { .at($0 * 1_000) })
        if let first = seen.firstPayloadAt, let last = seen.lastPayloadAt {
            #expect(seen.gaps.reduce(.zero, +) == last - first)
        }
        if let tokens = seen.tokensInFirstPayload { #expect(tokens >= 1 && tokens <= expected.completion ?? 0) }
    }

    // Engines say some counts twice: as a sum, and in their timings.
    @Test(arguments: Captures.all.filter { $0.route != nil && (200..<300).contains($0.status) })
    func countsAgreeWithTheirRepetition(_ exchange: CapturedExchange) throws {
        let usage = exchange.decode(as: try #require(exchange.route)).usage
        let texts = String(decoding: exchange.body, as: UTF8.self)
        func last(_ key: String) -> Int? {
            texts.components(separatedBy: "\"\(key)\":").dropFirst().last.flatMap { Int($0.prefix { $0.isNumber }) }
        }
        // With several choices a sum of llama.cpp's is that of one.
        guard let usage, let completion = usage.completion, !exchange.name.hasSuffix("_n2") else { return }
        if let total = last("total_tokens") { #expect(total == (usage.prompt ?? 0) + completion) }
        if let generated = last("predicted_n") { #expect(generated == completion) }
        if let evaluated = last("prompt_n") { #expect(evaluated == usage.promptEvaluated) }
    }

    @Test(arguments: Captures.all.filter { $0.route != nil })
    func anySplitGivesTheSame(_ exchange: CapturedExchange) throws {
        let route = try #require(exchange.route)
        let whole = exchange.decode(as: route)
        let count = exchange.body.count
        if count <= 2_500 {
            for position in 0...count {
                let split = exchange.decode(as: route, cutAt: [position])
                #expect(split == whole, "cut at \(position)")
                if split != whole { return }
            }
        }
        #expect(exchange.decode(as: route, cutAt: Array(0..<count)) == whole, "byte by byte")
        var random = SeededGenerator(seed: UInt64(count))
        for round in 0..<(count > 50_000 ? 10 : 40) {
            let cuts = (0..<Int.random(in: 1...30, using: &random)).map { _ in Int.random(in: 0...count, using: &random)
            }
            #expect(exchange.decode(as: route, cutAt: cuts.sorted()) == whole, "round \(round)")
        }
    }
}

extension Double {
    // To a number of decimals.
    fileprivate func rounded(_ decimals: Int) -> Double {
        let scale = (0..<decimals).reduce(1.0) { product, _ in product * 10 }
        return (self * scale).rounded() / scale
    }
}
