// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOSSL

/// The engines that can be called, and the way from a path to one of them.
struct UpstreamTable: Sendable {
    let all: [Upstream]
    let fallback: Upstream?

    static let empty = UpstreamTable(all: [], fallback: nil)

    /// The engine that a path names, with the number of the path's first bytes that name it; else the default.
    func route(_ path: UnsafeRawBufferPointer) -> (upstream: Upstream, skipping: Int)? {
        for upstream in all where !upstream.name.isEmpty {
            let end = upstream.name.count + 1
            guard path.count >= end, path[0] == .slash, path[1..<end].elementsEqual(upstream.name) else { continue }
            if path.count == end || path[end] == .slash { return (upstream, end) }
        }
        return fallback.map { ($0, 0) }
    }

    /// Makes a table for engines; those that have not changed are taken over from an older table.
    static func make(
        _ configurations: [UpstreamConfiguration],
        defaultName: String?,
        reusing old: UpstreamTable,
        trust: TrustRoots
    ) throws(ProxyError) -> UpstreamTable {
        var tls: NIOSSLContext?
        var all: [Upstream] = []
        for configuration in configurations {
            try check(configuration.name, against: all)
            if let same = old.all.first(where: { $0.configuration == configuration }) {
                all.append(same)
                continue
            }
            if configuration.address.isSecure, tls == nil { tls = try TLSClient.context(trust: trust) }
            all.append(Upstream(configuration, tls: configuration.address.isSecure ? tls : nil))
        }
        return UpstreamTable(all: all, fallback: try fallback(in: all, named: defaultName))
    }

    private static func fallback(in all: [Upstream], named name: String?) throws(ProxyError) -> Upstream? {
        guard let name else { return all.first { $0.name.isEmpty } ?? all.first }
        guard let found = all.first(where: { $0.configuration.name == name }) else {
            throw .invalidName(name, because: "it is the default but no upstream has it")
        }
        return found
    }

    /// A name is one segment of a path, and none that a client's own paths begin with.
    private static func check(_ name: String?, against all: [Upstream]) throws(ProxyError) {
        guard let name else { return }
        let isPlain = name.utf8.allSatisfy { byte in
            byte.lowercasedASCII &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x2D || byte == 0x2E || byte == 0x5F
        }
        guard isPlain, !name.isEmpty, name != ".", name != ".." else {
            throw .invalidName(name, because: "only letters, digits, '-', '_' and '.' may stand in it")
        }
        guard !["v1", "api", "_inferometer"].contains(name) else {
            throw .invalidName(name, because: "paths of the API begin with it")
        }
        guard !all.contains(where: { $0.configuration.name == name }) else {
            throw .invalidName(name, because: "it is given twice")
        }
    }
}

/// Sets up TLS toward engines.
enum TLSClient {
    static func context(trust: TrustRoots) throws(ProxyError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["http/1.1"]
        if case .file(let path) = trust { configuration.trustRoots = .file(path) }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .cannotTrust(because: "the trusted certificates cannot be read (\(error))")
        }
    }
}
