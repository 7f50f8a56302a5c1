// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// Whose energy the calls of an upstream use.
public enum EngineDevices: Sendable, Hashable {
    /// An engine on another machine: nothing of this machine's energy is its calls'.
    case remote
    /// An engine on this machine of which no more is known: all that a total counts.
    case host
    /// An engine that uses these devices, by their identifiers.
    case devices([String])
}

/// What the meter must know of an upstream.
public struct MeteredUpstream: Sendable, Hashable {
    /// A name that no other upstream has: its calls wait for each other.
    public var name: String
    /// Whose energy its calls use.
    public var devices: EngineDevices
    /// The number of calls that its engine works on at once; absent where it is not known.
    public var slots: Int?

    /// Creates an upstream.
    public init(name: String, devices: EngineDevices, slots: Int? = nil) {
        self.name = name
        self.devices = devices
        self.slots = slots
    }
}

/// Whether this process shares out the machine's energy.
public enum MeterRole: Sendable, Hashable {
    /// It does.
    case meter
    /// The process of this number does.
    case meteredBy(Int32)
}

/// A call whose energy is final.
public struct MeteredCall: Sendable, Hashable {
    /// The call's record.
    public var id: RecordID
    /// Its share of the machine's energy, or why there is none.
    public var energy: CallEnergy
    /// What the devices did meanwhile.
    public var device: DeviceUse
    /// The devices' mean power, where the meter measured it by itself; else it is energy over time.
    public var meanPower: Power?

    /// Creates a call whose energy is final.
    public init(id: RecordID, energy: CallEnergy, device: DeviceUse = DeviceUse(), meanPower: Power? = nil) {
        self.id = id
        self.energy = energy
        self.device = device
        self.meanPower = meanPower
    }
}
