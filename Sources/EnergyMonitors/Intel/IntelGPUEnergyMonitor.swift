// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
public import TelemetryCore

/// Reads Intel's graphics cards through the files of the kernel drivers `xe` and `i915`; every user may read them.
///
/// The card's counter is counted; its package's, which lies inside, is shown. A card that has only the package's is
/// measured by that and says so. A card that sleeps is left asleep: its counter stands where it stood.
public final class IntelGPUEnergyMonitor: EnergyMonitor {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let vendor = EnergyVendor.intel
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let sensors: [EnergySensor]
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let statuses: [SensorStatus]
    /// How often to read: the hardware's 32 bits wrap after 4 minutes at 1 kW, and only a reader makes the driver count.
    public let pollInterval = EnergyPollInterval(active: .milliseconds(50), idle: .seconds(60))

    private let cards: [IntelCard]
    private let clock: TelemetryClock
    private let state: Mutex<State>

    /// The changing part: the counts that were read last.
    private struct State: Sendable {
        var counts: [EnergyChannel: UInt64] = [:]
        var isClosed = false
    }

    /// Looks for cards.
    ///
    /// Never fails: what does not work is told by ``statuses``.
    public init(access: HardwareAccess = HardwareAccess()) {
        let found = GraphicsCard.all(root: access.rootDirectory, maker: "0x8086").map { IntelCard($0) }
        cards = found
        clock = access.clock
        sensors = found.flatMap { card in card.counters.map { card.sensor(for: $0) } }
        statuses =
            found.isEmpty ? [Self.nothing(root: access.rootDirectory)] : found.flatMap { Self.statuses(of: $0) }
        state = Mutex(State())
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func readEnergy() -> [EnergyReading] {
        state.withLock { state in
            cards.flatMap { card in
                let limit = Self.powerLimit(of: card)
                let isAsleep = card.card.isSuspended
                return card.counters.map { counter in
                    let channel = EnergyChannel(device: card.identifier, domain: counter.domain)
                    if state.isClosed { return EnergyReading(closed: channel) }
                    let value = isAsleep ? card.card.asleep(at: state.counts[channel]) : card.read(counter)
                    if case .count(let count) = value { state.counts[channel] = count }
                    return EnergyReading(
                        channel: channel,
                        value: value,
                        publishedAt: isAsleep ? clock.instant() : nil,
                        powerLimit: limit
                    )
                }
            }
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func readDevices() -> [DeviceReading] {
        cards.map { card in
            var reading = DeviceReading(device: card.identifier)
            guard !state.withLock({ $0.isClosed }), !card.card.isSuspended else { return reading }
            reading.powerLimit = Self.powerLimit(of: card)
            reading.temperatureCelsius = card.sensors.flatMap {
                let sensors = HardwareMonitor(directory: $0)
                return sensors.temperature("temp2_input") ?? sensors.temperature("temp1_input")
            }
            return reading
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func close() {
        state.withLock { $0.isClosed = true }
    }

    private static func powerLimit(of card: IntelCard) -> Power? {
        card.sensors.flatMap {
            let sensors = HardwareMonitor(directory: $0)
            return sensors.powerLimit("power1_max") ?? sensors.powerLimit("power1_rated_max")
        }
    }

    private static func statuses(of card: IntelCard) -> [SensorStatus] {
        guard !card.counters.isEmpty else {
            var status = SensorStatus(vendor: .intel, name: "hwmon", works: false)
            status.deviceName = card.name
            status.reason =
                "\(card.card.label): its driver shows no energy; only discrete cards have a counter, and an integrated"
                + " one is measured with its processor (uncore)"
            return [status]
        }
        return card.counters.map { counter in
            let sensor = card.sensor(for: counter)
            var status = SensorStatus(vendor: .intel, name: sensor.name, works: true)
            if case .failed(let failure) = card.read(counter) {
                status.works = false
                status.reason = failure.reason
                status.remedy = failure.code == .permissionDenied ? "let this user read the card's folder in /sys" : nil
            } else if counter.domain == .cardPackage {
                status.reason = "shown and not in the total, as the card contains it"
            } else if counter.label == "pkg" {
                status.reason = "energy is that of the card's package alone; the card has no sensor for the whole"
            }
            status.deviceName = card.name
            status.device = sensor.channel.device.identifier
            status.domain = counter.domain
            status.method = status.works ? sensor.method : nil
            return status
        }
    }

    private static func nothing(root: SysfsDirectory) -> SensorStatus {
        var status = SensorStatus(vendor: .intel, name: "hwmon", works: false)
        status.reason = "\(root["sys/class/drm"]) has no card of Intel's"
        status.remedy = "with such a card, load its driver (`modprobe xe` or `modprobe i915`)"
        return status
    }
}
