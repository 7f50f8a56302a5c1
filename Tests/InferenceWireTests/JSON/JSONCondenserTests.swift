// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryTesting
import Testing

@testable import InferenceWire

@Suite struct JSONCondenserTests {
    private func condense(_ bytes: [UInt8], cutAt positions: [Int] = []) -> JSONCondenser {
        var condenser = JSONCondenser()
        var start = 0
        for end in positions + [bytes.count] {
            Array(bytes[start..<end]).withUnsafeBytes { condenser.feed($0) }
            start = end
        }
        return condenser
    }

    private func text(_ condenser: JSONCondenser) -> String? {
        condenser.isWhole ? String(decoding: condenser.output, as: UTF8.self) : nil
    }

    @Test(arguments: [
        (#" {"a": 1, "b": "x"} "#, #"{"a":1,"b":"x"}"#),
        (
            #"{"choices":[{"i":0,"message":{"content":"long"}},{"i":1,"m":[1,[2]]}]}"#,
            #"{"choices":[{"i":0,"message":{}},{"i":1,"m":[]}]}"#
        ),
        (#"{"usage":{"d":{"cached":3,"deep":{"x":1}}}}"#, #"{"usage":{"d":{"cached":3,"deep":{}}}}"#),
        (#"{"v":[1,2,[3],"x",null,{"e":[0.1,0.2]},true],"z":2}"#, #"{"v":[{"e":[]}],"z":2}"#),
        (#"{"v":[],"w":{},"x":[{},{}]}"#, #"{"v":[],"w":{},"x":[{},{}]}"#),
        (#"{"s":"a\"b\\","t":"\u00e9]}"}"#, #"{"s":"a\"b\\","t":"\u00e9]}"}"#),
        (#"{"a":["}",{"b":"]"}]}"#, #"{"a":[{"b":"]"}]}"#),
    ])
    func countsStayAndTextsGo(_ body: String, _ expected: String) throws {
        #expect(text(condense(Array(body.utf8))) == expected)
        for position in 0...body.utf8.count {
            #expect(text(condense(Array(body.utf8), cutAt: [position])) == expected)
        }
        _ = try JSONSerialization.jsonObject(with: Data(expected.utf8))
    }

    @Test(arguments: ["", "x", "[]", "{", #"{"a":"#, #"{"a":[}"#, "{]", "{}}", "{} x", #"{"a":"b"#, "{}{}"])
    func whatIsNoWholeObjectIsSaid(_ body: String) {
        #expect(!condense(Array(body.utf8)).isWhole)
    }

    // Whatever stands at the cut, the rest of the text is JSON still.
    @Test(arguments: [1_018, 1_019, 1_020, 1_021, 1_022, 1_023, 1_024])
    func longStringsAreCutBetweenEscapes(_ length: Int) {
        for escape in [#"\\"#, #"\""#, #"\u00e9"#, #"\ud83d\ude00"#, "é"] {
            let long = String(repeating: "x", count: length) + String(repeating: escape, count: 20)
            let condensed = condense(Array(#"{"a":"\#(long)","b":1}"#.utf8))
            condensed.output.withUnsafeBytes { bytes in
                var cursor = JSONCursor(bytes)
                cursor.skipValue()
                let isRead = cursor.isAtEnd
                #expect(isRead)
            }
            #expect(condensed.output.count < 1_100)
        }
    }

    @Test func vectorsTakeNoMemory() throws {
        let vector = (0..<3_072).map { _ in "-0.0123456789" }.joined(separator: ",")
        var condenser = JSONCondenser()
        func feed(_ text: String) { Array(text.utf8).withUnsafeBytes { condenser.feed($0) } }
        feed(#"{"object":"list","data":["#)
        for index in 0..<500 { feed(#"\#(index > 0 ? "," : ""){"index":\#(index),"embedding":[\#(vector)]}"#) }
        feed(#"],"usage":{"prompt_tokens":7}}"#)
        #expect(condenser.isWhole)
        #expect(condenser.output.count < 20_000)
    }

    @Test func endlessBodiesAreGivenUp() {
        var condenser = JSONCondenser()
        Array(#"{"a":1"#.utf8).withUnsafeBytes { condenser.feed($0) }
        let digits = [UInt8](repeating: UInt8(ascii: "1"), count: 100_000)
        for _ in 0..<100 { digits.withUnsafeBytes { condenser.feed($0) } }
        #expect(condenser.isBroken)
        #expect(condenser.output.count <= 1 << 20 + 1)
    }
}
