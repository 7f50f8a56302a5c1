// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
public import TelemetryCore

/// Reads the energy counters of x86 processors: by the kernel's powercap tree, else by its perf events.
///
/// A total counts packages and the memory beside them. Cores and uncore lie inside a package, and the platform (psys)
/// around it: they are shown. A counter that may not be read is no sensor, and its status says what to do.
public final class RAPLEnergyMonitor: EnergyMonitor {
    /// The name under which processors are reported.
    public static let deviceName = "CPU (RAPL)"

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let vendor = EnergyVendor.cpuRAPL
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let sensors: [EnergySensor]
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let statuses: [SensorStatus]
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let pollInterval = EnergyPollInterval(active: .milliseconds(10), idle: .seconds(30))

    private let zones: [RAPLZone]
    private let state: Mutex<State>

    /// The changing part: the events that are open, until they are closed.
    private struct State: Sendable {
        var events: [(event: PerfEnergyEvent, counter: PerfCounter)]
        var isClosed = false
    }

    /// Looks for counters.
    ///
    /// Never fails: what does not work is told by ``statuses``.
    public convenience init(access: HardwareAccess = HardwareAccess()) {
        let isLive = access.isLive
        self.init(access: access) { (event) throws(SysfsError) in
            guard isLive else {
                throw SysfsError(code: .denied, path: "perf event", detail: "only the running kernel's own folders")
            }
            return try PerfCounter.open(event)
        }
    }

    init(access: HardwareAccess, openCounter: (PerfEnergyEvent) throws(SysfsError) -> PerfCounter) {
        let found = RAPLDiscovery(root: access.rootDirectory, openCounter: openCounter)
        zones = found.zones
        sensors = found.sensors
        statuses = found.statuses
        state = Mutex(State(events: found.events))
    }

    deinit {
        close()
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func readEnergy() -> [EnergyReading] {
        state.withLock { state in
            if state.isClosed { return sensors.map { EnergyReading(closed: $0.channel) } }
            return zones.map { $0.read() } + state.events.map(Self.read)
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func readDevices() -> [DeviceReading] {
        []
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func close() {
        state.withLock { state in
            for entry in state.events where !state.isClosed { entry.counter.close() }
            state.isClosed = true
        }
    }

    private static func read(_ event: PerfEnergyEvent, _ counter: PerfCounter) -> EnergyReading {
        do throws(SysfsError) {
            return EnergyReading(channel: event.channel, value: .count(try counter.read()))
        } catch {
            let failure = error.failure(of: event.channel.device.identifier)
            return EnergyReading(channel: event.channel, value: .failed(failure))
        }
    }
}

extension EnergyReading {
    /// The reading of a channel whose monitor is closed.
    init(closed channel: EnergyChannel) {
        let failure = SensorFailure(.failed, "\(channel.device): the monitor is closed")
        self.init(channel: channel, value: .failed(failure))
    }
}
