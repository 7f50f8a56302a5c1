// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TelemetryCore

/// What a watcher of GPUs has seen so far.
final class GPULooks: Sendable {
    private struct State {
        var snapshots: [[GPUSnapshot]] = []
        var times: [MonotonicInstant] = []
    }

    private let state = Mutex(State())
    /// An hour and a half at 50 ms; beyond it the sample says that it does not cover the whole.
    private static let most = 100_000

    func add(_ snapshots: [GPUSnapshot], at instant: MonotonicInstant) {
        state.withLock { state in
            guard state.times.count < Self.most, !snapshots.isEmpty else { return }
            state.snapshots.append(snapshots)
            state.times.append(instant)
        }
    }

    func sample(duration: Duration) throws(CalculationError) -> GPUSample {
        let state = state.withLock { $0 }
        return try GPUSample(snapshots: state.snapshots, times: state.times, duration: duration)
    }
}
