// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ParitySupport
import TelemetryCore
import TelemetryTesting
import Testing

@testable import EnergyMonitors

@Suite struct AMDParityTests {
    static let suite = ParitySuite(file: "amd-sample", answer: sample)

    @Test func everyCaseComesOutRight() {
        for failure in Self.suite.failures() { Issue.record("\(failure)") }
    }

    @Test func noChangedNumberGoesUnnoticed() {
        for change in Self.suite.unnoticedChanges() { Issue.record("unnoticed: \(change)") }
    }

    /// Accumulators with the unit that the case gives; without one, the hardware's own 2^-16 J.
    @Sendable static func sample(_ parityCase: ParityCase) throws -> ParityAnswer {
        try parityCase.requireInput(["start", "end", "wall_s"])
        let tree = try SysfsTree()
        var formats: [EnergyDeviceID: CounterFormat] = [:]
        for (index, reading) in parityCase.input["start"].elements.enumerated() {
            try set(reading, index: index, in: tree)
            let device = EnergyDeviceID(vendor: .amd, identifier: SysfsTree.busAddress(index))
            guard let microjoules = reading["counter_resolution"].double else { continue }
            formats[device] = CounterFormat(nanojoules: UInt64((microjoules * 1e3).rounded()))
        }
        var readings = TwoReadings(AMDEnergyMonitor(access: .tree(tree)), formats: formats)
        for (index, reading) in parityCase.input["end"].elements.enumerated() {
            try set(reading, index: index, in: tree)
        }
        var answer = readings.answer(seconds: try parityCase.number("wall_s"))
        if parityCase.input["start"].elements.isEmpty { answer["energy_method"] = "hw_counter" }
        return .value(.object(answer))
    }

    private static func set(_ reading: ParityValue, index: Int, in tree: SysfsTree) throws {
        if reading == .null {
            try tree.deny("\(SysfsTree.cardFolder(index))/gpu_metrics")
            return
        }
        guard let count = reading["energy_accumulator"].double else { throw ParityError("no accumulator") }
        try tree.setGraphicsCard(index, maker: "0x1002", model: "0x744c")
        try tree.set("\(SysfsTree.cardFolder(index))/product_name", "AMD Fake")
        let metrics = GPUMetricsBlob.bytes(format: 1, content: 3, energy: UInt64(count))
        try tree.set("\(SysfsTree.cardFolder(index))/gpu_metrics", bytes: metrics)
    }
}
