// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// The zones of the kernel's powercap tree, each once.
struct RAPLTree: Sendable {
    /// The zones, by path.
    private(set) var zones: [RAPLZone] = []

    /// Walks the tree below `sys/class/powercap`.
    ///
    /// The kernel shows a zone nested in its parent and flat beside it, so zones are told apart by their real path.
    /// A second tree, `intel-rapl-mmio`, repeats packages that the first has.
    init(root: SysfsDirectory) {
        let top = root["sys/class/powercap"]
        let tops = top.directories { Self.depth(of: $0, prefix: "intel-rapl:") == 1 }
        var seen: Set<String> = []
        for directory in tops {
            add(directory, path: directory.name, seen: &seen)
        }
        let mapped = top.directories { Self.depth(of: $0, prefix: "intel-rapl-mmio:") == 1 }
        let known = Set(zones.map(\.label))
        for directory in mapped {
            guard let label = directory.optionalText("name"), !known.contains(label) else { continue }
            add(directory, path: directory.name, seen: &seen)
        }
    }

    private mutating func add(_ directory: SysfsDirectory, path: String, seen: inout Set<String>) {
        guard seen.insert(directory.realPath).inserted else { return }
        if let zone = RAPLZone(directory, path: path), !holds(zone) { zones.append(zone) }
        let prefix = directory.name + ":"
        for child in directory.directories(where: { Self.depth(of: $0, prefix: prefix) == 1 }) {
            add(child, path: "\(path)/\(child.name)", seen: &seen)
        }
    }

    private func holds(_ zone: RAPLZone) -> Bool {
        zones.contains { $0.device == zone.device && $0.domain == zone.domain }
    }

    /// How many numbers follow a prefix, or nothing if anything else does.
    private static func depth(of name: String, prefix: String) -> Int? {
        guard name.hasPrefix(prefix) else { return nil }
        let parts = name.dropFirst(prefix.count).split(separator: ":", omittingEmptySubsequences: false)
        return parts.allSatisfy { UInt32($0) != nil } ? parts.count : nil
    }
}
