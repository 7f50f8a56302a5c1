// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import InferometerCommands

/// Just below a unit's end, rounding must not show a full larger unit in the smaller one.
@Suite struct UnitBoundaryTests {
    private static let bounds: [Double] = [0.01, 0.1, 1, 10, 60, 100, 600, 3_600, 36_000, 86_400, 864_000]
    private static let offsets: [Double] = [
        0.8, 0.99, 0.994, 0.9949, 0.995, 0.9951, 0.999, 0.9995, 0.9999, 0.99999, 1, 1.004,
    ]

    /// The number before a unit, if the text has that unit.
    private func amount(of unit: String, in text: String) -> Double? {
        let words = text.split(separator: " ")
        guard let place = words.firstIndex(of: Substring(unit)), place > 0 else { return nil }
        return Double(words[place - 1].replacing(",", with: ""))
    }

    @Test(arguments: bounds)
    func durationsHaveNoFullUnits(_ bound: Double) throws {
        for offset in Self.offsets {
            let seconds = bound * offset
            let text = HumanUnits.seconds(seconds)
            for (unit, full) in [("ms", 1_000.0), ("s", 60), ("m", 60)] {
                if let amount = self.amount(of: unit, in: text) { #expect(amount < full, "\(seconds): \(text)") }
            }
            if text.contains(" d "), let hours = self.amount(of: "h", in: text) {
                #expect(hours < 24, "\(seconds): \(text)")
            }
            // What is shown is what is meant, to a part in a hundred and the tenth of a millisecond.
            let shown = [("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)]
                .reduce(0.0) { $0 + (amount(of: $1.0, in: text) ?? 0) * $1.1 }
            #expect(abs(shown - seconds) <= max(seconds * 0.02, 0.000_051), "\(seconds): \(text)")
        }
    }

    @Test(arguments: [1e-3, 1, 1e3, 1e6, 1e9])
    func energiesHaveNoFullUnits(_ bound: Double) throws {
        for offset in Self.offsets {
            let text = HumanUnits.joules(bound * offset)
            let scales = ["mJ": 1e-3, "J": 1, "kJ": 1e3, "MJ": 1e6]
            let (unit, scale) = try #require(scales.first { text.hasSuffix(" " + $0.key) })
            let amount = try #require(self.amount(of: unit, in: text))
            #expect(amount < 1_000 || unit == "MJ", "\(text)")
            #expect(abs(amount * scale / (bound * offset) - 1) < 0.01, "\(bound * offset): \(text)")
        }
    }

    @Test(arguments: [1e3, 1e6, 1e9, 1e12, 1e15])
    func sizesHaveNoFullUnits(_ bound: Double) throws {
        for offset in Self.offsets {
            let bytes = Int(bound * offset)
            let text = HumanUnits.bytes(bytes)
            let scales = ["B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12]
            let (unit, scale) = try #require(scales.first { text.hasSuffix(" " + $0.key) })
            let amount = try #require(self.amount(of: unit, in: text))
            #expect(amount < 1_000 || unit == "TB", "\(text)")
            #expect(abs(amount * scale / Double(bytes) - 1) < 0.01, "\(bytes): \(text)")
        }
    }

    @Test(arguments: [0.1, 1, 10, 100, 1_000])
    func dollarsAreNeverLessThanTheyShow(_ bound: Double) throws {
        for offset in Self.offsets {
            let amount = bound * offset
            let text = HumanUnits.dollars(amount)
            let shown = try #require(Double(text.dropFirst()))
            #expect(abs(shown / amount - 1) < 0.06, "\(amount): \(text)")
            #expect(HumanUnits.dollars(-amount) == "-" + text)
        }
    }

    /// The arguments that a person types are read back as what is shown.
    @Test(arguments: [1, 999, 1_000, 123_456, 2_000_000, 5_000_000_000, 7_000_000_000_000])
    func shownSizesAreArguments(_ bytes: Int) throws {
        let text = HumanUnits.bytes(bytes).replacing(" ", with: "")
        let read = try #require(ByteSize(argument: text))
        #expect(abs(Double(read.bytes) / Double(bytes) - 1) < 0.01)
    }
}
