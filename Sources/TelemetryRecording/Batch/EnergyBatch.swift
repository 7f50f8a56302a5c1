// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
public import TelemetryCore

/// Groups calls into a batch and measures what they use together, with a session or without.
///
/// The first calls are warm-up: they are marked as such, in the batch and in the records of engines that
/// ``instrument(_:tags:devices:slots:)`` wraps, and ratios leave them out. How many they are, and when the series counts
/// as steady, a `SteadyStateConfiguration` says; without one no call is warm-up.
public final class EnergyBatch: Sendable {
    /// The batch's name.
    public let id: String
    private let session: TelemetrySession?
    private let clock: TelemetryClock
    private let patience: Duration
    private let steadyState: SteadyStateConfiguration?
    private let state: Mutex<State>

    private struct State {
        var requests: [BatchRequest] = []
        var detector: SteadyStateDetector?
        /// Calls that are over, whose place in the series is known before their energy is.
        var ended = 0
        var metrics: BatchMetrics?

        init(_ configuration: SteadyStateConfiguration?) {
            detector = configuration.flatMap { try? SteadyStateDetector(configuration: $0) }
        }
    }

    /// Creates a batch without warm-up; its name is a fresh UUID unless one is given.
    ///
    /// - Parameters:
    ///   - id: The batch's name.
    ///   - session: What measures the batch; without one only the calls' own energies are known.
    ///   - clock: The clock of the batch's length; the session's, if there is one.
    ///   - patience: How long the sensors are waited for at the end.
    public init(
        id: String? = nil,
        session: TelemetrySession? = nil,
        clock: TelemetryClock = .system,
        patience: Duration = .seconds(3)
    ) {
        steadyState = nil
        state = Mutex(State(nil))
        self.patience = patience
        self.id = id ?? RecordID(at: clock.wall()).description
        self.session = session
        self.clock = clock
    }

    /// Creates a batch whose first calls are warm-up.
    ///
    /// - Parameters:
    ///   - id: The batch's name; a fresh UUID, if absent.
    ///   - session: What measures the batch; without one only the calls' own energies are known.
    ///   - steadyState: How many calls are warm-up, and when the series counts as steady.
    ///   - clock: The clock of the batch's length; the session's, if there is one.
    ///   - patience: How long the sensors are waited for at the end.
    /// - Throws: `CalculationError` where the configuration is nonsense.
    public init(
        id: String? = nil,
        session: TelemetrySession? = nil,
        steadyState: SteadyStateConfiguration,
        clock: TelemetryClock = .system,
        patience: Duration = .seconds(3)
    ) throws(CalculationError) {
        try steadyState.validate()
        self.steadyState = steadyState
        state = Mutex(State(steadyState))
        self.patience = patience
        self.id = id ?? RecordID(at: clock.wall()).description
        self.session = session
        self.clock = clock
    }

    /// The metrics of the last run; nothing before its end.
    public var metrics: BatchMetrics? {
        state.withLock { $0.metrics }
    }

    /// What the steady-state detector has seen; nothing in a batch without warm-up.
    public var steadyStateResult: SteadyStateResult? {
        state.withLock { $0.detector?.result }
    }

    /// Records one call.
    ///
    /// Calls may be recorded from several tasks at once.
    ///
    /// - Parameters:
    ///   - tokens: Output tokens.
    ///   - latency: From the send to the last byte, by which the call's throughput is known.
    ///   - energy: The call's energy, where it is known.
    ///   - prefillEnergy: Its energy before the first token.
    ///   - decodeEnergy: Its energy after the first token.
    /// - Returns: Whether the call is warm-up.
    @discardableResult
    public func recordRequest(
        tokens: Int,
        latency: Duration? = nil,
        energy: Energy? = nil,
        prefillEnergy: Energy? = nil,
        decodeEnergy: Energy? = nil
    ) -> Bool {
        var request = BatchRequest(
            tokens: tokens,
            energy: energy,
            prefillEnergy: prefillEnergy,
            decodeEnergy: decodeEnergy
        )
        return state.withLock { state in
            request.isWarmup = nextIsWarmup(&state)
            append(request, throughput: latency.flatMap { Self.throughput(request.tokens, $0) }, to: &state)
            return request.isWarmup
        }
    }

    /// Wraps an engine so that its calls belong to the batch: recorded under its name, the first marked as warm-up.
    ///
    /// The batch must have a session, which measures the calls; without one they have no energy.
    public func instrument<Engine: InferenceEngine>(
        _ engine: Engine,
        tags: CallTags = CallTags(),
        devices: EngineDevices? = nil,
        slots: Int? = nil
    ) -> InstrumentedEngine<Engine> {
        let name = engine.identity.name
        var telemetry = session?.meteredTelemetry(devices: devices, of: name) ?? CallTelemetry()
        if session == nil { telemetry.clock = clock }
        telemetry.slots[name] = slots
        telemetry.mark = { [self] record in
            guard record.result.outcome == .completed else { return }
            let isWarmup = state.withLock { nextIsWarmup(&$0) }
            record.identity.isWarmup = record.identity.isWarmup || isWarmup
        }
        telemetry.finished = { [self] record in take(record) }
        var tags = tags
        tags.batch = id
        return InstrumentedEngine(engine, telemetry: telemetry, tags: tags)
    }

    /// The place of a call in the series is that of its end.
    private func nextIsWarmup(_ state: inout State) -> Bool {
        state.ended += 1
        return state.ended <= steadyState?.warmupSamples ?? 0
    }

    private func take(_ record: TelemetryRecord) {
        guard record.result.outcome == .completed else { return }
        var request = BatchRequest(
            tokens: record.tokens.completion ?? 0,
            energy: record.energy.total,
            prefillEnergy: record.energy.prefill,
            decodeEnergy: record.energy.decode
        )
        request.isWarmup = record.identity.isWarmup
        state.withLock { append(request, throughput: record.tokensPerSecond, to: &$0) }
    }

    private func append(_ request: BatchRequest, throughput: Double?, to state: inout State) {
        state.requests.append(request)
        guard let throughput else { return }
        _ = try? state.detector?.record(throughput: throughput, energy: request.energy)
    }

    private static func throughput(_ tokens: Int, _ latency: Duration) -> Double? {
        latency > .zero ? Double(tokens) / latency.seconds : nil
    }

    /// Runs a body and measures it as a whole; the metrics are there even if it throws.
    public func sample<Result>(
        _ body: nonisolated(nonsending) (EnergyBatch) async throws -> Result
    ) async rethrows -> Result {
        state.withLock { $0 = State(steadyState) }
        let start = clock.instant()
        let value: Result
        do {
            value = try await body(self)
        } catch {
            await finish(from: start)
            throw error
        }
        await finish(from: start)
        return value
    }

    private func finish(from start: MonotonicInstant) async {
        let end = max(clock.instant(), start)
        await session?.settleCalls()
        let sample = await session?.settledSample(in: start...end, patience: patience)
        state.withLock { state in
            state.metrics = BatchMetrics(
                batchID: id,
                requests: state.requests,
                sample: sample,
                elapsed: end - start
            )
            state.metrics?.steadyState = state.detector?.result
        }
    }
}
