// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryProxy
import Testing

@testable import InferometerCommands

@Suite struct ArgumentValueTests {
    @Test(arguments: [
        ("127.0.0.1:0", "127.0.0.1", 0), ("[::1]:4242", "::1", 4_242), ("localhost:80", "localhost", 80),
        ("8080", "127.0.0.1", 8_080), ("0.0.0.0:65535", "0.0.0.0", 65_535),
    ])
    func addressesToListenOn(_ text: String, _ host: String, _ port: Int) {
        #expect(ListenAddress(argument: text) == ListenAddress(host: host, port: port))
    }

    @Test(arguments: ["", ":", ":80", "host:", "host:x", "host:-1", "host:65536", "::1:80", "[::1]", "[::1]80", "a:+5"])
    func whatIsNoAddressIsRefused(_ text: String) {
        #expect(ListenAddress(argument: text) == nil)
    }

    @Test(arguments: [
        ("5000000", 5_000_000), ("500MB", 500_000_000), ("2GiB", 2_147_483_648), ("1.5k", 1_500), ("0", 0), ("7b", 7),
    ])
    func sizes(_ text: String, _ bytes: Int) {
        #expect(ByteSize(argument: text)?.bytes == bytes)
    }

    @Test(arguments: ["", "-1", "MB", "1 GB", "1XB", "1e3", "99999999999TB", "1.2.3"])
    func whatIsNoSizeIsRefused(_ text: String) {
        #expect(ByteSize(argument: text) == nil)
    }

    @Test(arguments: [("10", 10.0), ("0", 0), ("2.5", 2.5), ("1m", 60), ("5s", 5)])
    func graces(_ text: String, _ seconds: Double) {
        #expect(GraceArgument(argument: text)?.duration == .seconds(seconds))
    }

    @Test(arguments: [
        ("http://127.0.0.1:8080", nil, "http://127.0.0.1:8080"),
        ("vllm=http://gpu1:8000", "vllm", "http://gpu1:8000"),
        ("vllm=http://gpu1:8000/v1/", "vllm", "http://gpu1:8000"),
        ("https://api.openai.com", nil, "https://api.openai.com"),
    ])
    func upstreams(_ text: String, _ name: String?, _ url: String) throws {
        let upstream = try UpstreamArgument(text)
        #expect(upstream.name == name)
        #expect(upstream.address.url == url)
    }

    @Test(arguments: [
        "", "ftp://host", "http://", "http://host:0", "http://host?x=1", "http://user:key@host", "a=http://",
    ])
    func whatIsNoUpstreamIsRefused(_ text: String) {
        #expect(throws: (any Error).self) { try UpstreamArgument(text) }
    }
}
