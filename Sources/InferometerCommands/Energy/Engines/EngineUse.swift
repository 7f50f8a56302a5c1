// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// An engine on this machine, as far as its processes are looked for.
struct LocalEngine: Hashable, Sendable {
    /// What records call it.
    var name: String
    var host: String
    var port: Int
}

/// Which of the processes that drivers list are engines', and which devices they use: a value, worked out of what the
/// system told.
struct EngineUse: Sendable, Equatable {
    /// The processes that were looked at.
    private(set) var seen: Set<Int32> = []
    /// By engine, those of its processes that some driver lists; an engine is missing if its processes are unknown.
    private(set) var processes: [String: Set<Int32>] = [:]
    /// By engine, the devices whose driver lists one of its processes.
    private(set) var devices: [String: Set<EnergyDeviceID>] = [:]
    /// The engines that run, or that nothing is known of.
    private var present: Set<String> = []

    init() {}

    /// Works it out.
    ///
    /// A process is an engine's if it listens at the engine's port, or descends from one that does.
    ///
    /// - Parameters:
    ///   - engines: The engines with the owners of their ports.
    ///   - lists: By device, the processes that its driver lists.
    ///   - parent: Tells whose child a process is.
    init(
        engines: [(name: String, owners: PortOwners)],
        lists: [EnergyDeviceID: Set<Int32>],
        parent: (Int32) -> Int32?
    ) {
        seen = lists.values.reduce(into: []) { $0.formUnion($1) }
        present = Set(engines.filter { $0.owners != .nobody }.map(\.name))
        let lines = Dictionary(uniqueKeysWithValues: seen.map { ($0, Self.line(of: $0, parent: parent)) })
        for engine in engines {
            guard let owners = engine.owners.processes else { continue }
            let own = seen.filter { lines[$0].map { !$0.isDisjoint(with: owners) } ?? false }
            processes[engine.name] = own
            devices[engine.name] = Set(lists.filter { !$0.value.isDisjoint(with: own) }.keys)
        }
    }

    /// The processes of all engines on drivers' lists, by which the work of others is told from theirs.
    ///
    /// Nothing if one engine's cannot be told, or none of them is on a list: then what looks like another's may be its
    /// own, by the numbers of another container.
    var allProcesses: Set<Int32>? {
        guard !present.isEmpty, present.allSatisfy({ processes[$0]?.isEmpty == false }) else { return nil }
        return processes.values.reduce(into: []) { $0.formUnion($1) }
    }

    /// A process with its ancestors.
    private static func line(of process: Int32, parent: (Int32) -> Int32?) -> Set<Int32> {
        var line: Set<Int32> = [process]
        var next = process
        // Numbers are used again, so that a chain read one by one could close in a ring.
        while let above = parent(next), above > 0, line.insert(above).inserted { next = above }
        return line
    }
}
