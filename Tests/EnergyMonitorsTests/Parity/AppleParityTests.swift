// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ParitySupport
import TelemetryCore
import TelemetryTesting
import Testing

@testable import EnergyMonitors

@Suite struct AppleParityTests {
    static let suite = ParitySuite(file: "apple-fallback", answer: fallback)

    @Test func everyCaseComesOutRight() {
        for failure in Self.suite.failures() { Issue.record("\(failure)") }
    }

    @Test func noChangedNumberGoesUnnoticed() {
        for change in Self.suite.unnoticedChanges() { Issue.record("unnoticed: \(change)") }
    }

    /// A Mac without energy channels: the chip is named, and no energy is made up.
    @Sendable static func fallback(_ parityCase: ParityCase) throws -> ParityAnswer {
        try parityCase.requireInput(["brand", "wall_s"])
        let fake = try FakeIOReport(script: "brand \"\(try parityCase.text("brand"))\"")
        var access = HardwareAccess.nothing()
        access.appleLibraries = [fake.libraryPath]
        let monitor = AppleEnergyMonitor(access: access)
        var readings = TwoReadings(monitor)
        var sample = readings.answer(seconds: try parityCase.number("wall_s"))
        sample["device_name"] = ParityValue(monitor.chip)
        sample["device_count"] = 1
        sample["reason"] = ParityValue(monitor.statuses.first?.reason)
        return .value(["chip": ParityValue(monitor.chip), "sample": .object(sample)])
    }
}
