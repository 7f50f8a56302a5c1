// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import TelemetryCore
import TelemetryRecording

/// How energy is metered, once options, environment and file have been heard.
struct EnergyPlan: Sendable {
    var isMetered = true
    /// Whether energy is worked out where none can be measured.
    var isEstimated = false
    var devices: [String: [String]] = [:]
    var slots: [String: Int] = [:]
    var idlePolicy = IdlePolicy.amortised
    var electricity: PerKilowattHour?
    var carbon: PerKilowattHour?
    /// The folder that stands for `/` when sensors and processes are looked for.
    var hardwareRoot = "/"
    /// The file by which one process alone meters this machine.
    var lockFile = Self.standardLockFile

    /// The file that all processes of a machine must agree on.
    static let standardLockFile = MeterLock.machinePath

    /// Merges the sources: options win over the environment, the environment over the file.
    ///
    /// - Throws: `ValidationError` that names the setting which cannot be used.
    init(options: EnergyOptions, settings: Settings, environment: [String: String]) throws {
        isMetered = try !(options.noEnergy || settings.saidFlag("no-energy"))
        isEstimated = try options.estimate || settings.saidFlag("estimate")
        let devices: [EngineDevicesArgument] =
            try options.devices.isEmpty
            ? settings.saidValues("devices", joining: EngineDevicesArgument.rejoined) : options.devices
        self.devices = Dictionary(devices.map { ($0.engine, $0.devices) }) { _, last in last }
        let slots: [EngineSlotsArgument] =
            try options.slots.isEmpty ? settings.saidValues("slots") : options.slots
        self.slots = Dictionary(slots.map { ($0.engine, $0.slots) }) { _, last in last }
        idlePolicy = try (options.idle ?? settings.saidValue("idle"))?.policy ?? .amortised
        electricity = try options.electricity ?? settings.saidValue("electricity")
        carbon = try options.carbon ?? settings.saidValue("carbon")
        hardwareRoot = environment["INFEROMETER_SYSFS_ROOT"].flatMap { $0.isEmpty ? nil : $0 } ?? "/"
        lockFile = environment["INFEROMETER_METER_LOCK"].flatMap { $0.isEmpty ? nil : $0 } ?? Self.standardLockFile
    }

    /// Refuses a setting for an engine that there is not.
    ///
    /// - Parameter engines: What the engines are called.
    /// - Throws: `ValidationError` that names the engine.
    func check(engines: [String]) throws {
        for (option, named) in [("devices", Array(devices.keys)), ("slots", Array(slots.keys))] {
            guard let unknown = named.sorted().first(where: { !engines.contains($0) }) else { continue }
            let known = engines.map { "'\($0)'" }.joined(separator: ", ")
            throw ValidationError("--\(option) names '\(unknown)', which is no upstream; there is \(known).")
        }
    }

    /// The cost and carbon of a call's electricity, beside its price and never mixed with it.
    func price(of energy: CallEnergy) -> CallPrice {
        var price = CallPrice()
        price.electricityCost = electricity?.amount(for: energy.total)
        price.carbonGrams = carbon?.grams(for: energy.total)
        return price
    }
}
