// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import InferenceWire

@Suite struct ByteScanTests {
    @Test func theFirstOfTwoIsFound() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            // Bytes near the ones sought, where arithmetic on words could err.
            let bytes: [UInt8] = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                [0x0A, 0x0B, 0x09, 0x0D, 0x0C, 0x8A, 0x00, 0xFF, 0x61].randomElement(using: &random) ?? 0
            }
            let start = Int.random(in: 0...bytes.count, using: &random)
            let expected = bytes[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.count
            bytes.withUnsafeBytes { bytes in
                #expect(ByteScan.first(of: 0x0A, or: 0x0D, in: bytes, from: start) == expected)
            }
        }
    }

    @Test(arguments: [
        ("", false), ("needl", false), ("needle", true), ("xneedle", true), ("nneedle", true), ("needlneedle", true),
        ("nnnnnnnnnnnnnnnnnnnnneedlx", false), ("a long way to the needle that is sought", true),
    ])
    func aNeedleIsFound(_ hay: String, _ isThere: Bool) {
        Array(hay.utf8).withUnsafeBytes { #expect(ByteScan.contains("needle", in: $0) == isThere) }
    }
}
