// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The kernel's folder of processes (`/proc` of Linux): who listens where, and whose child is whose.
struct ProcessFolder: Sendable {
    /// The folder's path.
    let path: String

    /// Creates the folder below whatever stands for `/`.
    init(root: String) {
        path = (root.hasSuffix("/") ? root : root + "/") + "proc"
    }

    /// Whether there is such a folder.
    var exists: Bool {
        KernelFile.names(in: path) != nil
    }

    /// A socket that waits for connections.
    struct Listener: Hashable, Sendable {
        var address: NetworkAddress
        var port: Int
        /// The number by which the kernel knows the socket.
        var inode: UInt64
    }

    /// Every socket that waits for connections; nothing if the kernel does not tell.
    func listeners() -> [Listener]? {
        let tables = ["tcp", "tcp6"].compactMap { KernelFile.bytes("\(path)/net/\($0)") }
        guard !tables.isEmpty else { return nil }
        return tables.flatMap { table in
            table.split(separator: UInt8(ascii: "\n")).dropFirst().compactMap(Self.listener)
        }
    }

    /// The processes; nothing if the kernel does not tell.
    func processes() -> [Int32]? {
        KernelFile.names(in: path)?.compactMap { Int32($0) }
    }

    /// The numbers of the sockets that a process holds; nothing if it is another user's, or gone.
    func sockets(of process: Int32) -> Set<UInt64>? {
        let folder = "\(path)/\(process)/fd"
        guard let names = KernelFile.names(in: folder) else { return nil }
        return Set(
            names.compactMap { name in
                guard let target = KernelFile.target(of: "\(folder)/\(name)"), target.hasPrefix("socket:[") else {
                    return nil
                }
                return UInt64(target.dropFirst(8).dropLast())
            }
        )
    }

    /// The process that a process was started by; nothing if it is gone.
    func parent(of process: Int32) -> Int32? {
        guard let bytes = KernelFile.bytes("\(path)/\(process)/stat", limit: 65_536),
            // The name stands in brackets, and may hold brackets and spaces itself.
            let end = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
        return fields.count > 1 ? Int32(String(decoding: fields[1], as: UTF8.self)) : nil
    }

    /// Reads one line of the kernel's table; nothing if it is no listener's.
    private static func listener(_ line: ArraySlice<UInt8>) -> Listener? {
        let fields = line.split(separator: UInt8(ascii: " "))
        guard fields.count > 9, fields[3].elementsEqual("0A".utf8) else { return nil }
        let local = String(decoding: fields[1], as: UTF8.self).split(separator: ":")
        guard local.count == 2, let address = NetworkAddress(kernelDigits: local[0]),
            let port = Int(local[1], radix: 16), let inode = UInt64(String(decoding: fields[9], as: UTF8.self))
        else { return nil }
        return Listener(address: address, port: port, inode: inode)
    }
}
