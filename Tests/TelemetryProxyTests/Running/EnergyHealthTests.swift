// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryProxy

@Suite struct EnergyHealthTests {
    @Test func whereNoneIsMeteredNothingIsSaid() {
        #expect(EnergyHealthText.json(nil) == "null")
    }

    @Test func aReasonIsSaid() throws {
        let text = EnergyHealthText.json(EnergyMeterHealth(reason: "no \"sensor\""))
        #expect(text == #"{"metering":false,"reason":"no \"sensor\"","sensors":[]}"#)
    }

    @Test func troubleIsCountedByCause() throws {
        var sensor = SensorHealth(sensor: .fakeCounter(.card, device: "GPU-a"))
        sensor.failure = SensorFailure(.lost, "gone")
        sensor.failures = [.lost: 12, .failed: 1]
        sensor.gaps = ["reset": 2]
        sensor.doubt = "twice too much"
        let health = EnergyMeterHealth(sensors: [sensor, SensorHealth(sensor: .fakeCounter(.package))])
        let data = Data(EnergyHealthText.json(health).utf8)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? NSDictionary)
        let expected: NSDictionary = [
            "metering": true, "reason": NSNull(),
            "sensors": [
                [
                    "device": "GPU-a", "domain": "card", "works": false, "reason": "gone", "doubt": "twice too much",
                    "failures": ["lost": 12, "failed": 1], "gaps": ["reset": 2],
                ],
                [
                    "device": "package-0", "domain": "package", "works": true, "reason": NSNull(), "doubt": NSNull(),
                    "failures": [:], "gaps": [:],
                ],
            ],
        ]
        #expect(object == expected)
    }
}
