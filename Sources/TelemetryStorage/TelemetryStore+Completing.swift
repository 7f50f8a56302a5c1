// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

extension TelemetryStore: EnergyCompletingSink {
    /// Completes a record that was taken without its energy; what is final stays as it is.
    public func complete(_ id: RecordID, energy: CallEnergy, device: DeviceUse, price: CallPrice) {
        complete(id, energy: energy, price: price)
    }
}
