// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import InferenceWire

/// Captures damaged at random, always in the same way.
@Suite struct FuzzCapturesTests {
    private static let rounds = 60

    @Test(arguments: Captures.all.filter { $0.route != nil && (200..<300).contains($0.status) })
    func damageDoesNoHarm(_ exchange: CapturedExchange) throws {
        let route = try #require(exchange.route)
        var random = SeededGenerator(seed: exchange.name.utf8.reduce(UInt64(1)) { $0 &* 31 &+ UInt64($1) })
        let body = Array(exchange.body.prefix(12_000))
        for _ in 0..<Self.rounds {
            let damaged = damage(body, &random)
            let whole = decode(damaged, exchange, route, cuts: [])
            check(whole, size: damaged.count)
            let cuts = (0..<5).map { _ in Int.random(in: 0...damaged.count, using: &random) }.sorted()
            #expect(decode(damaged, exchange, route, cuts: cuts) == whole)
            checkFilter(damaged, cuts: cuts)
        }
    }

    @Test(arguments: Captures.all.filter { $0.route != nil && !$0.request.body.isEmpty })
    func damagedRequestsDoNoHarm(_ exchange: CapturedExchange) throws {
        let route = try #require(exchange.route)
        var random = SeededGenerator(seed: UInt64(exchange.raw.count))
        for _ in 0..<Self.rounds {
            let damaged = damage(exchange.request.body, &random)
            let facts = RequestFacts(damaged, route)
            #expect(facts.choices >= 1)
            #expect(facts.promptBytes >= 0 && facts.promptBytes <= 4 * damaged.count)
            damaged.withUnsafeBytes { bytes in
                guard let splice = RequestSplice.askingForUsage(body: bytes, route: route) else { return }
                #expect(!facts.isMalformed && facts.isStreaming && !facts.asksForUsage)
                #expect(splice.range.lowerBound >= 0 && splice.range.upperBound <= bytes.count)
            }
            damaged.withUnsafeBytes { _ = RequestSplice.isRefused(status: 422, body: $0) }
        }
    }

    private func decode(
        _ bytes: [UInt8],
        _ exchange: CapturedExchange,
        _ route: MeteredRoute,
        cuts: [Int]
    ) -> InferenceObservation {
        var decoder = exchange.decoder(for: route)
        var start = 0
        for end in cuts + [bytes.count] {
            decoder.consume(bytes[start..<end], at: .at(5))
            #expect(decoder.heldBytes <= bytes.count)
            start = end
        }
        decoder.finish(at: .at(9), cleanly: true)
        return decoder.observation
    }

    private func check(_ seen: InferenceObservation, size: Int) {
        for count in [seen.usage?.prompt, seen.usage?.cached, seen.usage?.promptEvaluated, seen.usage?.completion] {
            if let count { #expect(count >= 0 && count <= 300_000_000_000) }
        }
        if let prompt = seen.usage?.prompt, let cached = seen.usage?.cached { #expect(cached <= prompt) }
        for duration in [seen.engineTimings.prefill, seen.engineTimings.decode].compactMap(\.self) {
            #expect(duration >= .zero && duration <= .seconds(31 * 86_400))
        }
        #expect(seen.payloadEvents >= 0 && seen.payloadEvents <= size)
        #expect(seen.gaps.count == max(0, seen.payloadEvents - 1))
        #expect((seen.firstPayloadAt == nil) == (seen.payloadEvents == 0))
        if let tokens = seen.tokensInFirstPayload { #expect(tokens > 0) }
        #expect((seen.model?.utf8.count ?? 0) <= 1_024)
    }

    // Whatever goes in, only whole lines are missing from what comes out, and the split makes no difference.
    private func checkFilter(_ bytes: [UInt8], cuts: [Int]) {
        var whole = UsageEventFilter()
        let expected = bytes.withUnsafeBytes { whole.pass($0) } + whole.finish()
        var split = UsageEventFilter()
        var output: [UInt8] = []
        var start = 0
        for end in cuts + [bytes.count] {
            output += Array(bytes[start..<end]).withUnsafeBytes { split.pass($0) }
            start = end
        }
        #expect(output + split.finish() == expected)
        #expect(expected.count <= bytes.count)
    }

    private func damage(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let position = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, position + Int.random(in: 1...200, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes.removeSubrange(position..<end)
            case 2: bytes.insert(contentsOf: bytes[position..<end], at: position)
            case 3: bytes.insert(Self.sharp.randomElement(using: &random) ?? 0, at: position)
            case 4: bytes.removeSubrange(position...)
            default: bytes[position] = UInt8.random(in: 0...255, using: &random)
            }
        }
        return bytes
    }

    // Bytes on which grammars turn.
    private static let sharp = Array("\"\\{}[],:0-9eE.\n\r\u{0}un ".utf8)
}
