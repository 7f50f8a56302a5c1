// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import Testing

@testable import TelemetryExport

@Suite struct RecordJSONTests {
    @Test(arguments: [RecordSamples.plain, RecordSamples.hostile])
    func everyKeyIsThereOnceInOrderOnOneLine(_ record: TelemetryRecord) throws {
        let bytes = encoded(record)
        #expect(!bytes.contains(0x0A) && !bytes.contains(0x0D))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        #expect(Set(object.keys) == Set(RecordField.all.map(\.key)))
        var text = Substring(String(decoding: bytes, as: UTF8.self))
        for field in RecordField.all {
            let place = try #require(text.range(of: "\"\(field.key)\":"))
            text = text[place.upperBound...]
        }
    }

    @Test func valuesComeBackAsTheyWere() throws {
        let record = RecordSamples.hostile
        let object = try #require(try JSONSerialization.jsonObject(with: Data(encoded(record))) as? [String: Any])
        #expect(object["model_id"] as? String == record.identity.model)
        #expect(object["requested_model"] as? String == "")
        #expect(object["devices"] as? [String] == record.energy.devices)
        #expect(object["timestamp"] as? Double == 1_748_000_017.609168)
        // Foundation's reader is off by one in the last place.
        let carbon = try #require(object["carbon_grams"] as? Double)
        #expect(abs(carbon - 1.2345678901234567e-12) < 1e-27)
        #expect(object["electricity_cost"] as? Double == 1e22)
        #expect(object["gpu_utilization_pct"] is NSNull)
        #expect(object["gpu_temperature_c"] is NSNull)
        #expect(object["cost_usd"] as? Double == 0)
        #expect(object["energy_joules"] is NSNull)
        let metadata = try #require(object["metadata"] as? [String: String])
        let model = try #require(record.identity.model)
        #expect(metadata == ["key \"1\"": model])
    }

    @Test func aTerminalFindsNothingToObey() {
        let bytes = encoded(RecordSamples.hostile)
        #expect(!bytes.contains { $0 < 0x20 || $0 == 0x7F })
        // U+0085 and U+009B would be C2 85 and C2 9B.
        #expect(!zip(bytes, bytes.dropFirst()).contains { $0 == 0xC2 && (0x80..<0xA0).contains($1) })
    }

    @Test(arguments: [
        (0.0, "0"), (-0.0, "0"), (1.0, "1"), (-2.5, "-2.5"), (0.1, "0.1"), (1e-7, "1e-07"),
        (1e15, "1000000000000000.0"), (.nan, "null"), (.infinity, "null"), (123_456_789_012_345, "123456789012345"),
    ])
    func numbersAreShortAndExact(_ number: Double, _ text: String) throws {
        var writer = JSONWriter()
        writer.append(number)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
        guard number.isFinite else { return }
        #expect(Double(text) == number)
    }

    private func encoded(_ record: TelemetryRecord) -> [UInt8] {
        var writer = JSONWriter()
        RecordJSON.append(record, to: &writer)
        return writer.bytes
    }
}
