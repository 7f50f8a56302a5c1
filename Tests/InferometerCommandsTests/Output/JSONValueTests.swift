// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryExport
import Testing

@testable import InferometerCommands

@Suite struct JSONValueTests {
    @Test func keysKeepTheirOrderAndNumbersAreValid() {
        let value = JSONValue.pairs([
            "z": .integer(1), "a": .number(.nan), "m": .array([]), "o": .array([.bool(true), .null, .string("x\"")]),
        ])
        #expect(
            text(value, depth: 0) == """
                {
                  "z": 1,
                  "a": null,
                  "m": [],
                  "o": [
                    true,
                    null,
                    "x\\""
                  ]
                }
                """
        )
        #expect(text(value, depth: nil) == #"{"z":1,"a":null,"m":[],"o":[true,null,"x\""]}"#)
    }

    @Test func statisticsKeepTheirKeys() {
        let value = JSONValue([
            .init("total_calls", .value(.integer(2))),
            .init("per_model", .array([.object([.init("model_id", .value(.null))])])),
        ])
        #expect(text(value, depth: nil) == #"{"total_calls":2,"per_model":[{"model_id":null}]}"#)
    }

    private func text(_ value: JSONValue, depth: Int?) -> String {
        var writer = JSONWriter()
        value.append(to: &writer, depth: depth)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
