// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ParitySupport
import TelemetryCore

@testable import EnergyMonitors

/// What the original's samples are: two rounds of readings and the time between them.
struct TwoReadings {
    let monitor: any EnergyMonitor
    private var counters: [EnergyChannel: CounterAccumulator] = [:]
    private var used: [EnergyChannel: UInt64] = [:]

    /// Reads for the first time.
    ///
    /// - Parameters:
    ///   - monitor: What is read.
    ///   - formats: Formats in place of the sensors' own, by device, for cases that give a unit.
    init(_ monitor: any EnergyMonitor, formats: [EnergyDeviceID: CounterFormat] = [:]) {
        self.monitor = monitor
        for sensor in monitor.sensors {
            let format = formats[sensor.channel.device] ?? sensor.format ?? .nanojoules
            counters[sensor.channel] = CounterAccumulator(format: format)
        }
        take(monitor.readEnergy())
    }

    /// Reads for the second time and answers as the original's sample is written down.
    mutating func answer(seconds: Double?) -> [String: ParityValue] {
        take(monitor.readEnergy())
        let total = joules { $0.isCounted }
        var members: [String: ParityValue] = [
            "vendor": .string(monitor.vendor.rawValue),
            "num_snapshots": 0,
            "device_name": ParityValue(monitor.sensors.first?.deviceName),
            "device_count": .integer(monitor.sensors.count),
            "energy_method": ParityValue(monitor.sensors.first?.method.rawValue),
            "energy_joules": ParityValue(total),
            "cpu_energy_joules": ParityValue(joules { $0.channel.domain.component == .cpu }),
            "gpu_energy_joules": ParityValue(joules { $0.channel.domain.component == .gpu }),
            "dram_energy_joules": ParityValue(joules { $0.channel.domain.component == .dram }),
            "ane_energy_joules": ParityValue(joules { $0.channel.domain.component == .ane }),
        ]
        let silent = monitor.sensors.filter { used[$0.channel] == nil }
        if let first = silent.first { members["reason"] = .string("\(first.name): no two good readings") }
        if let seconds {
            members["duration_seconds"] = .number(seconds)
            members["mean_power_watts"] = ParityValue(total.flatMap { seconds > 0 ? $0 / seconds : nil })
        }
        return members
    }

    private mutating func take(_ readings: [EnergyReading]) {
        for reading in readings {
            guard case .count(let count) = reading.value else { continue }
            // The cases were made up: some processors draw 40 kW in them.
            let limit = Power.watts(1e12)
            switch counters[reading.channel]?.add(count, within: .seconds(1), limit: limit) {
            case .unchanged: used[reading.channel] = 0
            case .advanced(let nanojoules): used[reading.channel] = nanojoules
            case .first, .restarted, nil: break
            }
        }
    }

    /// The sum over the sensors that fit, or nothing if one of them, or every one, is not known.
    private func joules(where fits: (EnergySensor) -> Bool) -> Double? {
        let fitting = monitor.sensors.filter(fits)
        let known = fitting.compactMap { used[$0.channel] }
        guard !fitting.isEmpty, known.count == fitting.count else { return nil }
        return Energy.nanojoules(known.reduce(0) { $0 + Int128($1) }).joules
    }
}
