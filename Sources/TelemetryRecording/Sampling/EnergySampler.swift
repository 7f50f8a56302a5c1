// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import Logging
import Synchronization
public import TelemetryCore

/// Reads a monitor again and again, and keeps what it read: a trace for each channel.
///
/// Each part of the monitor is read on a thread of its own, because a driver may take its time, or for ever. A thread
/// that hangs delays neither the others nor the end of a run: what it brings after the end is thrown away.
public final class EnergySampler: Sendable, EnergyHistory {
    /// Takes what readings meant, on the thread that read them.
    public typealias Observer = @Sendable ([EnergyMeters.Outcome], [DeviceReading]?) -> Void

    /// The monitor that is read.
    public let monitor: any EnergyMonitor
    let parts: [any EnergyMonitor]
    let configuration: SamplerConfiguration
    let clock: TelemetryClock
    private let logger: Logger
    private let state: Mutex<SamplerState>
    private let observers = Mutex<[Observer]>([])
    let activity = SamplerActivity()

    /// Creates a sampler, which reads nothing until it runs.
    public init(
        monitor: any EnergyMonitor,
        configuration: SamplerConfiguration = SamplerConfiguration(),
        clock: TelemetryClock = .system,
        logger: Logger
    ) {
        self.monitor = monitor
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        parts = monitor.parts
        state = Mutex(SamplerState(sensors: parts.flatMap(\.sensors), configuration: configuration))
    }

    /// Adds what is called with the meaning of each reading, on the thread that read; it must not block.
    public func observe(_ observer: @escaping Observer) {
        observers.withLock { $0.append(observer) }
    }

    /// Reads one part once; its devices too, if so asked.
    ///
    /// What tests call, and what each thread does again and again.
    ///
    /// `isWanted` is asked after the reading, which may have taken long; if it says no, nothing is kept.
    public func tick(part index: Int = 0, readsDevices: Bool = true, isWanted: () -> Bool = { true }) {
        guard parts.indices.contains(index) else { return }
        let start = clock.instant()
        let readings = parts[index].readEnergy()
        let end = clock.instant()
        let devices = readsDevices ? parts[index].readDevices() : nil
        guard isWanted() else { return }
        let result = state.withLock { $0.take(readings, devices: devices, from: start, to: end) }
        for notice in result.notices { log(notice) }
        guard !result.outcomes.isEmpty || devices != nil else { return }
        for observer in observers.withLock({ $0 }) { observer(result.outcomes, devices) }
    }

    /// Reads or asks what is known, under the lock.
    func withState<Result>(_ body: (SamplerState) throws -> Result) rethrows -> Result {
        try state.withLock { try body($0) }
    }

    /// Asks what the meters know.
    ///
    /// The closure runs under a lock and must be short.
    public func withMeters<Result>(_ body: (EnergyMeters) throws -> Result) rethrows -> Result {
        try state.withLock { try body($0.meters) }
    }

    /// How each sensor has done since the sampler began.
    public var health: [SensorHealth] {
        withState(\.health)
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func windows(from start: MonotonicInstant, to end: MonotonicInstant) -> [ChannelWindow] {
        withMeters { $0.windows(from: start, to: end) }
    }

    private func log(_ notice: SamplerState.Notice) {
        switch notice {
        case .failing(let sensor, let failure):
            logger.warning(
                "A sensor cannot be read.",
                metadata: Self.metadata(sensor, ["code": "\(failure.code.rawValue)", "reason": "\(failure.reason)"])
            )
        case .working(let sensor):
            logger.notice("A sensor can be read again.", metadata: Self.metadata(sensor, [:]))
        case .gap(let sensor, let reason):
            logger.warning("A gap in the energy of a sensor.", metadata: Self.metadata(sensor, ["reason": "\(reason)"]))
        }
    }

    private static func metadata(_ sensor: EnergySensor, _ more: Logger.Metadata) -> Logger.Metadata {
        var metadata = more
        metadata["device"] = "\(sensor.channel.device)"
        metadata["domain"] = "\(sensor.channel.domain.rawValue)"
        return metadata
    }
}
