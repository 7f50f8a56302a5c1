// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryProxy

@Suite struct UpstreamTests {
    @Test(arguments: [
        ("http://127.0.0.1:8080", "127.0.0.1:8080", ""),
        ("127.0.0.1:8080", "127.0.0.1:8080", ""),
        ("http://engine:80/", "engine", ""),
        ("https://api.openai.com", "api.openai.com", ""),
        ("https://api.openai.com/v1/", "api.openai.com", ""),
        ("https://openrouter.ai/api/v1", "openrouter.ai", "/api"),
        ("HTTPS://h:444/base/", "h:444", "/base"),
        ("http://[::1]:9", "[::1]:9", ""),
    ])
    func aURLIsTakenApart(url: String, authority: String, base: String) throws {
        let address = try UpstreamAddress(url: url)
        #expect(address.authority == authority)
        #expect(address.basePath == base)
    }

    @Test(arguments: [
        "", "http://", "ftp://x", "http://x:0", "http://x:70000", "http://x:y", "http://user:key@x", "http://x?key=1",
        "http://x/ y", "http://[::1", "http://x#f", "http://x:+80", "http://x:-1", "http://x:8:9", "http://[::1]80",
        "http://[]:80", "http://::1:80",
    ])
    func whatIsNoEngineIsRefused(url: String) {
        #expect(throws: ProxyError.self) { try UpstreamAddress(url: url) }
    }

    @Test(arguments: [
        ("localhost", true), ("127.0.0.1", true), ("127.1.2.3", true), ("[::1]", true), ("10.0.0.1", false),
        ("api.openai.com", false),
    ])
    func loopbackIsThisMachine(host: String, isLocal: Bool) throws {
        #expect(try UpstreamConfiguration(url: "http://\(host):1").isLocal == isLocal)
    }

    private func table(_ names: [String?], default name: String? = nil) throws -> UpstreamTable {
        let all = try names.enumerated().map { index, name in
            try UpstreamConfiguration(name: name, url: "http://h:\(index + 1)")
        }
        return try UpstreamTable.make(all, defaultName: name, reusing: .empty, trust: .system)
    }

    @Test(arguments: [
        ("/vllm/v1/models", "vllm", 5), ("/vllm", "vllm", 5), ("/vllmx/v1", "h:1", 0), ("/v1/models", "h:1", 0),
        ("*", "h:1", 0), ("/b/vllm", "b", 2),
    ])
    func aPathLeadsToAnEngine(path: String, label: String, skipping: Int) throws {
        let table = try table([nil, "vllm", "b"])
        let found = Array(path.utf8).withUnsafeBytes { table.route($0) }
        #expect(found?.upstream.label == label)
        #expect(found?.skipping == skipping)
    }

    @Test func theDefaultIsTheNamelessElseTheFirst() throws {
        #expect(try table(["a", nil]).fallback?.label == "h:2")
        #expect(try table(["a", "b"]).fallback?.label == "a")
        #expect(try table(["a", "b"], default: "b").fallback?.label == "b")
        #expect(try table([]).fallback == nil)
        #expect(throws: ProxyError.self) { try table(["a"], default: "c") }
    }

    @Test(arguments: ["v1", "api", "_inferometer", "a/b", "", "..", "a b"])
    func aNameThatIsNoSegmentIsRefused(name: String) {
        #expect(throws: ProxyError.self) { try table([name]) }
    }

    @Test func aNameComesOnce() {
        #expect(throws: ProxyError.self) { try table(["a", "a"]) }
    }

    @Test func anEngineThatStaysIsTakenOver() throws {
        let one = try UpstreamConfiguration(url: "http://h:1")
        let two = try UpstreamConfiguration(name: "two", url: "http://h:2")
        let old = try UpstreamTable.make([one], defaultName: nil, reusing: .empty, trust: .system)
        let new = try UpstreamTable.make([two, one], defaultName: nil, reusing: old, trust: .system)
        #expect(new.all[1] === old.all[0])
        #expect(new.fallback === old.all[0])
    }

    @Test(arguments: [
        ("localhost", true), ("LOCALHOST:80", true), ("127.0.0.1:4242", true), ("[::1]:1", true), ("box", true),
        ("box:99", true), ("evil.example", false), ("127.0.0.1.evil.example", false), ("localhost.evil", false),
        ("", false), ("::1", false), ("10.1.1.1:4242", true),
    ])
    func onlyKnownHostsAreAllowed(host: String, isAllowed: Bool) {
        let hosts = AllowedHosts(listening: "10.1.1.1", names: ["Box:1"])
        let allows = Array(host.utf8).withUnsafeBytes { hosts.allows($0, reachedAt: nil) }
        #expect(allows == isAllowed)
    }
}
