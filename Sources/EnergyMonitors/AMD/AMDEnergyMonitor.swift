// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
public import TelemetryCore

/// Reads AMD's cards through the files of their kernel driver; no library is needed.
///
/// Energy comes from the accumulator in `gpu_metrics`, in 2^-16 J; a card without one, and a processor with graphics,
/// is read by its power and says so. Cards are read one after the other, as their driver's counters were seen to go
/// back when read side by side. A card that sleeps is left asleep: its counter stands where it stood.
public final class AMDEnergyMonitor: EnergyMonitor {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let vendor = EnergyVendor.amd
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let sensors: [EnergySensor]
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let statuses: [SensorStatus]
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let pollInterval = EnergyPollInterval(active: .milliseconds(50), idle: .seconds(1))

    private let cards: [AMDCard]
    private let clock: TelemetryClock
    private let state: Mutex<State>

    /// The changing part: the counts that were read last, and the limits.
    private struct State: Sendable {
        var counts: [EnergyDeviceID: UInt64] = [:]
        var powerLimits: [EnergyDeviceID: Power] = [:]
        var isClosed = false
    }

    /// Looks for cards.
    ///
    /// Never fails: what does not work is told by ``statuses``.
    public init(access: HardwareAccess = HardwareAccess()) {
        let found = GraphicsCard.all(root: access.rootDirectory, maker: "0x1002").map { AMDCard($0) }
        cards = found
        clock = access.clock
        sensors = found.compactMap(\.sensor)
        statuses = found.isEmpty ? [Self.nothing(root: access.rootDirectory)] : found.map { Self.status(of: $0) }
        var state = State()
        for card in found {
            state.powerLimits[card.identifier] = Self.powerLimit(of: card.card)
        }
        self.state = Mutex(state)
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func readEnergy() -> [EnergyReading] {
        state.withLock { state in
            cards.filter { $0.method != nil }.map { card in
                if state.isClosed { return EnergyReading(closed: card.channel) }
                let isAsleep = card.card.isSuspended
                let value = isAsleep ? card.card.asleep(at: state.counts[card.identifier]) : card.read()
                if case .count(let count) = value { state.counts[card.identifier] = count }
                return EnergyReading(
                    channel: card.channel,
                    value: value,
                    publishedAt: isAsleep ? clock.instant() : nil,
                    powerLimit: state.powerLimits[card.identifier]
                )
            }
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func readDevices() -> [DeviceReading] {
        state.withLock { state in
            cards.map { card in
                guard !state.isClosed, !card.card.isSuspended else { return DeviceReading(device: card.identifier) }
                let reading = Self.readDevice(card)
                if let limit = reading.powerLimit { state.powerLimits[card.identifier] = limit }
                return reading
            }
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func close() {
        state.withLock { $0.isClosed = true }
    }

    private static func readDevice(_ card: AMDCard) -> DeviceReading {
        var reading = DeviceReading(device: card.identifier)
        let device = card.card.device
        let sensors = card.card.hwmons.map { HardwareMonitor(directory: $0) }
        reading.power = sensors.firstValue { (try? $0.power("power1_input")) ?? (try? $0.power("power1_average")) }
        reading.powerLimit = powerLimit(of: card.card)
        reading.temperatureCelsius = sensors.firstValue {
            $0.temperature("temp1_input") ?? $0.temperature("temp2_input")
        }
        reading.utilizationPercent = device.optionalInteger("gpu_busy_percent").map { Double($0) }
        reading.memoryUsedBytes = try? device.unsigned("mem_info_vram_used")
        reading.memoryTotalBytes = try? device.unsigned("mem_info_vram_total")
        return reading
    }

    private static func powerLimit(of card: GraphicsCard) -> Power? {
        card.hwmons.map { HardwareMonitor(directory: $0) }.firstValue { $0.powerLimit("power1_cap") }
    }

    private static func status(of card: AMDCard) -> SensorStatus {
        var status = SensorStatus(vendor: .amd, name: card.sensorName, works: card.method != nil)
        status.deviceName = card.name
        status.device = card.identifier.identifier
        status.domain = card.channel.domain
        status.method = card.method
        if case .failure(let failure) = card.source {
            status.reason = failure.reason
            if failure.code == .permissionDenied { status.remedy = "let this user read the card's folder in /sys" }
        } else if card.isWholeSocket {
            status.reason = "a processor with graphics: power is that of the whole socket, polled and integrated"
        } else if card.method == .powerIntegral {
            status.reason = "there is no energy counter, so power is polled and integrated: less exact, bounds wider"
        }
        return status
    }

    private static func nothing(root: SysfsDirectory) -> SensorStatus {
        var status = SensorStatus(vendor: .amd, name: "gpu_metrics", works: false)
        status.reason = "\(root["sys/class/drm"]) has no card of AMD's"
        status.remedy = "with such a card, load its driver (`modprobe amdgpu`); a container needs /sys and /dev/kfd"
        return status
    }
}
