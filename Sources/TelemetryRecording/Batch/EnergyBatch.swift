// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
public import TelemetryCore

/// Groups calls into a batch and measures what they use together, with a session or without.
public final class EnergyBatch: Sendable {
    /// The batch's name.
    public let id: String
    private let session: TelemetrySession?
    private let clock: TelemetryClock
    private let patience: Duration
    private let state = Mutex(State())

    private struct State {
        var requests: [BatchRequest] = []
        var metrics: BatchMetrics?
    }

    /// Creates a batch; its name is a fresh UUID unless one is given.
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
        self.patience = patience
        self.id = id ?? RecordID(at: clock.wall()).description
        self.session = session
        self.clock = clock
    }

    /// The metrics of the last run; nothing before its end.
    public var metrics: BatchMetrics? {
        state.withLock { $0.metrics }
    }

    /// Records one call.
    ///
    /// Calls may be recorded from several tasks at once.
    public func recordRequest(
        tokens: Int,
        energy: Energy? = nil,
        prefillEnergy: Energy? = nil,
        decodeEnergy: Energy? = nil
    ) {
        let request = BatchRequest(
            tokens: tokens,
            energy: energy,
            prefillEnergy: prefillEnergy,
            decodeEnergy: decodeEnergy
        )
        state.withLock { $0.requests.append(request) }
    }

    /// Runs a body and measures it as a whole; the metrics are there even if it throws.
    public func sample<Result>(
        _ body: nonisolated(nonsending) (EnergyBatch) async throws -> Result
    ) async rethrows -> Result {
        state.withLock { $0 = State() }
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
        let sample = await session?.settledSample(in: start...end, patience: patience)
        state.withLock { state in
            state.metrics = BatchMetrics(
                batchID: id,
                requests: state.requests,
                sample: sample,
                elapsed: end - start
            )
        }
    }
}
