// Inferometer
// SPDX-License-Identifier: Apache-2.0

package import TelemetryCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Works a machine's energy out of how busy its processors are: no measurement, and only for who asks for it.
///
/// Each logical processor is taken to draw 0.74 W at rest and 3.5 W at work, and what lies between in proportion to its
/// busy time: `joules = processors x 0.74 x seconds + (3.5 - 0.74) x busy seconds`. These are the averages over servers
/// of Cloud Carbon Footprint, from SPECpower_ssj2008 (https://www.cloudcarbonfootprint.org/docs/methodology/,
/// "Compute", read 2026-11-24). A laptop, a single fast core or a graphics card can be far from them.
package struct ProcessorEstimateMonitor: EnergyMonitor {
    package let vendor = EnergyVendor.cpuRAPL
    package let sensors: [EnergySensor]
    package let statuses: [SensorStatus]
    package let pollInterval = EnergyPollInterval(active: .milliseconds(100), idle: .seconds(1))
    private let root: SysfsDirectory
    private let clock: TelemetryClock
    private let start: MonotonicInstant

    /// Creates an estimate over the machine, or over the folder that stands for `/`; it has no sensor where the kernel
    /// does not say how busy it is.
    package init(root: String, clock: TelemetryClock) {
        self.root = SysfsDirectory(path: root)
        self.clock = clock
        start = clock.instant()
        var status = SensorStatus(vendor: vendor, name: "estimate", works: ProcessorTime(root: self.root) != nil)
        status.domain = .package
        status.method = .estimated
        status.reason = "estimated from how busy the processors are, by averages over servers"
        statuses = [status]
        sensors = status.works ? [Self.sensor] : []
    }

    private static let sensor = EnergySensor(
        channel: EnergyChannel(device: EnergyDeviceID(vendor: .cpuRAPL, identifier: "estimate"), domain: .package),
        name: "estimate",
        deviceName: "processors (estimated)",
        method: .estimated,
        format: .nanojoules
    )

    package func readEnergy() -> [EnergyReading] {
        sensors.map { sensor in
            guard let time = ProcessorTime(root: root) else {
                let failure = SensorFailure(.failed, "estimate: proc/stat cannot be read")
                return EnergyReading(channel: sensor.channel, value: .failed(failure))
            }
            let seconds = (clock.instant() - start).seconds
            return EnergyReading(channel: sensor.channel, value: .count(time.nanojoules(over: seconds)))
        }
    }

    package func readDevices() -> [DeviceReading] { [] }

    package func close() {}
}

/// How busy the processors have been since the machine started.
struct ProcessorTime: Sendable, Hashable {
    var processors: Int
    /// The sum over the processors.
    var busySeconds: Double

    private static let restingWatts = 0.74
    private static let workingWatts = 3.5

    /// Reads `proc/stat`; nothing if it is not there, or not as it should be.
    init?(root: SysfsDirectory) {
        guard let bytes = try? root["proc"].bytes("stat", limit: 1 << 16) else { return nil }
        let lines = bytes.split(separator: UInt8(ascii: "\n")).filter { $0.starts(with: "cpu".utf8) }
        guard lines.count > 1, let whole = lines.first else { return nil }
        let fields = whole.split(separator: UInt8(ascii: " ")).dropFirst()
            .map { Double(String(decoding: $0, as: UTF8.self)) ?? .nan }
        // user, nice, system, idle, iowait, irq, softirq; what a host took away (steal) is not ours, and what guests
        // used stands in user already.
        guard fields.count >= 7 else { return nil }
        let ticks = fields[0] + fields[1] + fields[2] + fields[5] + fields[6]
        let rate = Double(sysconf(Int32(_SC_CLK_TCK)))
        guard ticks.isFinite, ticks >= 0, rate > 0 else { return nil }
        processors = lines.count - 1
        busySeconds = ticks / rate
    }

    /// The energy since an origin that is so many seconds ago, which only differences of make sense.
    func nanojoules(over seconds: Double) -> UInt64 {
        let resting = Double(processors) * Self.restingWatts * seconds
        let working = (Self.workingWatts - Self.restingWatts) * busySeconds
        return UInt64(max(resting + working, 0) * 1e9)
    }
}
