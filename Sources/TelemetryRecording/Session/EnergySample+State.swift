// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

extension SamplerState {
    /// All that was measured over a span.
    func sample(from start: MonotonicInstant, to end: MonotonicInstant) -> EnergySample {
        var sample = EnergySample()
        let windows = meters.windows(from: start, to: end)
        sample.duration = end - start
        sample.snapshotCount = samples.samples(from: start, to: end).count
        sample.setEnergy(windows)
        sample.peakPower = meters.peakPower(from: start, to: end)
        sample.setDevices(meters.devices, from: start, to: end)
        sample.setOrigin(windows.map(\.sensor))
        if sample.energy == nil || !sample.isComplete { sample.reason = reason(windows) }
        return sample
    }

    private func reason(_ windows: [ChannelWindow]) -> String {
        let counted = meters.meters.filter(\.sensor.isCounted)
        if counted.isEmpty { return "no sensor" }
        if let failure = counted.lazy.compactMap(\.failure).first { return failure.reason }
        return windows.isEmpty ? "not measured" : "not measured throughout"
    }
}

extension EnergySampler {
    /// All that was measured over a span.
    package func sample(from start: MonotonicInstant, to end: MonotonicInstant) -> EnergySample {
        withState { $0.sample(from: start, to: end) }
    }
}

extension EnergySample {
    mutating func setEnergy(_ windows: [ChannelWindow]) {
        let total = windows.total
        energy = total?.energy
        bound = total?.bound
        meanPower = total?.meanPower
        isComplete = total?.isComplete ?? false
        cpuEnergy = windows.energy(of: .cpu)?.energy
        gpuEnergy = windows.energy(of: .gpu)?.energy
        dramEnergy = windows.energy(of: .dram)?.energy
        aneEnergy = windows.energy(of: .ane)?.energy
    }

    mutating func setDevices(_ devices: DeviceHistory, from start: MonotonicInstant, to end: MonotonicInstant) {
        let utilization = devices.statistics(of: \.utilizationPercent, from: start, to: end)
        let memory = devices.statistics(of: \.memoryUsedGigabytes, from: start, to: end, isSummed: true)
        let temperature = devices.statistics(of: \.temperatureCelsius, from: start, to: end)
        (meanUtilizationPercent, peakUtilizationPercent) = (utilization?.mean, utilization?.peak)
        (meanMemoryUsedGigabytes, peakMemoryUsedGigabytes) = (memory?.mean, memory?.peak)
        (meanTemperatureCelsius, peakTemperatureCelsius) = (temperature?.mean, temperature?.peak)
    }

    mutating func setOrigin(_ sensors: [EnergySensor]) {
        let counted = sensors.filter(\.isCounted)
        guard !counted.isEmpty else { return }
        let main = counted.first { $0.channel.domain.component == .gpu } ?? counted[0]
        vendor = main.channel.device.vendor
        method = EnergyMethod.ofSum([main.method] + counted.map(\.method))
        deviceCount = Set(counted.map(\.channel.device)).count
        for sensor in counted where !deviceNames.contains(sensor.deviceName) { deviceNames.append(sensor.deviceName) }
    }
}

/// Measures a body of code with a monitor of one's own; see ``withTelemetrySession(monitor:telemetry:configuration:meterLock:clock:logger:_:)``.
///
/// - Returns: What the body returns, and what was measured while it ran.
public func withEnergySample<Result>(
    monitor: (any EnergyMonitor)?,
    configuration: SamplerConfiguration = SamplerConfiguration(),
    _ body: nonisolated(nonsending) () async throws -> Result
) async rethrows -> (value: Result, sample: EnergySample) {
    try await withTelemetrySession(monitor: monitor, configuration: configuration) { session in
        try await session.measure(body)
    }
}

extension EnergyMonitor {
    /// One look at the devices: power, utilisation, memory, temperature, without a span and so without energy.
    public func snapshot() -> EnergySample {
        var sample = EnergySample()
        let readings = readDevices()
        let watts = readings.compactMap(\.power?.watts)
        sample.meanPower = watts.isEmpty ? nil : .watts(watts.reduce(0, +))
        sample.peakPower = sample.meanPower
        sample.snapshotCount = 1
        var history = DeviceHistory()
        let now = MonotonicInstant(nanoseconds: 0)
        history.take(readings, at: now)
        sample.setDevices(history, from: now, to: now)
        sample.setOrigin(sensors)
        return sample
    }
}
