// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// What was found of a processor's counters, and what is to be said about each.
struct RAPLDiscovery {
    private(set) var zones: [RAPLZone] = []
    private(set) var events: [(event: PerfEnergyEvent, counter: PerfCounter)] = []
    private(set) var statuses: [SensorStatus] = []

    var sensors: [EnergySensor] {
        zones.map(\.sensor) + events.map(\.event.sensor)
    }

    init(root: SysfsDirectory, openCounter: (PerfEnergyEvent) throws(SysfsError) -> PerfCounter) {
        let found = RAPLTree(root: root).zones
        var failures: [(zone: RAPLZone, failure: SensorFailure)] = []
        for zone in found {
            if case .failed(let failure) = zone.read().value {
                failures.append((zone, failure))
            } else {
                zones.append(zone)
                statuses.append(Self.status(of: zone.sensor))
            }
        }
        // One way or the other, never both: the two name the same joules.
        let perfFailure = zones.isEmpty ? openEvents(root: root, openCounter) : nil
        if events.isEmpty {
            for entry in failures {
                statuses.append(Self.status(of: entry.zone, failure: entry.failure, perf: perfFailure, root: root))
            }
        }
        if found.isEmpty && events.isEmpty { statuses = [Self.nothing(perf: perfFailure, root: root)] }
    }

    /// Opens all events, or none; the reason if the kernel has them and keeps them from us.
    private mutating func openEvents(
        root: SysfsDirectory,
        _ openCounter: (PerfEnergyEvent) throws(SysfsError) -> PerfCounter
    ) -> SysfsError? {
        for event in PerfEnergyEvent.all(root: root) {
            do throws(SysfsError) {
                events.append((event, try openCounter(event)))
            } catch {
                for entry in events { entry.counter.close() }
                events = []
                return error
            }
        }
        statuses += events.map { Self.status(of: $0.event.sensor) }
        return nil
    }

    private static func status(of sensor: EnergySensor) -> SensorStatus {
        var status = SensorStatus(vendor: .cpuRAPL, name: sensor.name, works: true)
        status.deviceName = sensor.deviceName
        status.device = sensor.channel.device.identifier
        status.domain = sensor.channel.domain
        status.method = sensor.method
        switch sensor.channel.domain {
        case .psys: status.reason = "shown and not in the total, as it contains the packages"
        case .core, .uncore: status.reason = "shown and not in the total, as its package contains it"
        default: break
        }
        return status
    }

    private static func status(
        of zone: RAPLZone,
        failure: SensorFailure,
        perf: SysfsError?,
        root: SysfsDirectory
    ) -> SensorStatus {
        var status = SensorStatus(vendor: .cpuRAPL, name: zone.sensor.name, works: false)
        status.deviceName = RAPLEnergyMonitor.deviceName
        status.device = zone.device.identifier
        status.domain = zone.domain
        status.reason = [failure.reason, perf.map { describe($0, root: root) }].compactMap(\.self).joined(
            separator: "; "
        )
        status.remedy = failure.code == .permissionDenied ? permissionRemedy : nil
        return status
    }

    private static func nothing(perf: SysfsError?, root: SysfsDirectory) -> SensorStatus {
        var status = SensorStatus(vendor: .cpuRAPL, name: "powercap", works: false)
        let place = root["sys/class/powercap"]
        status.reason =
            "\(place) has no intel-rapl zone: a virtual machine or a container that hides it, a kernel module that is not"
            + " loaded, or a processor without these counters"
        if let perf {
            status.reason = [status.reason, describe(perf, root: root)].compactMap(\.self).joined(separator: "; ")
            status.remedy = perfRemedy
        } else {
            status.remedy =
                "on the machine itself `modprobe intel_rapl_msr`; a virtual machine's host does not pass the counters on"
        }
        return status
    }

    private static func describe(_ error: SysfsError, root: SysfsDirectory) -> String {
        let level = root["proc/sys/kernel"].optionalText("perf_event_paranoid")
        return "\(error)" + (level.map { " (perf_event_paranoid is \($0))" } ?? "")
    }

    /// Read access for one group to these counters alone, or the one capability that perf asks for.
    private static let permissionRemedy =
        "let a group read the counters and nothing else: as root `groupadd -f rapl`, `usermod -aG rapl USER`, write the"
        + " lines `z /sys/devices/virtual/powercap/intel-rapl/*/energy_uj 0440 root rapl` and `z"
        + " /sys/devices/virtual/powercap/intel-rapl/*/*/energy_uj 0440 root rapl` to /etc/tmpfiles.d/rapl.conf, run"
        + " `systemd-tmpfiles --create rapl.conf`, and log in again; or \(perfRemedy)"

    private static let perfRemedy = "use perf: `setcap cap_perfmon=ep` on this program"
}

extension PerfEnergyEvent {
    var sensor: EnergySensor {
        EnergySensor(
            channel: channel,
            name: "perf power/\(domain.rawValue)",
            deviceName: RAPLEnergyMonitor.deviceName,
            method: .rapl,
            format: format,
            publicationPeriod: .milliseconds(1)
        )
    }
}
