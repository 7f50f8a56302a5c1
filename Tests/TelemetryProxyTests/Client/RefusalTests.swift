// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryProxy

/// What is answered here, before an engine is chosen, and leaves no record.
@Suite(.timeLimit(.minutes(1)))
struct RefusalTests {
    @Test(arguments: RequestHeadTests.faults)
    func whatIsNoRequestGets400(text: String) async throws {
        try await withProxy(before: []) { proxy in
            let client = try await proxy.connect()
            try await client.send(text)
            let answer = try await client.answer()
            #expect([400, 505].contains(answer.status))
            #expect(answer.field("X-Inferometer-Error") == "bad_request")
            #expect(answer.field("Connection") == "close")
            #expect(answer.text.hasPrefix(#"{"error":{"#))
            let rest = await client.rest()
            #expect(rest.bytes.isEmpty)
            #expect(proxy.sink.records.isEmpty)
        }
    }

    @Test func otherProtocolsGet400() async throws {
        try await withProxy(before: []) { proxy in
            let client = try await proxy.connect()
            try await client.send([0x16, 0x03, 0x01, 0x02, 0x00])
            #expect(try await client.answer().status == 400)
        }
    }

    @Test func aHeadWithoutEndGets431() async throws {
        try await withProxy(before: []) { proxy in
            let client = try await proxy.connect()
            try await client.send("GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 70_000))
            #expect(try await client.answer().status == 431)
        }
    }

    @Test func aBrokenChunkGets400AndNoRecord() async throws {
        try await withEngine { proxy, _ in
            let client = try await proxy.connect()
            try await client.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
            )
            #expect(try await client.answer().status == 400)
            #expect(proxy.sink.records.isEmpty)
            #expect(proxy.proxy.counters.callsInFlight == 0)
        }
    }

    @Test(arguments: [
        ("/v1/chat/completions", #"{"error":{"message":"#), ("/v1/messages", #"{"type":"error","error":{"type":"#),
        ("/api/chat", #"{"error":"The Host"#), ("/other", #"{"error":{"message":"#),
    ])
    func aForeignHostGets403InTheShapeOfItsAPI(path: String, start: String) async throws {
        try await withEngine { proxy, _ in
            let client = try await proxy.connect()
            try await client.send("GET \(path) HTTP/1.1\r\nHost: evil.example\r\n\r\n")
            let answer = try await client.answer()
            #expect(answer.status == 403)
            #expect(answer.field("X-Inferometer-Error") == "forbidden_host")
            #expect(answer.text.hasPrefix(start))
            // The connection goes on: nothing was wrong with the request's form.
            try await client.send("GET /_inferometer/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try await client.answer().status == 200)
            #expect(proxy.sink.records.isEmpty)
            #expect(proxy.proxy.counters.refused == 1)
        }
    }

    @Test func aRefusedBodyDoesNotCutTheAnswer() async throws {
        try await withEngine { proxy, _ in
            let client = try await proxy.connect(halfClosing: true)
            try await client.send("POST /v1/messages HTTP/1.1\r\nHost: evil\r\nContent-Length: 3000000\r\n\r\n")
            let answer = try await client.answer()
            #expect(answer.status == 403)
            try await client.send([UInt8](repeating: 0x20, count: 3_000_000))
            let rest = await client.rest()
            #expect(rest.bytes.isEmpty && !rest.wasReset)
            await client.close()
        }
    }

    @Test func namesAreAllowedByChoice() async throws {
        try await withProxy(before: [], configuration: settings { $0.allowedHosts = ["box.lan"] }) { proxy in
            let client = try await proxy.connect()
            try await client.send("GET /_inferometer/health HTTP/1.1\r\nHost: box.lan:4242\r\n\r\n")
            let answer = try await client.answer()
            #expect(answer.status == 200)
            #expect(answer.text.hasPrefix(#"{"status":"ok","calls":0"#))
        }
    }

    @Test func withoutAnEngineThereIs502AndLaterOneIsFound() async throws {
        try await RawServer.with { server in
            try await withProxy(before: []) { proxy in
                let client = try await proxy.connect()
                try await client.post("/v1/chat/completions", Sample.chat)
                let refusal = try await client.answer()
                #expect(refusal.status == 502)
                #expect(refusal.field("X-Inferometer-Error") == "no_upstream")
                let refused = try await proxy.sink.only()
                #expect(refusal.field("X-Inferometer-Record") == refused.id.description)
                #expect(refused.result.outcome == .failed)
                #expect(refused.result.errorKind == .unreachable)
                #expect(refused.identity.upstream == nil)
                #expect(refused.identity.requestedModel == "tiny")
                #expect(refused.energy.reason == "never sent")
                #expect(refused.price.costUSD == nil)
                try proxy.proxy.setUpstreams([UpstreamConfiguration(url: "http://127.0.0.1:\(server.port)")])
                let second = try await proxy.connect()
                try await second.post("/v1/chat/completions", Sample.chat)
                let engine = try await server.accept()
                _ = try await engine.message()
                try await engine.answer("200 OK", Sample.answer)
                #expect(try await second.answer().status == 200)
                let records = await proxy.sink.records(count: 2)
                #expect(records.last?.result.outcome == .completed)
            }
        }
    }

    @Test func connectIsRefusedClearly() async throws {
        try await withEngine { proxy, _ in
            let client = try await proxy.connect()
            try await client.send("CONNECT http://localhost HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try await client.answer().status == 501)
        }
    }
}
