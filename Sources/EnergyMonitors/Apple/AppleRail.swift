// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// What one channel of the `Energy Model` group measures, told by its exact name.
///
/// The group has hundreds of channels that repeat each other in parts; a match by parts of names counts thrice.
enum AppleRail: Sendable, Hashable {
    case processor
    case graphics
    case neuralEngine
    case memory
    case graphicsMemory

    var domain: EnergyDomain {
        switch self {
        case .processor: .package
        case .graphics: .card
        case .neuralEngine: .ane
        case .memory: .dram
        case .graphicsMemory: .rail
        }
    }

    /// Tells a channel by its name; nothing for the many others.
    init?(channel name: String) {
        switch name {
        case "CPU Energy": self = .processor
        case "GPU Energy": self = .graphics
        default:
            if Self.isDie(name) {
                self = .processor
            } else if Self.isNumbered(name, stem: "ANE") {
                self = .neuralEngine
            } else if Self.isNumbered(name, stem: "DRAM") {
                self = .memory
            } else if Self.isNumbered(name, stem: "GPU SRAM") {
                self = .graphicsMemory
            } else {
                return nil
            }
        }
    }

    /// Whether a name is that of a whole rail, beside which its parts count nothing.
    static func isWhole(_ name: String) -> Bool {
        ["CPU Energy", "GPU Energy", "ANE", "DRAM", "GPU SRAM"].contains(name)
    }

    /// `DIE_n_CPU Energy`: chips of several dies have no sum.
    private static func isDie(_ name: String) -> Bool {
        guard name.hasPrefix("DIE_"), name.hasSuffix("_CPU Energy") else { return false }
        let number = name.dropFirst("DIE_".count).dropLast("_CPU Energy".count)
        return !number.isEmpty && number.allSatisfy(isDigit)
    }

    /// The stem alone, or with one number, or with two and a line between.
    private static func isNumbered(_ name: String, stem: String) -> Bool {
        guard name.hasPrefix(stem) else { return false }
        let numbers = name.dropFirst(stem.count)
        if numbers.isEmpty { return true }
        let parts = numbers.split(separator: "_", omittingEmptySubsequences: false)
        return parts.count <= 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(isDigit) }
    }

    private static func isDigit(_ character: Character) -> Bool {
        character.isASCII && character.isNumber
    }

    /// The format of a counter by its channel's own unit; nothing where the unit is none of energy.
    static func format(unit: String) -> CounterFormat? {
        switch unit.filter({ $0 != " " }) {
        case "nJ": .nanojoules
        // Both signs that are in use for micro, the Greek letter and the sign of its own.
        case "uJ", "\u{00B5}J", "\u{03BC}J": .microjoules
        case "mJ": .millijoules
        case "J": .joules
        default: nil
        }
    }
}

/// One channel that is read.
struct AppleChannel: Sendable, Hashable {
    let name: String
    let unit: String
    let rail: AppleRail
    /// How it counts; nothing where its unit is none of energy, so that it cannot be used.
    let format: CounterFormat?

    var channel: EnergyChannel {
        let place = AppleRail.isWhole(name) ? "apple-soc" : "apple-soc/\(name)"
        return EnergyChannel(device: EnergyDeviceID(vendor: .apple, identifier: place), domain: rail.domain)
    }

    /// Whether the system publishes it only every two seconds or so.
    var isBatched: Bool {
        format == .millijoules
    }

    /// The channels to read of all that the system offers: whole rails, and parts only where there is no whole.
    static func chosen(of offered: [(name: String, unit: String)]) -> [AppleChannel] {
        let known = offered.compactMap { entry -> AppleChannel? in
            guard let rail = AppleRail(channel: entry.name) else { return nil }
            return AppleChannel(
                name: entry.name,
                unit: entry.unit,
                rail: rail,
                format: AppleRail.format(unit: entry.unit)
            )
        }
        let whole = Set(known.filter { AppleRail.isWhole($0.name) }.map(\.rail))
        var seen: Set<String> = []
        return known.filter { channel in
            (AppleRail.isWhole(channel.name) || !whole.contains(channel.rail)) && seen.insert(channel.name).inserted
        }
    }
}
