// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TelemetryCore

/// Whether anything wants the fast pace, and whom to wake when it begins.
final class SamplerActivity: Sendable {
    private struct State {
        var holders = 0
        var lastEnd: MonotonicInstant?
        var signals: [WakeSignal] = []
    }

    private let state = Mutex(State())
    /// How long the fast pace outlasts what asked for it, so that the publication after a call's end is seen at once.
    private static let aftermath = Duration.seconds(2)

    func begin() {
        let sleepers = state.withLock { state in
            state.holders += 1
            return state.holders == 1 ? state.signals : []
        }
        for signal in sleepers { signal.wake() }
    }

    func end(at instant: MonotonicInstant, count: Int = 1) {
        state.withLock { state in
            state.holders -= count
            state.lastEnd = instant
        }
    }

    func isFast(at instant: MonotonicInstant) -> Bool {
        state.withLock { state in
            state.holders > 0 || state.lastEnd.map { instant - $0 < Self.aftermath } ?? false
        }
    }

    func add(_ signal: WakeSignal) {
        state.withLock { $0.signals.append(signal) }
    }

    func remove(_ signal: WakeSignal) {
        state.withLock { state in state.signals.removeAll { $0 === signal } }
    }
}
