// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryRecording

/// How energy is metered, once the options have been heard.
struct EnergyPlan: Sendable {
    var isMetered = true
    var devices: [String: [String]] = [:]
    var slots: [String: Int] = [:]
    var idlePolicy = IdlePolicy.amortised
    var electricity: PerKilowattHour?
    var carbon: PerKilowattHour?
    /// The folder that stands for `/` when sensors are looked for.
    var hardwareRoot = "/"

    /// The file by which one process alone meters this machine.
    static let lockFile = "/tmp/inferometer-meter.lock"

    init(options: EnergyOptions, environment: [String: String]) {
        isMetered = !options.noEnergy
        devices = Dictionary(options.devices.map { ($0.engine, $0.devices) }) { _, last in last }
        slots = Dictionary(options.slots.map { ($0.engine, $0.slots) }) { _, last in last }
        idlePolicy = options.idle?.policy ?? .amortised
        electricity = options.electricity
        carbon = options.carbon
        hardwareRoot = environment["INFEROMETER_SYSFS_ROOT"] ?? "/"
    }

    /// What the meter must know of an engine.
    func upstream(_ engine: String, isLocal: Bool, slots known: Int?) -> MeteredUpstream {
        let place: EngineDevices = isLocal ? devices[engine].map(EngineDevices.devices) ?? .host : .remote
        return MeteredUpstream(name: engine, devices: place, slots: slots[engine] ?? known)
    }

    /// The cost and carbon of a call's electricity, beside its price and never mixed with it.
    func price(of energy: CallEnergy) -> CallPrice {
        var price = CallPrice()
        price.electricityCost = electricity?.amount(for: energy.total)
        price.carbonGrams = carbon?.amount(for: energy.total)
        return price
    }
}
