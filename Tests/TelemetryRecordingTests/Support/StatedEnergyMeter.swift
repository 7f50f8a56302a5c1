// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TelemetryCore
import TelemetryRecording

/// A meter that says of each call what a test wants, when the call ends or later.
final class StatedEnergyMeter: CallEnergyMeter {
    enum Notice: Equatable {
        case started(RecordID, MonotonicInstant, promptBytes: Int, engine: String, isLocal: Bool, slots: Int?)
        case firstToken(RecordID, MonotonicInstant)
        case ended(RecordID, MonotonicInstant)
    }

    private let waiting: WaitingRecords
    private let answer: @Sendable (RecordID) -> MeteredCall?
    private let seen = Mutex<[Notice]>([])

    init(waiting: WaitingRecords, answer: @escaping @Sendable (RecordID) -> MeteredCall? = { _ in nil }) {
        self.waiting = waiting
        self.answer = answer
    }

    var notices: [Notice] { seen.withLock { $0 } }

    func callStarted(
        _ id: RecordID,
        at time: MonotonicInstant,
        promptBytes: Int,
        engine: String,
        isLocal: Bool,
        slots: Int?
    ) -> CallEnergy {
        seen.withLock {
            $0.append(
                .started(id, time, promptBytes: promptBytes, engine: engine, isLocal: isLocal, slots: slots)
            )
        }
        return isLocal ? .pending : CallEnergy(absent: "remote")
    }

    func firstToken(of id: RecordID, at time: MonotonicInstant) {
        seen.withLock { $0.append(.firstToken(id, time)) }
    }

    func callEnded(_ id: RecordID, at time: MonotonicInstant) {
        seen.withLock { $0.append(.ended(id, time)) }
        if let call = answer(id) { waiting.complete([call]) }
    }
}
