// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryProxy

/// Prompts, answers, keys and query strings are nowhere but on the wire.
@Suite(.timeLimit(.minutes(1)))
struct PrivacyTests {
    private static let canaries = ["canary-key", "canary-prompt", "canary-answer", "canary-query", "canary-error"]

    private func call(_ client: RawConnection, path: String) async throws {
        let body = #"{"model":"m","messages":[{"role":"user","content":"canary-prompt"}]}"#
        try await client.post("\(path)?key=canary-query", body, fields: "Authorization: Bearer canary-key\r\n")
    }

    @Test func nothingOfACallIsLoggedOrKept() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await call(client, path: "/v1/chat/completions")
            let engine = try await server.accept()
            #expect(try await engine.message().start.contains("canary-query"))
            try await engine.answer("500 Oops", #"{"error":{"message":"canary-error"}}"#)
            _ = try await client.answer()
            try await call(client, path: "/v1/chat/completions")
            _ = try await engine.message()
            try await engine.send("HTTP/1.1 canary-answer\r\n\r\n")
            #expect(try await client.answer().status == 502)
            try await call(client, path: "/v1/chat/completions")
            let second = try await server.accept()
            _ = try await second.message()
            try await second.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"canary-answer\"")
            await second.close()
            _ = await client.rest()
            let bad = try await proxy.connect()
            try await bad.send("canary-prompt canary-query\r\n\r\n")
            let refusal = try await bad.answer()
            let records = await proxy.sink.records(count: 3)
            #expect(!proxy.log.all.isEmpty)
            let kept = proxy.log.all.joined() + records.map { "\($0)" }.joined() + refusal.text
            for canary in Self.canaries { #expect(!kept.contains(canary), "\(canary)") }
        }
    }
}
