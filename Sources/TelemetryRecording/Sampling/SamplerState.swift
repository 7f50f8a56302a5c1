// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// All that a sampler knows: a value, changed by readings, asked by sessions.
struct SamplerState: Sendable {
    var meters: EnergyMeters
    var samples: SampleRing
    private let sampleInterval: Duration
    private var latestDevices: [EnergyDeviceID: DeviceReading] = [:]
    private var failures: [Int: [SensorFailure.Code: Int]] = [:]
    private var gaps: [Int: [String: Int]] = [:]
    /// When each cause was last told of, so that it makes one line, however many sensors it strikes and however often.
    private var told: [Cause: MonotonicInstant] = [:]
    /// The sensors whose failing was told, so that their recovery is.
    private var isToldToFail: Set<Int> = []
    private static let memory = Duration.seconds(600)

    private struct Cause: Hashable {
        var vendor: EnergyVendor
        var word: String
    }

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
        return (outcomes, outcomes.compactMap { notice(of: $0, at: end) })
    }

    private mutating func notice(of outcome: EnergyMeters.Outcome, at instant: MonotonicInstant) -> Notice? {
        let place = outcome.place
        let sensor = meters.meters[place].sensor
        switch outcome.event {
        case .failed(let failure):
            failures[place, default: [:]][failure.code, default: 0] += 1
            guard isNews(failure.code.rawValue, of: sensor, at: instant) else { return nil }
            isToldToFail.insert(place)
            return .failing(sensor, failure)
        case .gap(_, _, let reason):
            gaps[place, default: [:]][reason, default: 0] += 1
            isToldToFail.remove(place)
            return isNews(reason, of: sensor, at: instant) ? .gap(sensor, reason) : nil
        case .started, .published:
            return isToldToFail.remove(place) == nil ? nil : .working(sensor)
        }
    }

    /// Whether a cause was not told of for so long that it is worth a line; a cause that lasts is told once.
    private mutating func isNews(_ word: String, of sensor: EnergySensor, at instant: MonotonicInstant) -> Bool {
        let cause = Cause(vendor: sensor.channel.device.vendor, word: word)
        let last = told.updateValue(instant, forKey: cause)
        return last.map { instant - $0 > Self.memory } ?? true
    }

    /// How each sensor has done.
    var health: [SensorHealth] {
        meters.meters.indices.map { place in
            var health = SensorHealth(sensor: meters.meters[place].sensor)
            health.failure = meters.meters[place].failure
            health.failures = failures[place] ?? [:]
            health.gaps = gaps[place] ?? [:]
            health.lastGoodReading = meters.meters[place].lastGoodReading
            return health
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
