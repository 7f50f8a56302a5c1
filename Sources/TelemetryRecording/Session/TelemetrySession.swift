// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import Logging
public import TelemetryCore

/// What the machine draws while a body of code runs, and whatever window of it one asks for.
///
/// Sessions are made by ``withTelemetrySession(monitor:configuration:clock:logger:_:)``.
public final class TelemetrySession: Sendable, EnergyHistory {
    /// What reads the monitor.
    public let sampler: EnergySampler
    /// When the session began.
    public let startedAt: MonotonicInstant

    /// Creates a session over a sampler that somebody else runs.
    public init(sampler: EnergySampler) {
        self.sampler = sampler
        startedAt = sampler.clock.instant()
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
///   - configuration: How often it is read, and how much is kept.
///   - clock: The clock of all instants.
///   - logger: Where a sensor that fails is told of.
///   - body: What runs; the session is not to be kept beyond it.
/// - Returns: What the body returns.
public func withTelemetrySession<Result>(
    monitor: (any EnergyMonitor)?,
    configuration: SamplerConfiguration = SamplerConfiguration(),
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
        try await body(TelemetrySession(sampler: sampler))
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
