// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
public import TelemetryCore

/// Reads NVIDIA's cards through the driver's management library.
///
/// Energy comes from the driver's counter, in millijoules since the driver was loaded; a card without one is read by
/// its power at the moment and says so. Each card is tried by itself when the monitor is made. A driver that goes away
/// and comes back is found again; its counters then start anew.
public final class NVIDIAEnergyMonitor: EnergyMonitor {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let vendor = EnergyVendor.nvidia
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let sensors: [EnergySensor]
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let statuses: [SensorStatus]
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let pollInterval = EnergyPollInterval(active: .milliseconds(20), idle: .seconds(1))

    private let library: NVMLLibrary?
    private let devices: [NVIDIADevice]
    private let clock: TelemetryClock
    private let connection: Mutex<NVIDIAConnection>

    /// Looks for the library and its cards.
    ///
    /// Never fails: what does not work is told by ``statuses``.
    public init(access: HardwareAccess = HardwareAccess()) {
        clock = access.clock
        let found = NVIDIADiscovery(libraryNames: access.nvidiaLibraries)
        library = found.library
        devices = found.devices
        statuses = found.statuses
        sensors = found.devices.compactMap(\.sensor)
        connection = Mutex(found.connection)
        refreshPowerLimits()
    }

    deinit {
        close()
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func readEnergy() -> [EnergyReading] {
        connection.withLock { connection in
            var readings = devices.compactMap { readEnergy(of: $0, connection) }
            if readings.contains(where: \.isLost), let library, connection.restart(library, at: clock.instant()) {
                readings = devices.compactMap { readEnergy(of: $0, connection) }
            }
            if !readings.contains(where: \.isLost) { connection.noteSuccess() }
            return readings
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func readDevices() -> [DeviceReading] {
        connection.withLock { connection in
            devices.compactMap { device in
                guard let library, let handle = connection.handles[device.identifier] else {
                    return DeviceReading(device: device.identifier)
                }
                let reading = read(device, handle, library, &connection)
                if let limit = reading.powerLimit { connection.powerLimits[device.identifier] = limit }
                return reading
            }
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func close() {
        connection.withLock { connection in
            if let library { connection.close(library) }
        }
    }

    private func refreshPowerLimits() {
        guard let library else { return }
        connection.withLock { connection in
            for (device, handle) in connection.handles {
                connection.powerLimits[device] = try? library.powerLimit(of: handle)
            }
        }
    }

    private func readEnergy(of device: NVIDIADevice, _ connection: NVIDIAConnection) -> EnergyReading? {
        guard let library, case .success(let source) = device.source else { return nil }
        let limit = connection.powerLimits[device.identifier]
        guard let handle = connection.handles[device.identifier] else {
            let reason = connection.isClosed ? "the monitor is closed" : "the driver does not list it any more"
            let failure = SensorFailure(connection.isClosed ? .failed : .lost, "\(device.label): \(reason)")
            return EnergyReading(channel: device.channel, value: .failed(failure), powerLimit: limit)
        }
        do throws(NVMLError) {
            let value = try source.read(handle, library)
            return EnergyReading(channel: device.channel, value: value, powerLimit: limit)
        } catch {
            let failure = error.failure(of: device.label)
            return EnergyReading(channel: device.channel, value: .failed(failure), powerLimit: limit)
        }
    }

    /// Reads each value by itself, so that what a card cannot say takes nothing from the rest.
    private func read(
        _ device: NVIDIADevice,
        _ handle: NVMLHandle,
        _ library: NVMLLibrary,
        _ connection: inout NVIDIAConnection
    ) -> DeviceReading {
        var reading = DeviceReading(device: device.identifier)
        let scope: NVMLLibrary.Scope = device.isWholeModule ? .module : .card
        reading.power =
            (try? library.instantPower(of: handle, scope: scope)) ?? (try? library.powerUsage(of: handle))
        reading.powerLimit = try? library.powerLimit(of: handle)
        reading.utilizationPercent = try? library.utilization(of: handle)
        reading.temperatureCelsius = try? library.temperature(of: handle)
        if let memory = try? library.memory(of: handle) {
            reading.memoryUsedBytes = memory.used
            reading.memoryTotalBytes = memory.total
        }
        reading.processes = processes(of: device, handle, library, &connection)
        return reading
    }

    private func processes(
        of device: NVIDIADevice,
        _ handle: NVMLHandle,
        _ library: NVMLLibrary,
        _ connection: inout NVIDIAConnection
    ) -> [DeviceProcess]? {
        guard var processes = try? library.processes(of: handle) else { return nil }
        var shares = connection.processShares[device.identifier] ?? ProcessShares()
        do throws(NVMLError) {
            shares.take(try library.processUtilization(of: handle, since: shares.lastSeen), at: clock.instant())
        } catch {
            guard error.code == NVMLError.Code.notFound else { return processes }
            shares.noteNothingNew(at: clock.instant())
        }
        connection.processShares[device.identifier] = shares
        for index in processes.indices {
            processes[index].utilizationPercent = shares[processes[index].processID]
        }
        return processes
    }
}

extension EnergyReading {
    /// Whether the device or its driver is gone.
    var isLost: Bool {
        guard case .failed(let failure) = value else { return false }
        return failure.code == .lost
    }
}
