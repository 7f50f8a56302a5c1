// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import InferenceWire

@Suite struct JSONCursorTests {
    // Whether the cursor takes a text for JSON.
    private func accepts(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBytes { bytes in
            var cursor = JSONCursor(bytes)
            cursor.skipValue()
            return cursor.isAtEnd
        }
    }

    @Test(arguments: [
        "{}", "[]", " { } ", "[1,-2.5,3e8,4E-2,0,0.5,-0]", #"{"a":{"b":[true,false,null]},"c":""}"#,
        "\"\\\"\\\\\\u00e9\"",
        "\r\n\t {\"a\" : 1 }\n", "0", "[[[[[[]]]]]]", #"{"":{}}"#, "[\"\u{7F}é€😀\"]",
    ])
    func jsonIsTaken(_ text: String) throws {
        #expect(accepts(text))
        #expect(throws: Never.self) {
            try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
        }
    }

    @Test(arguments: [
        "", " ", "{", "}", "[", "]", "{]", "[}", "[1,]", "[,1]", "[1 2]", #"{"a":1,}"#, #"{"a" 1}"#, #"{"a":}"#,
        "{a:1}",
        #"{"a":1 "b":2}"#, "01", "1.", ".5", "-", "1e", "1e+", "+1", "tru", "nul", "True", "\"", "\"\\\"", "{}{}",
        "[1]x",
        "\u{1}1", "--1", "Nan", "{1:2}", "[\"a\"\"b\"]", "\u{B}1",
    ])
    func otherTextIsRefused(_ text: String) {
        #expect(!accepts(text))
    }

    @Test(arguments: ["NaN", "Infinity", "-Infinity", "[NaN]"])
    func numbersThatAreNoneAreTaken(_ text: String) {
        #expect(accepts(text))
    }

    @Test func depthIsBounded() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(accepts(nested(JSONCursor.depthLimit)))
        #expect(!accepts(nested(JSONCursor.depthLimit + 1)))
        #expect(!accepts(String(repeating: "[", count: 1_000_000)))
        #expect(!accepts(String(repeating: #"{"a":"#, count: 1_000_000)))
    }

    @Test func valuesOfAnotherKindArePassed() {
        let text = #"{"a":1,"b":"x","c":[1,{"d":2}],"e":true,"f":null,"g":2}"#
        Array(text.utf8).withUnsafeBytes { bytes in
            var cursor = JSONCursor(bytes)
            var kept: [Int] = []
            if cursor.enterObject() {
                while cursor.nextKey() != nil { if let count = cursor.count() { kept.append(count) } }
            }
            #expect(kept == [1, 2])
            let isAtEnd = cursor.isAtEnd
            #expect(isAtEnd)
        }
    }

    @Test(
        arguments: [
            ("0", 0), ("16", 16), ("16.0", 16), ("1.6e1", 16), ("1000000000", 1_000_000_000), ("-0", 0),
            ("-1", nil), ("1000000001", nil), ("1e400", nil), ("NaN", nil), ("-Infinity", nil), ("1.5", nil),
            ("\"16\"", nil),
            ("null", nil), ("[16]", nil), ("18446744073709551617", nil), (String(repeating: "9", count: 5_000), nil),
        ] as [(String, Int?)]
    )
    func countsAreSane(_ text: String, _ expected: Int?) {
        Array(text.utf8).withUnsafeBytes { bytes in
            var cursor = JSONCursor(bytes)
            #expect(cursor.count() == expected)
            let isAtEnd = cursor.isAtEnd
            #expect(isAtEnd)
        }
    }

    @Test(
        arguments: [
            ("0", 0), ("1.5", 1_500_000), ("2592000000", 2_592_000_000_000_000), ("-1", nil), ("1e300", nil),
            ("NaN", nil),
            ("2592000001", nil), ("\"1\"", nil), ("1e-300", 0),
        ] as [(String, Int64?)]
    )
    func durationsAreSane(_ text: String, _ nanoseconds: Int64?) {
        Array(text.utf8).withUnsafeBytes { bytes in
            var cursor = JSONCursor(bytes)
            #expect(cursor.duration(unit: 1e-3) == nanoseconds.map { .nanoseconds($0) })
            let isAtEnd = cursor.isAtEnd
            #expect(isAtEnd)
        }
    }
}

@Suite struct JSONStringTests {
    private func text(_ json: String, limit: Int = 256) -> String? {
        Array(json.utf8).withUnsafeBytes { bytes in
            var cursor = JSONCursor(bytes)
            return cursor.string()?.text(limit: limit)
        }
    }

    @Test(arguments: [
        #""""#, #""abc""#, #""a\nb\t\r\b\f\/\\\"""#, #""\u0041\u00e9\u20ac""#, #""\ud83d\ude00!""#, "\"é€😀\"",
        #""\u0000""#,
    ])
    func escapesAreThoseOfJSON(_ json: String) throws {
        let expected = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed) as? String
        #expect(text(json) == expected)
    }

    @Test(arguments: [
        (#""\ud83d""#, "\u{FFFD}"), (#""\ud83dx""#, "\u{FFFD}x"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
        (#""\uzzzz""#, "\u{FFFD}"),
        (#""\u12""#, "\u{FFFD}"), (#""\x""#, "x"),
    ])
    func brokenEscapesDoNoHarm(_ json: String, _ expected: String) {
        #expect(text(json) == expected)
    }

    @Test func brokenUTF8IsRepaired() {
        let bytes = [UInt8(ascii: "\""), 0xFF, 0x41, 0xC3, UInt8(ascii: "\"")]
        bytes.withUnsafeBytes { bytes in
            var cursor = JSONCursor(bytes)
            #expect(cursor.string()?.text() == "\u{FFFD}A\u{FFFD}")
            let isAtEnd = cursor.isAtEnd
            #expect(isAtEnd)
        }
    }

    @Test func textIsCut() {
        #expect(text("\"" + String(repeating: "x", count: 1_000) + "\"")?.count == 256)
        #expect(text(#""abc\n""#, limit: 4) == #"abc\"#)
    }

    @Test func keysAreComparedUnescaped() {
        Array(#""mod\u0065l""#.utf8).withUnsafeBytes { bytes in
            var cursor = JSONCursor(bytes)
            let key = cursor.string()
            #expect(key.map { $0 == "model" } == true)
            #expect(key.map { $0 == "modal" } == false)
            #expect(key.map { $0 == "mod" } == false)
        }
    }
}
