// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import TelemetryCore

/// Brings records and their late energies together before they are written: one row in place of a row and its change.
struct EnergyMerge {
    /// What is to be committed, in order.
    private(set) var ready: [WriterEntry] = []
    /// Records that may wait a little longer for their energy.
    private(set) var held: [WriterEntry] = []
    /// Since when the first of those has waited.
    private(set) var heldSince: MonotonicInstant?

    /// Sorts out entries; records that have waited since `latest` or longer are committed without their energy.
    init(_ entries: [WriterEntry], heldUntil latest: MonotonicInstant) {
        var energies = Self.energies(of: entries)
        ready.reserveCapacity(entries.count - energies.count)
        for entry in entries {
            switch entry {
            case .record(let box, let precision, let since?):
                if let place = energies.removeValue(forKey: box.record.id) {
                    ready.append(.record(Self.complete(box, with: entries[place]), precision: precision))
                } else if since > latest {
                    heldSince = min(heldSince ?? since, since)
                    held.append(entry)
                } else {
                    ready.append(entry)
                }
            case .complete(let id, _, _, _):
                // Its record stands before it, and has taken it, or was committed long ago.
                if energies.removeValue(forKey: id) != nil { ready.append(entry) }
            case .record, .accounts, .power: ready.append(entry)
            }
        }
    }

    /// The places of late energies whose records wait too.
    private static func energies(of entries: [WriterEntry]) -> [RecordID: Int] {
        var energies: [RecordID: Int] = [:]
        for (place, entry) in entries.enumerated() {
            if case .complete(let id, _, _, _) = entry, energies[id] == nil { energies[id] = place }
        }
        return energies
    }

    private static func complete(_ box: RecordBox, with entry: WriterEntry) -> RecordBox {
        guard case .complete(_, let energy, let use, let price) = entry else { return box }
        var record = box.record
        record.energy = energy
        record.device.utilizationPercent = use.utilizationPercent ?? record.device.utilizationPercent
        record.device.memoryUsedGigabytes = use.memoryUsedGigabytes ?? record.device.memoryUsedGigabytes
        record.device.temperatureCelsius = use.temperatureCelsius ?? record.device.temperatureCelsius
        record.price.electricityCost = price.electricityCost
        record.price.carbonGrams = price.carbonGrams
        return RecordBox(record)
    }
}
