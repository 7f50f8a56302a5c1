// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting

@testable import InferometerCommands

/// A tree with a folder of processes, as the kernel shows it.
struct ProcessTree {
    let tree: SysfsTree
    private var rows: [String: [String]] = ["tcp": [], "tcp6": []]
    /// The head of the kernel's table, captured.
    private static let head =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"

    init() throws {
        tree = try SysfsTree()
        try write()
    }

    var folder: ProcessFolder { ProcessFolder(root: tree.root) }

    /// Adds a socket that listens, at an address as the kernel writes it.
    mutating func listen(_ address: String, port: Int, inode: Int, state: String = "0A") throws {
        let number = String(port, radix: 16, uppercase: true)
        let digits = String(repeating: "0", count: 4 - number.count) + number
        let table = address.count == 8 ? "tcp" : "tcp6"
        let far = String(repeating: "0", count: address.count) + ":0000"
        rows[table]?.append(
            "   0: \(address):\(digits) \(far) \(state) 00000000:00000000 00:00000000 00000000     0        0 \(inode)"
                + " 1 0000000000000000 100 0 0 10 0"
        )
        try write()
    }

    /// Adds a process that holds some sockets; with none given, its open files are another user's.
    func process(_ number: Int32, parent: Int32, name: String = "engine", sockets: [Int]? = []) throws {
        try tree.set("proc/\(number)/stat", "\(number) (\(name)) S \(parent) \(number) 1 0 -1 4194560 1 0")
        guard let sockets else { return }
        try tree.link("proc/\(number)/fd/0", to: "/dev/null")
        for (place, inode) in sockets.enumerated() {
            try tree.link("proc/\(number)/fd/\(place + 3)", to: "socket:[\(inode)]")
        }
    }

    private func write() throws {
        for (table, lines) in rows {
            try tree.set("proc/net/\(table)", ([Self.head] + lines).joined(separator: "\n"))
        }
    }

    /// Addresses as the kernel of a machine with small bytes first writes them.
    static let loopback = "0100007F"
    static let wildcard = "00000000"
    static let loopback6 = "00000000000000000000000001000000"
    static let wildcard6 = "00000000000000000000000000000000"
    static let mappedLoopback = "0000000000000000FFFF00000100007F"
}
