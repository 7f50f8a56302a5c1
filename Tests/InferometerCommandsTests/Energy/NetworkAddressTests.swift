// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import InferometerCommands

/// Addresses as URLs and the kernel write them are the same bytes.
@Suite struct NetworkAddressTests {
    /// Words of the kernel are in the machine's own order of bytes.
    private static func kernel(_ bytes: [UInt8]) -> String {
        stride(from: 0, to: bytes.count, by: 4).map { start in
            let word = bytes[start..<start + 4].enumerated().reduce(UInt32(0)) { $0 | UInt32($1.1) << UInt32(8 * $1.0) }
            let digits = String(UInt32(littleEndian: word), radix: 16, uppercase: true)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }
        .joined()
    }

    @Test(arguments: [
        ("127.0.0.1", [127, 0, 0, 1]), ("10.1.2.255", [10, 1, 2, 255]), ("0.0.0.0", [0, 0, 0, 0]),
        ("::1", [UInt8](repeating: 0, count: 15) + [1]), ("::", [UInt8](repeating: 0, count: 16)),
        ("fe80::a:1", [0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0A, 0, 1]),
    ])
    func bothSpellingsAreOne(_ text: String, _ bytes: [UInt8]) throws {
        let address = try #require(NetworkAddress(text))
        #expect(address.bytes == bytes)
        #expect(NetworkAddress(kernelDigits: Self.kernel(bytes)) == address)
        #expect(address.isLoopback == ["127.0.0.1", "::1"].contains(text))
        #expect(address.isWildcard == ["0.0.0.0", "::"].contains(text))
    }

    @Test(arguments: ["127.0.0.1", "10.0.0.7"])
    func fourBytesInSixteenAreFour(_ text: String) throws {
        let address = try #require(NetworkAddress(text))
        #expect(NetworkAddress("::ffff:" + text) == address)
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + address.bytes
        #expect(NetworkAddress(kernelDigits: Self.kernel(mapped)) == address)
    }

    @Test(arguments: ["", "localhost", "127.1", "1.2.3.4.5", "256.0.0.1", "[::1]", "::1%lo", "1:2"])
    func aNameIsNoAddress(_ text: String) {
        #expect(NetworkAddress(text) == nil)
    }

    @Test(arguments: ["", "0100007", "0100007F0", "0100007G", "0100007F0100007F", "\u{0661}0000007"])
    func otherDigitsAreNone(_ text: String) {
        #expect(NetworkAddress(kernelDigits: text) == nil)
    }
}
