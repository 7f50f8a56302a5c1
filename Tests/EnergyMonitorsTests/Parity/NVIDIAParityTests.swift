// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ParitySupport
import TelemetryCore
import TelemetryTesting
import Testing

@testable import EnergyMonitors

@Suite struct NVIDIAParityTests {
    static let suite = ParitySuite(file: "nvidia-sample", answer: sample)

    @Test func everyCaseComesOutRight() {
        for failure in Self.suite.failures() { Issue.record("\(failure)") }
    }

    @Test func noChangedNumberGoesUnnoticed() {
        for change in Self.suite.unnoticedChanges() { Issue.record("unnoticed: \(change)") }
    }

    /// The driver is read at 0 s and at 1 s.
    @Sendable static func sample(_ parityCase: ParityCase) throws -> ParityAnswer {
        try parityCase.requireInput(["devices"])
        let devices = parityCase.input["devices"].elements
        let bench = try NVIDIABench(devices.map(script).joined(separator: "\n"))
        var readings = TwoReadings(bench.monitor)
        bench.move(to: 1)
        var answer = readings.answer(seconds: nil)
        // Without a card there is nothing that could be counted, so that power would have been polled.
        if devices.isEmpty { answer["energy_method"] = "polling" }
        return .value(.object(answer))
    }

    private static func script(of device: ParityValue) throws -> String {
        guard let start = device["start_mj"].int else { throw ParityError("a device without a first reading") }
        let card = "device counter_mj=\(start) period_ms=0\n"
        guard let end = device["end_mj"].int else {
            guard device.members["end_mj"] == .null else { throw ParityError("a device without a second reading") }
            return card + "fail function=DeviceGetTotalEnergyConsumption code=999 from=1"
        }
        return card + "jump at=1 mj=\(end - start)"
    }
}
