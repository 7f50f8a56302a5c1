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
    private let state = Mutex(State())

    private struct State {
        var requests: [BatchRequest] = []
        var metrics: BatchMetrics?
    }

    /// Creates a batch; its name is a fresh UUID unless one is given.
    public init(id: String? = nil, session: TelemetrySession? = nil, clock: TelemetryClock = .system) {
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
        let sample = await session?.settledSample(in: start...end)
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
