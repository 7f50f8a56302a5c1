// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TelemetryCore

/// The records of calls that are over while their energy is still to come.
///
/// Whoever meters the calls delivers here, each call once; what is not delivered is made final without energy when
/// the meter's time ends, so that no record waits for ever.
public final class WaitingRecords: Sendable {
    typealias Completion = @Sendable (MeteredCall) -> Void

    private struct State {
        var completions: [RecordID: Completion] = [:]
        var closedFor: String?
    }

    private let state = Mutex(State())

    /// Creates an empty waiting room.
    public init() {}

    /// How many records wait.
    public var count: Int {
        state.withLock { $0.completions.count }
    }

    /// Completes the records of calls whose energy is final; calls that none waits for are ignored.
    public func complete(_ calls: [MeteredCall]) {
        for call in calls {
            let completion = state.withLock { $0.completions.removeValue(forKey: call.id) }
            completion?(call)
        }
    }

    /// Makes all records final without energy, now and from now on, with the reason.
    public func close(reason: String) {
        let completions = state.withLock { state in
            defer { state.completions = [:] }
            state.closedFor = reason
            return state.completions
        }
        for (id, completion) in completions.sorted(by: { $0.key < $1.key }) {
            completion(MeteredCall(id: id, energy: CallEnergy(absent: reason)))
        }
    }

    func hold(_ id: RecordID, completion: @escaping Completion) {
        let reason = state.withLock { state in
            if state.closedFor == nil { state.completions[id] = completion }
            return state.closedFor
        }
        if let reason { completion(MeteredCall(id: id, energy: CallEnergy(absent: reason))) }
    }
}
