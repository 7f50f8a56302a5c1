// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import TelemetryCore

/// The options by which a person says how energy is metered.
struct EnergyOptions: ParsableArguments {
    @Flag(help: "Meter no energy.")
    var noEnergy = false

    @Option(
        help: ArgumentHelp(
            "The devices that an engine uses, by their identifiers as 'doctor' shows them; may be repeated. Without it, those whose driver lists the engine's processes, else all of this machine's.",
            valueName: "name=uuid,..."
        )
    )
    var devices: [EngineDevicesArgument] = []

    @Option(
        help: ArgumentHelp(
            "The number of calls that an engine works on at once; may be repeated. Without it, what llama.cpp says of itself.",
            valueName: "name=n"
        )
    )
    var slots: [EngineSlotsArgument] = []

    @Option(help: "Idle power: 'amortised' over the calls that run, or 'excluded' from them. (default: amortised)")
    var idle: IdleArgument?

    @Option(help: ArgumentHelp("The price of electricity, such as 0.30EUR/kWh.", valueName: "price"))
    var electricity: PerKilowattHour?

    @Option(help: ArgumentHelp("The carbon of electricity, such as 400g/kWh.", valueName: "factor"))
    var carbon: PerKilowattHour?

    @Flag(
        help:
            "Where no sensor works, work energy out of how busy the processors are, and mark it as estimated. A guess, not a measurement."
    )
    var estimate = false
}

/// `NAME=UUID,UUID`: the devices of one engine.
struct EngineDevicesArgument: Hashable, Sendable, ExpressibleByArgument {
    let engine: String
    let devices: [String]

    /// Puts together what a list of settings cut at its commas: a part without a name goes on with the one before.
    static func rejoined(_ parts: [String]) -> [String] {
        parts.reduce(into: []) { whole, part in
            if part.contains("=") || whole.isEmpty { whole.append(part) } else { whole[whole.count - 1] += ",\(part)" }
        }
    }

    init?(argument: String) {
        guard let pair = NamedArgument(argument) else { return nil }
        let devices = pair.value.split(separator: ",").map(String.init)
        guard !devices.isEmpty else { return nil }
        engine = pair.name
        self.devices = devices
    }
}

/// `NAME=N`: the slots of one engine.
struct EngineSlotsArgument: Hashable, Sendable, ExpressibleByArgument {
    let engine: String
    let slots: Int

    init?(argument: String) {
        guard let pair = NamedArgument(argument), let slots = Int(pair.value), (1...100_000).contains(slots) else {
            return nil
        }
        engine = pair.name
        self.slots = slots
    }
}

/// What happens to idle power.
enum IdleArgument: String, CaseIterable, Hashable, Sendable, ExpressibleByArgument {
    case amortised
    case excluded

    var policy: IdlePolicy {
        self == .amortised ? .amortised : .excluded
    }
}

/// An amount for each kilowatt-hour: a leading number, then whatever unit the person thinks in.
struct PerKilowattHour: Hashable, Sendable, ExpressibleByArgument {
    /// The amount for one kilowatt-hour.
    let amount: Double
    /// What stands between the number and the kilowatt-hour, in small letters.
    private let unit: String

    init?(argument: String) {
        guard argument.lowercased().hasSuffix("/kwh") else { return nil }
        let digits = argument.prefix { $0.isNumber || $0 == "." }
        unit = argument.dropFirst(digits.count).dropLast(4).lowercased()
        guard let amount = Double(digits), amount.isFinite, !Self.goesOn(unit) else { return nil }
        self.amount = amount
    }

    /// Whether what follows the digits is the rest of a number, as in `0,30` and `1e-3`: half of it must not be taken.
    private static func goesOn(_ unit: String) -> Bool {
        if let first = unit.first, ",.'_".contains(first) { return true }
        return unit.prefixMatch(of: /e[+-]?\d/) != nil
    }

    /// The amount in grams, whatever the unit says of kilograms or milligrams.
    func grams(for energy: Energy?) -> Double? {
        let unit = unit.drop { $0 == " " }
        let factor = unit.hasPrefix("kg") ? 1_000.0 : unit.hasPrefix("mg") ? 0.001 : 1
        return amount(for: energy).map { $0 * factor }
    }

    /// The amount for some energy.
    func amount(for energy: Energy?) -> Double? {
        energy.map { $0.joules / 3_600_000 * amount }
    }
}

/// `NAME=VALUE`, both of which say something.
private struct NamedArgument {
    let name: String
    let value: String

    init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        name = parts[0]
        value = parts[1]
    }
}
