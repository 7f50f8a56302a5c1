// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// All that a sampler knows: a value, changed by readings, asked by sessions.
struct SamplerState: Sendable {
    var meters: EnergyMeters
    var samples: SampleRing
    private let sampleInterval: Duration
    private var latestDevices: [EnergyDeviceID: DeviceReading] = [:]
    /// The causes that were logged, so that each makes one line.
    private var toldFailures: [Int: SensorFailure.Code] = [:]

    init(sensors: [EnergySensor], configuration: SamplerConfiguration) {
        meters = EnergyMeters(sensors: sensors, configuration: configuration.meter)
        samples = SampleRing(capacity: configuration.sampleCapacity)
        sampleInterval = configuration.sampleInterval
    }

    /// A channel that began to fail, or works again.
    enum Notice: Sendable {
        case failing(EnergySensor, SensorFailure)
        case working(EnergySensor)
        case gap(EnergySensor, String)
    }

    /// Takes what one reading of one monitor brought.
    mutating func take(
        _ readings: [EnergyReading],
        devices: [DeviceReading]?,
        from start: MonotonicInstant,
        to end: MonotonicInstant
    ) -> (outcomes: [EnergyMeters.Outcome], notices: [Notice]) {
        let outcomes = meters.take(readings, from: start, to: end)
        if let devices {
            meters.take(devices, at: end)
            for device in devices { latestDevices[device.device] = device }
        }
        if samples.last.map({ end - $0.instant >= sampleInterval || end < $0.instant }) ?? true {
            samples.append(sample(at: end))
        }
        return (outcomes, outcomes.compactMap { notice(of: $0) })
    }

    private mutating func notice(of outcome: EnergyMeters.Outcome) -> Notice? {
        let sensor = meters.meters[outcome.place].sensor
        switch outcome.event {
        case .failed(let failure):
            guard toldFailures.updateValue(failure.code, forKey: outcome.place) != failure.code else { return nil }
            return .failing(sensor, failure)
        case .gap(_, _, let reason):
            toldFailures[outcome.place] = nil
            return .gap(sensor, reason)
        case .started, .published:
            return toldFailures.removeValue(forKey: outcome.place) == nil ? nil : .working(sensor)
        }
    }

    private func sample(at instant: MonotonicInstant) -> TelemetrySample {
        var sample = TelemetrySample(instant: instant)
        (sample.gpuPower, sample.gpuEnergy) = now(.gpu)
        (sample.cpuPower, sample.cpuEnergy) = now(.cpu)
        let devices = latestDevices.values
        sample.gpuUtilizationPercent = Self.mean(devices.compactMap(\.utilizationPercent))
        sample.gpuTemperatureCelsius = Self.mean(devices.compactMap(\.temperatureCelsius))
        let memory = devices.compactMap(\.memoryUsedGigabytes)
        sample.gpuMemoryGigabytes = memory.isEmpty ? nil : memory.reduce(0, +)
        return sample
    }

    private func now(_ component: EnergyComponent) -> (Power?, Energy?) {
        let meters = meters.meters.filter {
            $0.sensor.isCounted && $0.sensor.channel.domain.component == component && $0.failure == nil
                && $0.trace.count > 0
        }
        guard !meters.isEmpty else { return (nil, nil) }
        let watts = meters.compactMap { $0.lastPower?.watts ?? $0.trace.latestPower?.watts }
        let energy = meters.reduce(Energy.zero) { $0 + $1.trace.total }
        return (watts.isEmpty ? nil : .watts(watts.reduce(0, +)), energy)
    }

    private static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}
