// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The names and addresses under which this machine reaches itself.
///
/// Names of other machines are not looked up: that would ask a name server unasked.
struct LocalAddresses: Sendable {
    private let known: Set<String>
    /// Those that are addresses, however they are written.
    private let addresses: Set<NetworkAddress>

    /// Creates a list by hand.
    init(_ known: Set<String>) {
        self.known = known
        addresses = Set(known.compactMap { NetworkAddress($0) })
    }

    /// Asks the operating system.
    static func ofThisMachine() -> LocalAddresses {
        var known = interfaceAddresses()
        var name = [CChar](repeating: 0, count: 256)
        if gethostname(&name, name.count - 1) == 0 {
            let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                .lowercased()
            known.formUnion([host, host + ".local"])
        }
        return LocalAddresses(known)
    }

    /// Whether a host is this machine.
    func contain(_ host: String) -> Bool {
        let host = host.lowercased()
        if let address = NetworkAddress(host) {
            return address.isLoopback || address.isWildcard || addresses.contains(address)
        }
        // Resolvers still know `127.1`; a name such as `127.example.com` is anybody's.
        let isShortLoopback = host.hasPrefix("127.") && host.utf8.allSatisfy { "0123456789.".utf8.contains($0) }
        return host == "localhost" || host.hasSuffix(".localhost") || isShortLoopback || known.contains(host)
    }

    private static func interfaceAddresses() -> Set<String> {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        var addresses: Set<String> = []
        var next = first
        while let interface = next?.pointee {
            next = interface.ifa_next
            if let address = interface.ifa_addr, let text = numericText(address) { addresses.insert(text) }
        }
        return addresses
    }

    private static func numericText(_ address: UnsafeMutablePointer<sockaddr>) -> String? {
        let length: Int
        switch Int32(address.pointee.sa_family) {
        case AF_INET: length = MemoryLayout<sockaddr_in>.size
        case AF_INET6: length = MemoryLayout<sockaddr_in6>.size
        default: return nil
        }
        var text = [CChar](repeating: 0, count: 128)
        guard getnameinfo(address, socklen_t(length), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 else {
            return nil
        }
        // An interface's name after `%` is no part of the address.
        let bytes = text.prefix { $0 != 0 && $0 != CChar(UInt8(ascii: "%")) }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
