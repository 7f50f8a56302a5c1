// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryStorage

@Suite struct JSONObjectReaderTests {
    private func read(_ text: String) throws -> SourceValues {
        var text = text
        return try text.withUTF8 { try JSONObjectReader.read(UnsafeRawBufferPointer($0)) }
    }

    @Test func everyKindOfValueIsRead() throws {
        let values = try read(
            #"""
             { "error_kind": null, "is_warmup": true, "is_streaming": false, "http_status": -12, "cached_tokens": 0, "ttft": 1.5e3, "tpot_ms": 2E-2, "session": "text",
               "metadata": {"a": [1, {"b": "}"}], "c": {}}, "devices": [ "x", [] ], "prompt_tokens": 9007199254740993, "latency_seconds": 1e400 }
            """#
        )
        #expect(values[.errorKind] == .null)
        #expect(values[.isWarmup] == .bool(true))
        #expect(values[.isStreaming] == .bool(false))
        #expect(values[.httpStatus] == .integer(-12))
        #expect(values[.cachedTokens] == .integer(0))
        #expect(values[.ttft] == .number(1_500))
        #expect(values[.tpotMs] == .number(0.02))
        #expect(values[.session] == .string("text"))
        #expect(values[.metadata] == .object(#"{"a": [1, {"b": "}"}], "c": {}}"#))
        #expect(values[.devices] == .array(#"[ "x", [] ]"#))
        #expect(values[.promptTokens] == .integer(9_007_199_254_740_993))
        #expect(values[.latencySeconds] == .number(.infinity))
        #expect(SourceColumn.allCases.allSatisfy { values[$0] == .null } == false)
        let nothing = try read("{}")
        #expect(SourceColumn.allCases.allSatisfy { nothing[$0] == .null })
    }

    @Test(arguments: [
        (#""\" \\ \/ \b \f \n \r \t""#, "\" \\ / \u{8} \u{C} \n \r \t"), (#""\u00e9\u20AC""#, "\u{E9}\u{20AC}"),
        (#""\ud83d\ude00!""#, "\u{1F600}!"), (#""\ud83d""#, "\u{FFFD}"), (#""\ud83dx""#, "\u{FFFD}x"),
        (#""\ude00""#, "\u{FFFD}"), ("\"\u{E9}\u{1F600}\"", "\u{E9}\u{1F600}"), (#""""#, ""),
    ])
    func textsAreUnescaped(_ json: String, _ text: String) throws {
        #expect(try read("{\"agent\": \(json)}")[.agent] == .string(text))
    }

    @Test(arguments: [
        "0.1", "1.25", "-0.000001", "123456789.123456", "0.30000000000000004", "1748000017.609168",
        "9007199254740993.0",
        "1e-9", "2.5E+3", "-1.7976931348623157e308", "123456789012345678901234567890", "0.0", "-0",
        "99999999999999.99", "1.00000000000000000000000001", "18446744073709551616", "-9223372036854775808",
    ])
    func numbersAreTheNearestOnes(_ text: String) throws {
        let value = try read("{\"ttft\": \(text)}")[.ttft]
        switch value {
        case .integer(let number): #expect(number == Int64(text))
        case .number(let number): #expect(number == Double(text))
        default: Issue.record("no number: \(value)")
        }
    }

    @Test func everyColumnIsFoundByItsKey() {
        for column in SourceColumn.allCases {
            #expect(SourceColumn(name: column.name) == column)
            let found = Array(column.name.utf8).withUnsafeBytes { SourceColumn(bytes: $0) }
            #expect(found == column)
        }
        #expect(SourceColumn(name: "unknown") == nil)
        let keys = Set(SourceColumn.allCases.map(\.name))
        #expect(Set(RecordField.all.map(\.key)).isSubset(of: keys))
    }

    @Test func theLastOfAKeyCounts() throws {
        #expect(try read(#"{"ttft": 1, "tt\u0066t": 2, "unknown": 3, "\u00e9": 4}"#)[.ttft] == .integer(2))
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
