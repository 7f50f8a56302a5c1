// Inferometer
// SPDX-License-Identifier: Apache-2.0

import EnergyMonitors
import Logging
import Synchronization
import TelemetryCore
import TelemetryRecording
import TelemetryTesting

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// What reading costs, and how punctual it is.
enum SamplerLoad {
    /// A fake card at 1 kHz, as its thread sees it.
    static func sampler(seconds: Int) async {
        let clock = TelemetryClock.system
        let sensor = EnergySensor.fakeCounter(.card)
        let monitor = PunctualityMonitor(
            base: FakeEnergyMonitor(channels: [.init(sensor: sensor, curve: .constant(300))], clock: clock),
            clock: clock
        )
        var configuration = SamplerConfiguration()
        configuration.interval = .milliseconds(1)
        let sampler = EnergySampler(monitor: monitor, configuration: configuration, clock: clock, logger: quiet)
        let busy = await processorShare(of: seconds) { body in await sampler.withSampling(body) }
        let late = monitor.lateness(period: 1_000_000)
        let percentiles = [50, 99].map { "\"late_p\($0)_us\": \(late[late.count * $0 / 100])" }
        print("{\"percent\": \(busy * 100), \"readings\": \(monitor.count), \(percentiles.joined(separator: ", "))}")
    }

    /// Fake sensors, or what this machine has, at the rates that `serve` and `measure` use.
    static func rates(isFake: Bool, isAlways: Bool, seconds: Int) async {
        var access = HardwareAccess()
        access.root = getenv("INFEROMETER_SYSFS_ROOT").map { String(cString: $0) } ?? "/"
        let monitor = isFake ? fakes() : EnergyMonitorFactory.makeMonitor(access: access)
        var configuration = SamplerConfiguration()
        configuration.pace = isAlways ? .always : .onDemand
        let sampler = EnergySampler(monitor: monitor, configuration: configuration, logger: quiet)
        let busy = await processorShare(of: seconds) { body in await sampler.withSampling(body) }
        let sensors = monitor.sensors.map { "\"\($0.channel.device.vendor.rawValue) \($0.channel.domain.rawValue)\"" }
        print("{\"percent\": \(busy * 100), \"sensors\": [\(sensors.joined(separator: ", "))]}")
    }

    /// A card and a processor that cost nothing to read, at the rates of real ones.
    private static func fakes() -> CompositeEnergyMonitor {
        func fake(_ domain: EnergyDomain, _ active: Duration, _ idle: Duration) -> FakeEnergyMonitor {
            FakeEnergyMonitor(
                channels: [.init(sensor: .fakeCounter(domain), curve: .constant(100))],
                clock: .system,
                pollInterval: EnergyPollInterval(active: active, idle: idle)
            )
        }
        return CompositeEnergyMonitor([
            fake(.card, .milliseconds(20), .seconds(1)), fake(.package, .milliseconds(10), .seconds(30)),
        ])
    }

    private static let quiet = Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }

    /// The part of one core that the whole process uses while a sampler runs; its start is left out.
    private static func processorShare(
        of seconds: Int,
        _ sampling: (nonisolated(nonsending) () async -> Double) async -> Double
    ) async -> Double {
        await sampling {
            try? await Task.sleep(for: .milliseconds(300))
            let (began, used) = (ContinuousClock.now, processorSeconds())
            try? await Task.sleep(for: .seconds(seconds))
            return (processorSeconds() - used) / (ContinuousClock.now - began).seconds
        }
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Notes when it is read.
private final class PunctualityMonitor: EnergyMonitor {
    let base: FakeEnergyMonitor
    let clock: TelemetryClock
    private let instants: Mutex<[Int64]>

    init(base: FakeEnergyMonitor, clock: TelemetryClock) {
        self.base = base
        self.clock = clock
        var instants: [Int64] = []
        instants.reserveCapacity(1 << 20)
        self.instants = Mutex(instants)
    }

    var vendor: EnergyVendor { base.vendor }
    var sensors: [EnergySensor] { base.sensors }
    var statuses: [SensorStatus] { base.statuses }
    var pollInterval: EnergyPollInterval { base.pollInterval }
    var count: Int { instants.withLock { $0.count } }

    func readEnergy() -> [EnergyReading] {
        instants.withLock { $0.append(clock.instant().nanoseconds) }
        return base.readEnergy()
    }

    func readDevices() -> [DeviceReading] { [] }
    func close() {}

    /// How long after its deadline each reading came, in microseconds, in order; a deadline that was passed over is late
    /// by as long as it took until the next reading.
    func lateness(period: Int64) -> [Double] {
        let instants = instants.withLock { $0 }
        guard let origin = instants.first else { return [0] }
        var late: [Double] = []
        var served: Int64 = 0
        for instant in instants.dropFirst() {
            let present = (instant - origin) / period
            for deadline in min(served + 1, present)...present {
                late.append(Double(instant - origin - deadline * period) / 1e3)
            }
            served = max(served, present)
        }
        return late.sorted()
    }
}
