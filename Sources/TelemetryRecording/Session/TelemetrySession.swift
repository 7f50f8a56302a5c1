// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import Logging
import Synchronization
public import TelemetryCore

/// What the machine draws while a body of code runs, whatever window of it one asks for, and the calls made meanwhile.
///
/// Sessions are made by ``withTelemetrySession(monitor:telemetry:configuration:meterLock:clock:logger:_:)``; an engine
/// that ``instrument(_:tags:devices:slots:)`` wraps leaves a record of each call, with its share of the energy.
public final class TelemetrySession: Sendable, EnergyHistory {
    /// What reads the monitor.
    public let sampler: EnergySampler
    /// When the session began.
    public let startedAt: MonotonicInstant
    private let telemetry: CallTelemetry
    private let meterLock: String?
    private let meter = Mutex<SessionMeter?>(nil)

    /// Creates a session over a sampler that somebody else runs.
    ///
    /// - Parameters:
    ///   - sampler: What reads the monitor.
    ///   - telemetry: Where the records of instrumented engines go.
    ///   - meterLock: The lock file by which one process alone shares out the machine's energy; nothing for none.
    public init(
        sampler: EnergySampler,
        telemetry: CallTelemetry = CallTelemetry(),
        meterLock: String? = MeterLock.machinePath
    ) {
        self.sampler = sampler
        self.telemetry = telemetry
        self.meterLock = meterLock
        startedAt = sampler.clock.instant()
    }

    /// Where the events and records of instrumented engines are told.
    public var bus: EventBus { telemetry.bus }

    /// Wraps an engine so that each call leaves one record with its share of the machine's energy, whatever its end.
    ///
    /// - Parameters:
    ///   - engine: The engine that answers.
    ///   - tags: What is said about the calls.
    ///   - devices: Which devices the engine uses; all of this machine for one that runs on it, unless told.
    ///   - slots: The number of calls that the engine works on at once, where it is known.
    /// - Returns: An engine that answers as the one inside does.
    public func instrument<Engine: InferenceEngine>(
        _ engine: Engine,
        tags: CallTags = CallTags(),
        devices: EngineDevices? = nil,
        slots: Int? = nil
    ) -> InstrumentedEngine<Engine> {
        var telemetry = meteredTelemetry(devices: devices, of: engine.identity.name)
        telemetry.slots[engine.identity.name] = slots
        return InstrumentedEngine(engine, telemetry: telemetry, tags: tags)
    }

    /// Where calls go that are measured by this session.
    func meteredTelemetry(devices: EngineDevices?, of engine: String) -> CallTelemetry {
        let meter = meter.withLock { meter in
            let present = meter ?? SessionMeter(sampler: sampler, lockPath: meterLock)
            meter = present
            return present
        }
        if let devices { meter.set(devices, of: engine) }
        var telemetry = telemetry
        telemetry.energy = meter
        telemetry.waiting = meter.waiting
        telemetry.clock = sampler.clock
        return telemetry
    }

    /// Waits until each call that is over has its energy, for seconds at most.
    func settleCalls() async {
        await meter.withLock { $0 }?.settle()
    }

    /// Waits until each call that is over has its energy, for seconds at most; calls that end later have none.
    func finish() async {
        await meter.withLock { $0 }?.finish()
    }

    /// The present instant, on the clock of all windows.
    public var now: MonotonicInstant { sampler.clock.instant() }

    /// The samples between two instants, both included, in the order of time.
    public func samples(in span: ClosedRange<MonotonicInstant>) -> [TelemetrySample] {
        sampler.withState { $0.samples.samples(from: span.lowerBound, to: span.upperBound) }
    }

    /// The number of samples that are kept.
    public var sampleCount: Int {
        sampler.withState { $0.samples.count }
    }

    /// All energy over a span that a total counts; nothing where nothing was measured.
    public func energy(in span: ClosedRange<MonotonicInstant>) -> EnergyWindow? {
        windows(from: span.lowerBound, to: span.upperBound).total
    }

