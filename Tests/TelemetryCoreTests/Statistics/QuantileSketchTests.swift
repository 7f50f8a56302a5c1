// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

@Suite struct QuantileSketchTests {
    enum Shape: CaseIterable {
        case logNormal, bimodal, constant, uniform, withZeros

        func numbers(_ count: Int, seed: UInt64) -> [Double] {
            var generator = SeededGenerator(seed: seed)
            return (0..<count).map { _ in
                // A sum of twelve is normal enough, and needs no more than a generator.
                let normal = (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
                switch self {
                case .logNormal: return Self.exponential(normal * 0.8)
                case .bimodal: return Bool.random(using: &generator) ? 0.05 + 0.001 * normal : 20 + 0.1 * normal
                case .constant: return 0.125
                case .uniform: return Double.random(in: 1e-6..<1e6, using: &generator)
                case .withZeros: return normal < 0 ? 0 : normal
                }
            }
        }

        private static func exponential(_ value: Double) -> Double {
            (1...30).reversed().reduce(1) { 1 + $0 * value / Double($1) }
        }
    }

    @Test(arguments: Shape.allCases)
    func percentilesAreRightToOnePercent(_ shape: Shape) throws {
        let numbers = shape.numbers(20_000, seed: 1)
        let sketch = QuantileSketch(numbers)
        let sorted = numbers.sorted()
        for fraction in stride(from: 0.5, through: 0.99, by: 0.01) {
            let exact = try #require(Percentile.exact(fraction, ofSorted: sorted))
            let found = try #require(sketch.quantile(fraction))
            #expect(abs(found - exact) <= 0.006 * exact, "\(shape) at \(fraction): \(found) for \(exact)")
        }
        #expect(sketch.quantile(0) == sorted.first)
        #expect(sketch.quantile(1) == sorted.last)
    }

    @Test(arguments: Shape.allCases)
    func noOrderOfMergingChangesAnything(_ shape: Shape) {
        let parts = (1...8).map { QuantileSketch(shape.numbers(100 * $0, seed: UInt64($0))) }
        let whole = QuantileSketch((1...8).flatMap { shape.numbers(100 * $0, seed: UInt64($0)) })
        var forward = QuantileSketch()
        var backward = QuantileSketch()
        for part in parts { forward.merge(part) }
        for part in parts.reversed() { backward.merge(part) }
        var tree = parts
        while tree.count > 1 {
            var merged = tree.removeFirst()
            merged.merge(tree.removeFirst())
            tree.append(merged)
        }
        #expect(forward == whole)
        #expect(backward == whole)
        #expect(tree == [whole])
        #expect(forward.encoded() == whole.encoded())
    }

    @Test(arguments: Shape.allCases)
    func bytesGiveTheSameSketch(_ shape: Shape) {
        let sketch = QuantileSketch(shape.numbers(5_000, seed: 3))
        #expect(QuantileSketch(decoding: sketch.encoded()) == sketch)
        #expect(QuantileSketch(decoding: QuantileSketch().encoded()) == QuantileSketch())
    }

    @Test func damagedBytesAreRefused() {
        let bytes = QuantileSketch([1, 2, 3, 1_000]).encoded()
        for count in 0..<bytes.count {
            #expect(QuantileSketch(decoding: Array(bytes[..<count])) == nil)
        }
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 0xFF
            // What comes of it does not matter, as long as it comes to an end.
            _ = QuantileSketch(decoding: damaged)
        }
        #expect(QuantileSketch(decoding: [UInt8](repeating: 0xFF, count: 40)) == nil)
    }

    @Test func whatIsNoMeasurementIsLeftOut() {
        let sketch = QuantileSketch([.nan, .infinity, -.infinity, -1, 5])
        #expect(sketch.count == 1)
        #expect(sketch.quantile(0.5) == 5)
        #expect(QuantileSketch().quantile(0.5) == nil)
    }

    @Test(arguments: [1e-9, 1e-300, 1, 2, 1e12, 1e300])
    func aLoneNumberIsItsOwnPercentile(_ number: Double) {
        let sketch = QuantileSketch([number])
        #expect([0.0, 0.5, 0.99, 1].map(sketch.quantile) == [number, number, number, number])
    }

    /// The bucket of OpenTelemetry's definition: `(base^i, base^(i+1)]`.
    @Test(arguments: [(1.0, -1), (1.0001, 0), (2.0, 63), (4.0, 127), (0.5, -65), (1.5, 37)])
    func bucketsAreThoseOfOpenTelemetry(_ number: Double, _ index: Int) {
        #expect(QuantileSketch.index(of: number) == index)
    }
}

extension QuantileSketch {
    init(_ numbers: [Double]) {
        self.init()
        for number in numbers { add(number) }
    }

    init?(decoding bytes: [UInt8]) {
        self.init()
        let isWhole = bytes.withUnsafeBytes { bytes in
            var reader = VariableLengthNumber.Reader(bytes)
            return merge(encoded: &reader)
        }
        guard isWhole else { return nil }
    }
}
