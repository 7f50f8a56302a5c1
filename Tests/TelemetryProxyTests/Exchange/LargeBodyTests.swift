// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryProxy

/// Bodies too large to hold, and sides too slow to take them.
@Suite(.timeLimit(.minutes(2)))
struct LargeBodyTests {
    private static let large = [UInt8](repeating: 0x78, count: 3_000_000)

    @Test(arguments: [false, true])
    func aRequestTooLargeToHoldPassesAsItComes(isChunked: Bool) async throws {
        try await withEngine(configuration: settings { $0.maxHeldBody = 100_000 }) { proxy, server in
            let client = try await proxy.connect()
            let framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(Self.large.count)"
            try await client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n\(framing)\r\n\r\n")
            let half = Self.large.count / 2
            if isChunked { try await client.send("\(String(half, radix: 16))\r\n") }
            try await client.send(Array(Self.large[..<half]))
            // The first half arrives before the second is sent.
            let engine = try await server.accept()
            _ = try await engine.receive(until: "\r\n\r\n")
            if !isChunked { #expect(try await engine.receive(count: half).count == half) }
            if isChunked { try await client.send("\r\n\(String(Self.large.count - half, radix: 16))\r\n") }
            try await client.send(Array(Self.large[half...]))
            if isChunked { try await client.send("\r\n0\r\n\r\n") }
            var received = isChunked ? 0 : half
            if isChunked {
                while let chunk = try await engine.chunk() { received += chunk.count }
            } else {
                received += try await engine.receive(count: Self.large.count - half).count
            }
            #expect(received == Self.large.count)
            try await engine.answer("200 OK", Sample.answer)
            #expect(try await client.answer().text == Sample.answer)
            let record = try await proxy.sink.only()
            #expect(record.result.outcome == .completed)
            #expect(record.identity.requestedModel == nil)
            #expect(record.tokens.completion == 2)
        }
    }

    @Test func aLargeHeldRequestIsSplicedInPlace() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            let text = String(decoding: Self.large, as: UTF8.self)
            let body = #"{"model":"m","stream":true,"messages":[{"role":"user","content":""# + text + #""}]}"#
            try await client.post("/v1/chat/completions", body)
            let engine = try await server.accept()
            let request = try await engine.message()
            #expect(request.field("Content-Length") == "\(request.body.count)")
            #expect(request.body.count > body.utf8.count)
            #expect(request.text.contains("include_usage"))
            #expect(request.text.contains(text))
            try await engine.answer("200 OK", "{}")
            _ = try await client.answer()
        }
    }

    @Test func aLargeAnswerPassesWhole() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/embeddings", #"{"model":"m","input":"a"}"#)
            let engine = try await server.accept()
            _ = try await engine.message()
            try await engine.send("HTTP/1.1 200 OK\r\nContent-Length: \(Self.large.count)\r\n\r\n")
            try await engine.send(Self.large)
            #expect(try await client.answer().body == Self.large)
            #expect(await proxy.sink.records(count: 1).count == 1)
        }
    }

    /// What the engine sends waits in its own socket while the client does not read: the proxy's memory stays small.
    @Test func aSlowClientHoldsTheEngine() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect(reading: false)
            try await client.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let engine = try await server.accept()
            _ = try await engine.message()
            let total = 64_000_000
            let before = residentBytes()
            try await engine.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            let sending = Task {
                for _ in 0..<64 { try await engine.send([UInt8](repeating: 1, count: 1_000_000)) }
            }
            // Only when the client reads can the engine have sent all.
            try await client.startReading()
            _ = try await client.receive(until: "\r\n\r\n")
            var received = 0
            while received < total { received += try await client.next().count }
            try await sending.value
            #expect(received == total)
            #expect(residentBytes() - before < 64_000_000)
        }
    }
}
