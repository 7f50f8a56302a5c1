// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ParitySupport
import TelemetryCore
import TelemetryTesting
import Testing

@testable import EnergyMonitors

@Suite struct RAPLParityTests {
    static let suites = [
        ParitySuite(file: "rapl-sample", answer: sample),
        ParitySuite(file: "rapl-delta", answer: delta),
    ]

    @Test(arguments: suites.indices) func everyCaseComesOutRight(index: Int) {
        for failure in Self.suites[index].failures() { Issue.record("\(failure)") }
    }

    @Test(arguments: suites.indices) func noChangedNumberGoesUnnoticed(index: Int) {
        for change in Self.suites[index].unnoticedChanges() { Issue.record("unnoticed: \(change)") }
    }

    @Sendable static func sample(_ parityCase: ParityCase) throws -> ParityAnswer {
        try parityCase.requireInput(["domains", "wall_s"])
        let tree = try SysfsTree()
        let domains = parityCase.input["domains"].elements
        for domain in domains { try set("start_uj", of: domain, in: tree) }
        var readings = TwoReadings(RAPLEnergyMonitor(access: .tree(tree)))
        for domain in domains { try set("end_uj", of: domain, in: tree) }
        var answer = readings.answer(seconds: try parityCase.number("wall_s"))
        answer["device_name"] = .string(RAPLEnergyMonitor.deviceName)
        if domains.isEmpty {
            answer["reason"] = nil
            // Without a counter there is no reading that could have been made in another way.
            answer["energy_method"] = .string(EnergyMethod.rapl.rawValue)
        }
        return .value(.object(answer))
    }

    private static func set(_ key: String, of domain: ParityValue, in tree: SysfsTree) throws {
        guard let path = domain["path"].string, let name = domain["name"].string, let maximum = domain["max_uj"].int,
            let flat = path.split(separator: "/").last
        else { throw ParityError("a domain without path, name or maximum") }
        if let count = domain[key].int {
            try tree.setPowercapZone(path, name: name, microjoules: UInt64(count), maximum: UInt64(maximum))
        } else if key == "end_uj", domain[key] == .null {
            try tree.deny(SysfsTree.powercapCounter(path))
            #expect(SysfsDirectory(path: tree.root)["sys/class/powercap/\(flat)"].exists)
        } else {
            throw ParityError("\(path): \(domain[key]) is no reading that can be made")
        }
    }

    /// Counters by name at two times, each with its maximum.
    @Sendable static func delta(_ parityCase: ParityCase) throws -> ParityAnswer {
        try parityCase.requireInput(["start", "end"])
        var deltas: [String: ParityValue] = [:]
        for (name, start) in parityCase.input["start"].members {
            let (before, after) = (
                start.elements.compactMap(\.int), parityCase.input["end"][name].elements.compactMap(\.int)
            )
            guard after.count == 2 else { continue }
            guard before.count == 2 else { throw ParityError("\(name): no count and maximum") }
            var counter = CounterAccumulator(format: .microjoules.wrapping(after: UInt64(before[1]) + 1))
            _ = counter.add(UInt64(before[0]), within: .seconds(1))
            let step = counter.add(UInt64(after[0]), within: .seconds(1), limit: .watts(1e12))
            if case .advanced(let nanojoules) = step { deltas[name] = .number(Double(nanojoules) / 1e3) }
        }
        return .value(["deltas_uj": .object(deltas)])
    }
}
