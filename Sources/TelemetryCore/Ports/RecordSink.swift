// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Where finished records go.
///
/// A sink takes a record at once and never fails the caller: it is called between the engine and the client. What it
/// cannot keep it counts, logs and shows by its own means.
public protocol RecordSink: Sendable {
    /// Takes a record. Returns within microseconds, whatever the state of the disk.
    func record(_ record: TelemetryRecord)
}

/// A sink that keeps a record whose energy is still to come, and completes it once.
///
/// Such a record has ``CallEnergy/pending`` for its energy when it is recorded. Whoever recorded it completes it within
/// seconds; one that is not, because the process died, is the sink's to make final.
public protocol EnergyCompletingSink: RecordSink {
    /// Sets the energy of a record that waits for it. A record that is final, or not known, stays as it is.
    ///
    /// - Parameters:
    ///   - id: The record.
    ///   - energy: Its share of the machine's energy, or why there is none.
    ///   - device: What the devices did meanwhile.
    ///   - price: What its electricity cost; the price by the token was known before.
    func complete(_ id: RecordID, energy: CallEnergy, device: DeviceUse, price: CallPrice)
}
