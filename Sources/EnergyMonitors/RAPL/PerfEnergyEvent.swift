// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// One energy event of the kernel's `power` unit for one socket: what is read where powercap is closed to us.
struct PerfEnergyEvent: Sendable, Hashable {
    /// The number of the unit's type.
    let type: UInt32
    /// The number of the event.
    let configuration: UInt64
    /// The processor to count on: one stands for its whole socket.
    let processor: Int
    let socket: Int
    let domain: EnergyDomain
    /// How the counter counts: the kernel keeps all 64 bits, so that it never wraps.
    let format: CounterFormat

    private static let domains: [(event: String, domain: EnergyDomain)] = [
        ("energy-pkg", .package), ("energy-cores", .core), ("energy-gpu", .uncore), ("energy-ram", .dram),
        ("energy-psys", .psys),
    ]

    var channel: EnergyChannel {
        EnergyChannel(
            device: EnergyDeviceID(vendor: .cpuRAPL, identifier: "perf:package-\(socket)"),
            domain: domain
        )
    }

    /// Reads which events the kernel offers; none if it has no such unit.
    static func all(root: SysfsDirectory) -> [PerfEnergyEvent] {
        let unit = root["sys/bus/event_source/devices/power"]
        guard let type = unit.optionalInteger("type"), let mask = unit.optionalText("cpumask") else { return [] }
        let processors = processors(in: mask)
        return domains.flatMap { entry -> [PerfEnergyEvent] in
            guard let configuration = configuration(of: unit.optionalText("events/\(entry.event)")),
                let format = format(scale: unit.optionalText("events/\(entry.event).scale"))
            else { return [] }
            // The platform is one, whatever the number of sockets.
            let counted = entry.domain == .psys ? Array(processors.prefix(1)) : processors
            return counted.map { processor in
                PerfEnergyEvent(
                    type: UInt32(clamping: type),
                    configuration: configuration,
                    processor: processor,
                    socket: socket(of: processor, root: root),
                    domain: entry.domain,
                    format: format
                )
            }
        }
    }

    /// The processors of a mask such as `0,18` or `0-1`.
    static func processors(in mask: String) -> [Int] {
        mask.split(separator: ",").flatMap { part -> [Int] in
            let bounds = part.split(separator: "-").compactMap { Int($0) }
            guard let first = bounds.first, let last = bounds.last, first <= last, last < 65_536 else { return [] }
            return Array(first...last)
        }
    }

    /// The number in `event=0x02`.
    static func configuration(of text: String?) -> UInt64? {
        guard let text, text.hasPrefix("event=0x") else { return nil }
        return UInt64(text.dropFirst("event=0x".count).prefix { $0 != "," }, radix: 16)
    }

    /// The unit from the joules of one count, always a power of two; nothing where it is anything else.
    static func format(scale: String?) -> CounterFormat? {
        guard let scale = scale.flatMap(Double.init), scale > 0, scale <= 1 else { return nil }
        let bits = -scale.exponent
        guard bits <= 62, scale.significand == 1 else { return nil }
        return .joulesDividedByTwo(toThe: bits)
    }

    private static func socket(of processor: Int, root: SysfsDirectory) -> Int {
        let topology = root["sys/devices/system/cpu/cpu\(processor)/topology"]
        return topology.optionalInteger("physical_package_id").map { Int($0) } ?? processor
    }
}
