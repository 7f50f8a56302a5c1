// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Logging
public import TelemetryCore

/// Watches GPUs while a body of code runs: power, utilisation, memory, temperature.
///
/// It looks at power from time to time, which is all that the oldest cards can say; where a card counts energy,
/// ``withEnergySample(monitor:configuration:_:)`` knows better.
public struct GPUMonitor: Sendable {
    private let monitor: any EnergyMonitor
    private let interval: Duration
    private let clock: TelemetryClock

    /// Creates a monitor of GPUs that looks so often; 50 ms unless told otherwise.
    public init(monitor: any EnergyMonitor, interval: Duration = .milliseconds(50), clock: TelemetryClock = .system) {
        self.monitor = monitor
        self.interval = interval
        self.clock = clock
    }

    /// Whether there is a GPU to watch.
    public var isAvailable: Bool {
        monitor.sensors.contains { $0.channel.domain == .card }
    }

    /// One look at all GPUs.
    public func snapshots() -> [GPUSnapshot] {
        Self.snapshots(monitor.readDevices())
    }

    /// Runs a body and watches the GPUs meanwhile; without one the sample has no readings.
    public func sample<Result>(
        _ body: nonisolated(nonsending) () async throws -> Result
    ) async throws -> (value: Result, sample: GPUSample) {
        var configuration = SamplerConfiguration()
        configuration.interval = interval
        configuration.deviceInterval = interval
        let looks = GPULooks()
        let sampler = EnergySampler(
            monitor: monitor,
            configuration: configuration,
            clock: clock,
            logger: Logger(label: "inferometer.gpu")
        )
        sampler.observe { [clock] _, devices in
            if let devices { looks.add(Self.snapshots(devices), at: clock.instant()) }
        }
        let start = clock.instant()
        let value = try await sampler.withSampling(body)
        let duration = clock.instant() - start
        return (value, try looks.sample(duration: duration))
    }

    private static func snapshots(_ readings: [DeviceReading]) -> [GPUSnapshot] {
        readings.enumerated().map { index, reading in
            var snapshot = GPUSnapshot(deviceIndex: index)
            snapshot.power = reading.power
            snapshot.utilizationPercent = reading.utilizationPercent
            snapshot.memoryUsedGigabytes = reading.memoryUsedGigabytes
            snapshot.temperatureCelsius = reading.temperatureCelsius
            return snapshot
        }
    }
}
