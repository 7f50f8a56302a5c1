// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryProxy

@Suite struct InflaterTests {
    private func inflate(_ pieces: [[UInt8]], isGzip: Bool) throws -> String {
        var inflater = Inflater(isGzip: isGzip)
        var output: [UInt8] = []
        for piece in pieces {
            try piece.withUnsafeBytes { try inflater.inflate($0) { output += $0 } }
        }
        return String(decoding: output, as: UTF8.self)
    }

    @Test(arguments: DeflateSamples.all)
    func everyFormIsUndoneInOnePiece(sample: DeflateSamples.Case) throws {
        #expect(try inflate([sample.bytes], isGzip: sample.isGzip) == DeflateSamples.text)
    }

    @Test(arguments: DeflateSamples.all)
    func everySplitGivesTheSame(sample: DeflateSamples.Case) throws {
        let bytes = sample.bytes
        // Every place of the short ones; of the long ones every third.
        for place in stride(from: 0, through: bytes.count, by: bytes.count > 500 ? 3 : 1) {
            let pieces = [Array(bytes[..<place]), Array(bytes[place...])]
            #expect(try inflate(pieces, isGzip: sample.isGzip) == DeflateSamples.text)
        }
        #expect(try inflate(bytes.map { [$0] }, isGzip: sample.isGzip) == DeflateSamples.text)
    }

    @Test func aFlushedEventIsGivenOutAtOnce() throws {
        let sample = try #require(DeflateSamples.all.first { $0.name == "flushed" })
        var inflater = Inflater(isGzip: true)
        var seen = 0
        var growth: [Int] = []
        for byte in sample.bytes {
            var count = 0
            try [byte].withUnsafeBytes { try inflater.inflate($0) { count += $0.count } }
            seen += count
            if count > 0 { growth.append(seen) }
        }
        // After each flush (00 00 FF FF) all of the event is there: whole events are among the sums.
        let event = DeflateSamples.text.utf8.count / 32
        #expect((1...32).allSatisfy { growth.contains($0 * event) })
    }

    /// Long runs: 258 zeros for each bit or two, as a stream made to exhaust its reader has them.
    @Test func whatExpandsBeyondMeasureIsAFault() throws {
        #expect(try inflate([zeros(runs: 100)], isGzip: false).utf8.count == 1 + 100 * 258)
        #expect(throws: Inflater.Fault.self) { try inflate([zeros(runs: 100_000)], isGzip: false) }
    }

    /// One block with fixed codes: a literal zero, then matches of 258 bytes at distance 1.
    private func zeros(runs: Int) -> [UInt8] {
        var bits: [Bool] = [true, true, false]
        func word(_ value: Int, _ count: Int) {
            for place in (0..<count).reversed() { bits.append(value >> place & 1 == 1) }
        }
        word(0x30, 8)
        for _ in 0..<runs {
            word(0b1100_0101, 8)
            word(0, 5)
        }
        word(0, 7)
        var bytes = [UInt8](repeating: 0, count: (bits.count + 7) / 8)
        for (place, bit) in bits.enumerated() where bit { bytes[place / 8] |= 1 << (place % 8) }
        return bytes
    }

    @Test func damagedBytesNeverTrap() throws {
        var generator = SeededGenerator(seed: 11)
        for sample in DeflateSamples.all {
            for _ in 0..<300 {
                var bytes = sample.bytes
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
                _ = try? inflate([bytes], isGzip: sample.isGzip)
            }
        }
        for _ in 0..<2_000 {
            let noise = (0..<64).map { _ in UInt8.random(in: 0...255, using: &generator) }
            _ = try? inflate([noise], isGzip: false)
            _ = try? inflate([[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0] + noise], isGzip: true)
        }
    }
}
