// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TelemetryCore

/// A sink that takes records before their energy, as the store does.
final class CompletingSink: EnergyCompletingSink {
    private let kept = Mutex<(records: [TelemetryRecord], completed: [RecordID: CallEnergy])>(([], [:]))

    var records: [TelemetryRecord] { kept.withLock { $0.records } }
    var completed: [RecordID: CallEnergy] { kept.withLock { $0.completed } }

    func record(_ record: TelemetryRecord) {
        kept.withLock { $0.records.append(record) }
    }

    func complete(_ id: RecordID, energy: CallEnergy, device: DeviceUse, price: CallPrice) {
        kept.withLock { $0.completed[id] = energy }
    }
}
