// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// The sketch where numbers are extreme, and its bytes where they are not ours.
@Suite struct SketchExtremesTests {
    /// The promise of 0.55 % holds over the whole range of the type.
    @Test(arguments: [-300, -200, -160, -100, -9, 0, 9, 100, 160, 200, 300])
    func quantilesAreRightAtEveryMagnitude(_ exponent: Int) throws {
        let scale = (0..<abs(exponent)).reduce(1.0) { scale, _ in exponent < 0 ? scale / 10 : scale * 10 }
        let numbers = (1...101).map { Double($0) * scale }
        let sketch = QuantileSketch(numbers)
        for fraction in [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99] {
            let exact = try #require(Percentile.exact(fraction, ofSorted: numbers))
            let found = try #require(sketch.quantile(fraction))
            #expect(abs(found - exact) <= 0.006 * exact, "\(fraction): \(found) for \(exact)")
        }
    }

    @Test func theEndsOfTheRangeAreHeld() {
        let sketch = QuantileSketch([0, .leastNonzeroMagnitude, .leastNormalMagnitude, 1, .greatestFiniteMagnitude])
        #expect(sketch.quantile(0) == 0)
        #expect(sketch.quantile(1) == .greatestFiniteMagnitude)
        #expect(sketch.quantile(0.75).map { abs($0 - 1) < 0.006 } == true)
        #expect(sketch.quantile(0.25).map { $0 >= 0 && $0 < 1e-307 } == true)
        #expect(QuantileSketch(decoding: sketch.encoded()) == sketch)
        #expect(sketch.zeroCount == 1 && sketch.count == 5)
    }

    @Test func fractionsOutsideTheRangeAreTheEnds() {
        let sketch = QuantileSketch([1, 2, 3])
        #expect(sketch.quantile(-1) == 1 && sketch.quantile(2) == 3)
        #expect(sketch.quantile(-.infinity) == 1 && sketch.quantile(.infinity) == 3)
        #expect(sketch.quantile(.nan) == nil)
    }

    @Test func quantilesNeverFallAsTheFractionRises() {
        var random = SeededGenerator(seed: 17)
        let sketch = QuantileSketch((0..<3_000).map { _ in Double.random(in: 0...10, using: &random) })
        var last = -1.0
        for step in 0...200 {
            guard let found = sketch.quantile(Double(step) / 200) else {
                Issue.record("absent")
                return
            }
            #expect(found >= last && found >= sketch.minimum && found <= sketch.maximum)
            last = found
        }
    }

    @Test func mergingNothingChangesNothing() {
        let sketch = QuantileSketch([3, 4, 5])
        var left = sketch
        left.merge(QuantileSketch())
        var right = QuantileSketch()
        right.merge(sketch)
        #expect(left == sketch && right == sketch)
        #expect(left.hashValue == sketch.hashValue)
        var zeros = QuantileSketch([0, 0])
        zeros.merge(sketch)
        #expect(zeros.count == 5 && zeros.zeroCount == 2 && zeros.minimum == 0)
        #expect(zeros.quantile(0.25) == 0)
    }

    @Test func mergingItselfDoublesEachCount() {
        var sketch = QuantileSketch([0, 1, 2, 400])
        let once = sketch
        sketch.merge(once)
        #expect(sketch == QuantileSketch([0, 0, 1, 1, 2, 2, 400, 400]))
    }

    @Test func bytesMergeAsSketchesDo() {
        let parts = [[0.001, 5], [0, 0], [], [1e-300, 1e300], [7]].map { QuantileSketch($0) }
        var whole = QuantileSketch()
        var merged = QuantileSketch()
        for part in parts {
            whole.merge(part)
            let isWhole = part.encoded().withUnsafeBytes { bytes in
                var reader = VariableLengthNumber.Reader(bytes)
                return merged.merge(encoded: &reader)
            }
            #expect(isWhole)
        }
        #expect(merged == whole)
        #expect(merged.count == 7)
    }

    /// Neighbours of a power of two fall on the side that the definition says.
    @Test(arguments: -20...20)
    func powersOfTwoEndTheirBucket(_ power: Int) {
        let value = (0..<abs(power)).reduce(1.0) { value, _ in power < 0 ? value / 2 : value * 2 }
        #expect(QuantileSketch.index(of: value) == power * 64 - 1)
        #expect(QuantileSketch.index(of: value * 1.000_01) == power * 64)
        #expect(QuantileSketch.index(of: value * 0.999_99) == power * 64 - 1)
    }

    @Test func randomBytesNeverTrap() {
        var random = SeededGenerator(seed: 23)
        for _ in 0..<3_000 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if let sketch = QuantileSketch(decoding: bytes) {
                #expect(sketch.count >= sketch.zeroCount)
                _ = sketch.quantile(0.5)
            }
        }
    }

    @Test func everyNumberSurvivesItsShortestForm() {
        var random = SeededGenerator(seed: 29)
        var numbers = [0, 1, 127, 128, 16_383, 16_384, UInt64(Int64.max), .max - 1, .max]
        numbers += (0..<500).map { _ in random.next() >> UInt64.random(in: 0...63, using: &random) }
        withUnsafeTemporaryAllocation(byteCount: 10 * numbers.count, alignment: 1) { room in
            var writer = VariableLengthNumber.Writer(room)
            for number in numbers { writer.append(number) }
            var reader = VariableLengthNumber.Reader(UnsafeRawBufferPointer(rebasing: room[..<writer.count]))
            for number in numbers { #expect(reader.next() == number) }
            #expect(reader.next() == nil && reader.nextBits() == nil)
        }
    }

    @Test(arguments: [0, -1, 1, 63, -64, 64, Int.max, Int.min, Int.min + 1])
    func signsAreFoldedBothWays(_ number: Int) {
        #expect(VariableLengthNumber.unzigzag(VariableLengthNumber.zigzag(number)) == number)
        if abs(number / 2) < 32 { #expect(VariableLengthNumber.zigzag(number) < 128) }
    }
}
