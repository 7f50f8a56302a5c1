// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// Checks that an energy monitor keeps the contract of `EnergyMonitor`.
public enum EnergyMonitorConformance {
    /// Reads a monitor some times, closes it, and tells what it does that no monitor may.
    ///
    /// - Parameters:
    ///   - monitor: The monitor; it is closed at the end.
    ///   - rounds: How often it is read; at least twice.
    ///   - betweenReadings: Runs between two readings, to move a fake's clock.
    /// - Returns: The rules that it breaks, each once; none if it conforms.
    public static func check(
        _ monitor: any EnergyMonitor,
        rounds: Int = 3,
        betweenReadings: () -> Void = {}
    ) -> [ConformanceViolation] {
        var found: [ConformanceViolation] = []
        checkDescription(of: monitor, &found)
        var last: [EnergyChannel: EnergyReading] = [:]
        for round in 0..<max(rounds, 2) {
            if round > 0 { betweenReadings() }
            let readings = monitor.readEnergy()
            checkReadings(readings, of: monitor, &found)
            for reading in readings {
                checkOrder(last[reading.channel], reading, of: monitor, &found)
                last[reading.channel] = reading
            }
            checkDevices(monitor.readDevices(), &found)
        }
        checkEnd(of: monitor, &found)
        return found
    }

    private static func checkDescription(of monitor: any EnergyMonitor, _ found: inout [ConformanceViolation]) {
        let sensors = monitor.sensors
        let channels = sensors.map(\.channel)
        found.require(Set(channels).count == channels.count, "unique-channels", "two sensors share a channel")
        found.require(
            channels.isEmpty || channels.contains { $0.device.vendor == monitor.vendor },
            "vendor",
            "no sensor is of \(monitor.vendor.rawValue), whose the monitor says it is"
        )
        let interval = monitor.pollInterval
        found.require(
            interval.active > .zero && interval.active <= interval.idle,
            "poll-interval",
            "active must be above 0 and no longer than idle, not \(interval.active) and \(interval.idle)"
        )
        let parts = monitor.parts.flatMap { $0.sensors.map(\.channel) }
        found.require(
            Set(parts) == Set(channels) && parts.count == channels.count,
            "parts",
            "the parts' sensors must be the monitor's, each in one part"
        )
        for sensor in sensors {
            let name = "\(sensor.deviceName) \(sensor.name)"
            found.require(
                (sensor.method == .powerIntegral) == (sensor.format == nil),
                "format",
                "\(name): a counter has a format, a sensor of power has none"
            )
            found.require(
                !sensor.isCounted || sensor.channel.domain.isAdditive,
                "counted-once",
                "\(name): \(sensor.channel.domain.rawValue) is part of another domain and must not be in a total"
            )
            found.require(
                monitor.statuses.contains {
                    $0.works && $0.vendor == sensor.channel.device.vendor && $0.domain == sensor.channel.domain
                },
                "statuses",
                "\(name) has no status that says it works"
            )
        }
        for status in monitor.statuses where !status.works {
            found.require(status.reason?.isEmpty == false, "reasons", "\(status.name) does not work and says no reason")
        }
    }

    private static func checkReadings(
        _ readings: [EnergyReading],
        of monitor: any EnergyMonitor,
        _ found: inout [ConformanceViolation]
    ) {
        let channels = monitor.sensors.map(\.channel)
        found.require(
            readings.map(\.channel).sorted() == channels.sorted(),
            "one-reading-each",
            "\(readings.count) readings of \(channels.count) channels: each is read once, a failure is a reading too"
        )
        for reading in readings {
            guard let sensor = monitor.sensors.first(where: { $0.channel == reading.channel }) else { continue }
            switch reading.value {
            case .count(let count):
                found.require(sensor.format != nil, "kind", "\(sensor.name) reads power and gave a count")
                found.require(
                    sensor.format?.modulus.map { count < $0 } ?? true,
                    "modulus",
                    "\(sensor.name) gave \(count), at or past the count at which it begins again"
                )
            case .power(let power):
                found.require(sensor.format == nil, "kind", "\(sensor.name) counts and gave power")
                found.require(
                    power.watts.isFinite && power.watts >= 0,
                    "power",
                    "\(sensor.name) gave \(power.watts) W"
                )
            case .failed(let failure):
                found.require(!failure.reason.isEmpty, "failure-reason", "\(sensor.name) fails and says no reason")
            }
        }
    }

    private static func checkOrder(
        _ last: EnergyReading?,
        _ next: EnergyReading,
        of monitor: any EnergyMonitor,
        _ found: inout [ConformanceViolation]
    ) {
        guard let last else { return }
        let format = monitor.sensors.first { $0.channel == next.channel }?.format
        if case .count(let before) = last.value, case .count(let after) = next.value, format?.modulus == nil {
            found.require(
                before <= after,
                "never-backwards",
                "a counter that never wraps went from \(before) to \(after)"
            )
        }
        if let before = last.publishedAt, let after = next.publishedAt {
            found.require(before <= after, "publication-order", "a later reading was published earlier")
        }
    }

    private static func checkDevices(_ readings: [DeviceReading], _ found: inout [ConformanceViolation]) {
        found.require(
            Set(readings.map(\.device)).count == readings.count,
            "unique-devices",
            "two readings are of one device"
        )
        for reading in readings {
            let name = reading.device.identifier
            found.require(
                reading.utilizationPercent.map { (0...100).contains($0) } ?? true,
                "utilization",
                "\(name) is busy by \(reading.utilizationPercent ?? .nan) %"
            )
            if let used = reading.memoryUsedBytes, let total = reading.memoryTotalBytes {
                found.require(used <= total, "memory", "\(name) uses \(used) of \(total) bytes")
            }
            found.require(
                reading.power.map { $0.watts.isFinite && $0.watts >= 0 } ?? true,
                "power",
                "\(name) draws \(reading.power?.watts ?? .nan) W"
            )
            found.require(
                reading.temperatureCelsius.map { (-100...300).contains($0) } ?? true,
                "temperature",
                "\(name) is at \(reading.temperatureCelsius ?? .nan) degrees Celsius"
            )
        }
    }

    private static func checkEnd(of monitor: any EnergyMonitor, _ found: inout [ConformanceViolation]) {
        let sensors = monitor.sensors
        monitor.close()
        monitor.close()
        let readings = monitor.readEnergy()
        let allFail = readings.allSatisfy { if case .failed = $0.value { true } else { false } }
        found.require(allFail, "closed", "a reading after close() gave a value")
        found.require(monitor.sensors == sensors, "sensors-stay", "the sensors changed while the monitor was read")
    }
}
