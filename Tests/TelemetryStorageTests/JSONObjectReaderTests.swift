// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TelemetryStorage

@Suite struct JSONObjectReaderTests {
    private func read(_ text: String) throws -> [String: SourceValue] {
        var text = text
        return try text.withUTF8 { try JSONObjectReader.read(UnsafeRawBufferPointer($0)) }
    }

    @Test func everyKindOfValueIsRead() throws {
        let values = try read(
            #"""
             { "n": null, "t": true, "f": false, "i": -12, "z": 0, "d": 1.5e3, "e": 2E-2, "s": "text",
               "o": {"a": [1, {"b": "}"}], "c": {}}, "l": [ "x", [] ], "big": 9007199254740993, "huge": 1e400 }
            """#
        )
        #expect(values["n"] == .null)
        #expect(values["t"] == .bool(true))
        #expect(values["f"] == .bool(false))
        #expect(values["i"] == .integer(-12))
        #expect(values["z"] == .integer(0))
        #expect(values["d"] == .number(1_500))
        #expect(values["e"] == .number(0.02))
        #expect(values["s"] == .string("text"))
        #expect(values["o"] == .object(#"{"a": [1, {"b": "}"}], "c": {}}"#))
        #expect(values["l"] == .array(#"[ "x", [] ]"#))
        #expect(values["big"] == .integer(9_007_199_254_740_993))
        #expect(values["huge"] == .number(.infinity))
        #expect(try read("{}").isEmpty)
    }

    @Test(arguments: [
        (#""\" \\ \/ \b \f \n \r \t""#, "\" \\ / \u{8} \u{C} \n \r \t"), (#""\u00e9\u20AC""#, "\u{E9}\u{20AC}"),
        (#""\ud83d\ude00!""#, "\u{1F600}!"), (#""\ud83d""#, "\u{FFFD}"), (#""\ud83dx""#, "\u{FFFD}x"),
        (#""\ude00""#, "\u{FFFD}"), ("\"\u{E9}\u{1F600}\"", "\u{E9}\u{1F600}"), (#""""#, ""),
    ])
    func textsAreUnescaped(_ json: String, _ text: String) throws {
        #expect(try read("{\"k\": \(json)}")["k"] == .string(text))
    }

    @Test func theLastOfAKeyCounts() throws {
        #expect(try read(#"{"a": 1, "a": 2}"#) == ["a": .integer(2)])
    }

    @Test(arguments: [
        "", "[]", "1", "null", "{", "}", "{]", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{,}"#, #"{"a":1}x"#, #"{a:1}"#,
        #"{'a':1}"#, #"{"a":01}"#, #"{"a":-}"#, #"{"a":1.}"#, #"{"a":.5}"#, #"{"a":1e}"#, #"{"a":+1}"#, #"{"a":NaN}"#,
        #"{"a":Infinity}"#, #"{"a":tru}"#, #"{"a":truex}"#, #"{"a":"x}"#, #"{"a":"\x"}"#, #"{"a":"\u12"}"#,
        #"{"a":"\u12g4"}"#, "{\"a\":\"\n\"}", #"{"a":[1,]}"#, #"{"a":[1}"#, #"{"a":{"b"}}"#, #"{"a":{"b":1]}"#,
        #"{"a": 1 "b": 2}"#, "{\"a\":\(String(repeating: "[", count: 5_000))",
    ])
    func malformedTextsAreRefused(_ text: String) {
        #expect(throws: JSONObjectReader.Failure.self) { try read(text) }
    }

    @Test func invalidUTF8IsRefused() {
        for bytes in [
            [UInt8](#"{"a":""#.utf8) + [0xFF] + Array(#""}"#.utf8), Array(#"{""#.utf8) + [0xC3] + Array(#"":1}"#.utf8),
        ] {
            #expect(throws: JSONObjectReader.Failure.self) {
                try bytes.withUnsafeBytes { try JSONObjectReader.read($0) }
            }
        }
    }

    @Test func everyCutOfATextIsRefused() throws {
        let text = #"{"a": [1, "b\u00e9"], "c": {"d": -1.5e3}, "e": true}"#
        for count in 0..<text.utf8.count {
            let bytes = Array(text.utf8.prefix(count))
            #expect(throws: JSONObjectReader.Failure.self) {
                try bytes.withUnsafeBytes { try JSONObjectReader.read($0) }
            }
        }
        _ = try read(text)
    }

    @Test func listsOfTexts() {
        #expect(JSONObjectReader.strings(#"["a", "b\n"]"#) == ["a", "b\n"])
        #expect(JSONObjectReader.strings("[]")?.isEmpty == true)
        #expect(JSONObjectReader.strings("[1]") == nil)
        #expect(JSONObjectReader.strings(#"["a""#) == nil)
    }
}
