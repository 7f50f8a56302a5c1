// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import InferometerCommands

@Suite struct LocalAddressesTests {
    private let addresses = LocalAddresses(["192.0.2.7", "box", "box.local", "2001:db8::1", "fe80::1"])

    @Test(arguments: [
        "localhost", "LOCALHOST", "a.localhost", "127.0.0.1", "127.255.0.9", "127.1", "::1", "0:0:0:0:0:0:0:1",
        "::ffff:127.0.0.1", "0.0.0.0", "::", "192.0.2.7", "box", "BOX.local", "2001:db8::1", "2001:0DB8:0:0::1",
    ])
    func thisMachine(_ host: String) {
        #expect(addresses.contain(host))
    }

    /// Only what is this machine's is billed its energy, and costs nothing.
    @Test(arguments: [
        "192.0.2.8", "gpu1", "box.example.com", "localhost.example.com", "mylocalhost", "127.example.com",
        "127.0.0.1.nip.io",
        "2001:db8::2", "", "128.0.0.1", "api.openai.com",
    ])
    func anotherMachine(_ host: String) {
        #expect(!addresses.contain(host))
    }

    @Test func theSystemIsAskedForItsOwn() {
        let own = LocalAddresses.ofThisMachine()
        #expect(own.contain("127.0.0.1") && !own.contain("192.0.2.250"))
    }
}
