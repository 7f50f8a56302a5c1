// Inferometer
// SPDX-License-Identifier: Apache-2.0

import EnergyMonitors
import TelemetryCore

/// What `doctor` says of the energy sensors.
struct SensorReport: Sendable {
    var statuses: [SensorStatus]

    /// Looks for every sensor that this release knows; a driver that hangs is not waited for longer than five seconds.
    static func ofThisMachine(_ environment: [String: String], clock: TelemetryClock) async -> SensorReport {
        let root = environment["INFEROMETER_SYSFS_ROOT"] ?? "/"
        guard let monitor = await SensorSearch.monitor(root: root, clock: clock, goesOn: { false }) else {
            return SensorReport(statuses: [])
        }
        defer { SensorSearch.close(monitor) }
        return SensorReport(statuses: monitor.statuses)
    }

    /// The sensors for scripts.
    var json: JSONValue {
        .array(
            statuses.map { status in
                .pairs([
                    "vendor": .string(status.vendor.rawValue),
                    "name": .string(status.name),
                    "device_name": .string(status.deviceName),
                    "device": .string(status.device),
                    "domain": .string(status.domain?.rawValue),
                    "method": .string(status.method?.rawValue),
                    "works": .bool(status.works),
                    "reason": .string(status.reason),
                    "remedy": .string(status.remedy),
                ])
            }
        )
    }

    /// A sentence for each sensor.
    var sentences: [String] {
        if statuses.isEmpty { return ["The drivers did not answer within five seconds."] }
        return statuses.map { status in
            let device = status.device.map { "[\($0)]" }
            let subject = [status.vendor.rawValue, status.name, status.deviceName, device].compactMap(\.self)
                .joined(separator: " ")
            if status.works {
                let measures = [status.domain?.rawValue, status.method?.rawValue].compactMap(\.self)
                    .joined(separator: ", ")
                return "\(subject): works (\(measures))" + (status.reason.map { "; \($0)" } ?? "")
            }
            let remedy = status.remedy.map { " Remedy: \($0)" } ?? ""
            return "\(subject): does not work; \(status.reason ?? "unknown").\(remedy)"
        }
    }
}
