// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// The channels that an upstream's calls use: found once, and shared by all of them.
final class EngineChannels: Sendable {
    /// Their places in the ledger.
    let places: [Int]
    /// What a record calls their devices.
    let names: [String]
    /// The devices, each once.
    let devices: [EnergyDeviceID]

    init(places: [Int], names: [String], devices: [EnergyDeviceID]) {
        self.places = places
        self.names = names
        self.devices = devices
    }
}

extension EngineDevices {
    /// Whether calls use a device of this machine.
    func include(_ device: EnergyDeviceID) -> Bool {
        switch self {
        case .remote: false
        case .host: true
        case .devices(let names): names.contains(device.identifier)
        }
    }
}

/// A call between its start and the moment when its energy is final.
struct OpenCall: Sendable {
    /// What is known of the call's share of a channel.
    enum Share: Sendable {
        /// The call does not use the channel.
        case none
        /// It will come.
        case awaited
        /// The channel said nothing when the call began, so that nobody waits for it.
        case silent
        /// It is final.
        case settled(ChannelShare)
    }

    var id: RecordID
    var number: LedgerCallID
    var start: MonotonicInstant
    var end: MonotonicInstant?
    var isStreamed = false
    var channels: EngineChannels
    /// By place in the ledger.
    var shares: [Share]
    /// The number of shares that are awaited.
    var missing: Int

    /// The share of the channel at a place, if it is final.
    func share(at place: Int) -> ChannelShare? {
        if case .settled(let share) = shares[place] { share } else { nil }
    }

    func awaits(_ place: Int) -> Bool {
        if case .awaited = shares[place] { true } else { false }
    }
}