    /// The energy of one component over a span; nothing where it was not measured.
    public func energy(of component: EnergyComponent, in span: ClosedRange<MonotonicInstant>) -> EnergyWindow? {
        windows(from: span.lowerBound, to: span.upperBound).energy(of: component)
    }

    /// Energy divided by the time that it covers; nothing where nothing was measured.
    public func meanPower(in span: ClosedRange<MonotonicInstant>) -> Power? {
        energy(in: span)?.meanPower
    }

    /// The highest power of all that a total counts.
    public func peakPower(in span: ClosedRange<MonotonicInstant>) -> Power? {
        sampler.withMeters { $0.peakPower(from: span.lowerBound, to: span.upperBound) }
    }

    /// All that was measured over a span.
    public func sample(in span: ClosedRange<MonotonicInstant>) -> EnergySample {
        sampler.withState { $0.sample(from: span.lowerBound, to: span.upperBound) }
    }

    /// All that was measured over a span, once the sensors have published what was used up to its end.
    ///
    /// Waits no longer than `patience`; what is not known by then is missing from the sample, which says so.
    public func settledSample(
        in span: ClosedRange<MonotonicInstant>,
        patience: Duration = .seconds(3)
    ) async -> EnergySample {
        // Looks are counted, so that a session on a clock that stands still ends too.
        let step = Duration.milliseconds(5)
        for _ in 0..<max(Int(patience / step), 0) {
            if sampler.withMeters({ $0.isSettled(at: span.upperBound) }) { break }
            do { try await Task.sleep(for: step) } catch { break }
        }
        return sample(in: span)
    }

    /// Measures a body of code; what it used is known even if it throws, through ``samples(in:)`` and the others.
    public func measure<Result>(
        _ body: nonisolated(nonsending) () async throws -> Result
    ) async rethrows -> (value: Result, sample: EnergySample) {
        let start = now
        let value = try await body()
        return (value, await settledSample(in: start...now))
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func windows(from start: MonotonicInstant, to end: MonotonicInstant) -> [ChannelWindow] {
        sampler.windows(from: start, to: end)
    }
}

/// Measures the machine while a body of code runs.
///
/// - Parameters:
///   - monitor: What is read. Without one the body runs all the same, and every energy is absent.
///   - telemetry: Where the records of engines go that the session instruments: a sink, a bus, a price list.
///   - configuration: How often it is read, and how much is kept.
///   - meterLock: The lock file by which one process alone shares out the machine's energy; nothing for none.
///   - clock: The clock of all instants.
///   - logger: Where a sensor that fails is told of.
///   - body: What runs; the session is not to be kept beyond it.
/// - Returns: What the body returns.
public func withTelemetrySession<Result>(
    monitor: (any EnergyMonitor)?,
    telemetry: CallTelemetry = CallTelemetry(),
    configuration: SamplerConfiguration = SamplerConfiguration(),
    meterLock: String? = MeterLock.machinePath,
    clock: TelemetryClock = .system,
    logger: Logger = Logger(label: "inferometer.session"),
    _ body: nonisolated(nonsending) (TelemetrySession) async throws -> Result
) async rethrows -> Result {
    let sampler = EnergySampler(
        monitor: monitor ?? NoEnergyMonitor(),
        configuration: configuration,
        clock: clock,
        logger: logger
    )
    return try await sampler.withSampling {
        let session = TelemetrySession(sampler: sampler, telemetry: telemetry, meterLock: meterLock)
        do {
            let result = try await body(session)
            await session.finish()
            return result
        } catch {
            await session.finish()
            throw error
        }
    }
}

/// A machine without a single sensor.
struct NoEnergyMonitor: EnergyMonitor {
    let vendor = EnergyVendor.cpuRAPL
    let sensors: [EnergySensor] = []
    let statuses: [SensorStatus] = []
    let pollInterval = EnergyPollInterval(active: .seconds(1), idle: .seconds(60))
    let parts: [any EnergyMonitor] = []

    func readEnergy() -> [EnergyReading] { [] }
    func readDevices() -> [DeviceReading] { [] }
    func close() {}
}
