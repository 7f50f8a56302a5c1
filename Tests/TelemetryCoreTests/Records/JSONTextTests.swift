// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryTesting
import Testing

@testable import TelemetryCore

/// What our own writer of JSON makes, another reader must read as it was.
@Suite struct JSONTextTests {
    private func readBack<Value: Decodable>(_ text: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode([Value].self, from: Data("[\(text)]".utf8))[0]
    }

    private func text(_ string: String) -> String {
        var text = ""
        JSONText.appendString(string, to: &text)
        return text
    }

    private func text(_ number: Double) -> String {
        var text = ""
        JSONText.appendNumber(number, to: &text)
        return text
    }

    @Test func everyScalarUpToTheSurrogatesComesBack() throws {
        for start in stride(from: 0, to: 0xD800, by: 256) {
            let string = String(
                String.UnicodeScalarView((start..<start + 256).compactMap { Unicode.Scalar(UInt32($0)) })
            )
            let back: String = try readBack(text(string))
            #expect(Array(back.unicodeScalars) == Array(string.unicodeScalars))
        }
    }

    @Test(arguments: ["", "\"", "\\", "\r\n", "\u{8}\u{C}", "e\u{301}", "👩‍👩‍👧", "\u{2028}\u{2029}", "\u{7F}", "\0"])
    func awkwardTextsComeBack(_ string: String) throws {
        let back: String = try readBack(text(string))
        #expect(Array(back.unicodeScalars) == Array(string.unicodeScalars))
        // A line of JSON Lines holds no line feed of its own.
        #expect(!text(string).utf8.contains(UInt8(ascii: "\n")))
    }

    @Test(arguments: [
        0, -0.0, 1, -1, 0.1, 1e15, -1e15, 999_999_999_999_999, 1e16, 1.5e300, .leastNonzeroMagnitude,
        .greatestFiniteMagnitude,
        -1e-7, 123_456_789.123_456_789, 9_007_199_254_740_994,
    ])
    func numbersComeBackToTheLastBit(_ number: Double) throws {
        #expect(try readBack(text(number)) == number)
    }

    @Test func randomNumbersComeBackToTheLastBit() throws {
        var random = SeededGenerator(seed: 3)
        let numbers = (0..<2_000).map { _ in Double(bitPattern: random.next()) }.filter(\.isFinite)
        let whole = "[" + numbers.map(text).joined(separator: ",") + "]"
        #expect(try JSONDecoder().decode([Double].self, from: Data(whole.utf8)) == numbers)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func whatJSONHasNoFormForIsNull(_ number: Double) {
        #expect(text(number) == "null")
    }

    @Test func wholeNumbersHaveNoPoint() {
        #expect(text(3) == "3")
        #expect(text(-12_000_000) == "-12000000")
        #expect(text(0.5) == "0.5")
    }

    @Test func metadataIsAnObjectInTheOrderGiven() throws {
        let metadata = CallMetadata([("b", "1"), ("a\"", "x\ny"), ("", "")])
        #expect(metadata.json == #"{"b":"1","a\"":"x\ny","":""}"#)
        let read = try JSONDecoder().decode([String: String].self, from: Data(metadata.json.utf8))
        #expect(read == ["b": "1", "a\"": "x\ny", "": ""])
    }

    @Test func noMetadataIsAnEmptyObject() {
        #expect(CallMetadata().isEmpty)
        #expect(CallMetadata([]) == CallMetadata())
        #expect(!CallMetadata([("a", "")]).isEmpty)
        #expect(CallMetadata(uncheckedJSON: #"{"a":{"b":[1]}}"#).json == #"{"a":{"b":[1]}}"#)
    }
}
