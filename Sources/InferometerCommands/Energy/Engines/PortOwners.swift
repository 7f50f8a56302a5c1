// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Who listens where an engine is reached.
enum PortOwners: Hashable, Sendable {
    /// Nobody: the engine does not run.
    case nobody
    /// These processes, which share the socket, or have one each.
    case processes(Set<Int32>)
    /// It cannot be told, and is not guessed.
    case unknown(String)

    /// The processes; nothing if they cannot be told.
    var processes: Set<Int32>? {
        switch self {
        case .nobody: []
        case .processes(let processes): processes
        case .unknown: nil
        }
    }
}

/// Finds the processes behind ports, and remembers them as long as their sockets stand.
struct PortOwnerFinder: Sendable {
    let folder: ProcessFolder
    /// By the sockets, who holds them: reading every process's open files is dear, and seldom needed.
    private var known: [Set<UInt64>: Set<Int32>] = [:]

    init(folder: ProcessFolder) {
        self.folder = folder
    }

    /// The owners of the ports at which engines are reached, in their order.
    mutating func owners(of places: [(host: String, port: Int)]) -> [PortOwners] {
        guard let listeners = folder.listeners() else {
            return places.map { _ in .unknown("the system does not tell who listens where") }
        }
        let sockets = places.map { place in
            Set(Self.matching(listeners, host: place.host, port: place.port).map(\.inode))
        }
        known = known.filter { sockets.contains($0.key) && Self.stillHold($0.value, $0.key, folder) }
        let missing = Set(sockets).filter { !$0.isEmpty && known[$0] == nil }
        if !missing.isEmpty { look(for: missing) }
        return sockets.map { wanted in
            if wanted.isEmpty { return .nobody }
            return known[wanted].map(PortOwners.processes)
                ?? .unknown("the engine is another user's process, or one of another container")
        }
    }

    /// The listeners that hear a host: those at its very address, else those that hear all.
    static func matching(
        _ listeners: [ProcessFolder.Listener],
        host: String,
        port: Int
    ) -> [ProcessFolder.Listener] {
        let there = listeners.filter { $0.port == port }
        let wanted = NetworkAddress(host)
        let isLoopback = host.lowercased() == "localhost" || host.lowercased().hasSuffix(".localhost")
        let exact = there.filter { listener in
            if isLoopback { return listener.address.isLoopback }
            // A name is not looked up: whoever listens at the port is meant.
            guard let wanted else { return !listener.address.isWildcard }
            return listener.address == wanted
        }
        return exact.isEmpty ? there.filter(\.address.isWildcard) : exact
    }

    private static func stillHold(_ processes: Set<Int32>, _ sockets: Set<UInt64>, _ folder: ProcessFolder) -> Bool {
        processes.allSatisfy { folder.sockets(of: $0)?.isDisjoint(with: sockets) == false }
    }

    private mutating func look(for missing: Set<Set<UInt64>>) {
        let wanted = missing.reduce(into: Set<UInt64>()) { $0.formUnion($1) }
        var holders: [UInt64: Set<Int32>] = [:]
        for process in folder.processes() ?? [] {
            for socket in folder.sockets(of: process) ?? [] where wanted.contains(socket) {
                holders[socket, default: []].insert(process)
            }
        }
        for sockets in missing where sockets.allSatisfy({ holders[$0] != nil }) {
            let all = sockets.reduce(into: Set<Int32>()) { $0.formUnion(holders[$1] ?? []) }
            // A service manager holds its services' sockets too, and every process is its descendant.
            known[sockets] = all.count > 1 ? all.subtracting([1]) : all
        }
    }
}
