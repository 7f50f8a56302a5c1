// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryProxy

/// Connections that are kept between calls, and what becomes of those that an engine closes.
@Suite(.timeLimit(.minutes(1)))
struct KeptConnectionTests {
    @Test func aConnectionServesManyCalls() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.chat)
            let engine = try await server.accept()
            for count in 1...3 {
                _ = try await engine.message()
                try await engine.answer("200 OK", Sample.answer)
                #expect(try await client.answer().status == 200)
                if count < 3 { try await client.post("/v1/chat/completions", Sample.chat) }
            }
            #expect(await proxy.sink.records(count: 3).allSatisfy { $0.result.outcome == .completed })
        }
    }

    /// The engine closes at the very moment in which the next call is on its way: the race is made certain by letting
    /// it read the call first.
    @Test(arguments: ["/v1/chat/completions", "/v1/models"], [false, true])
    func aKeptConnectionThatTheEngineClosesFailsNoCall(path: String, byReset: Bool) async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post(path, Sample.chat)
            let first = try await server.accept()
            _ = try await first.message()
            try await first.answer("200 OK", Sample.answer)
            _ = try await client.answer()
            try await client.post(path, Sample.chat)
            _ = try await first.message()
            if byReset { await first.reset() } else { await first.close() }
            let second = try await server.accept()
            let again = try await second.message()
            #expect(again.text == Sample.chat)
            try await second.answer("200 OK", Sample.answer)
            let answer = try await client.answer()
            #expect(answer.status == 200)
            #expect(proxy.proxy.counters.resends == 1)
            if path == "/v1/chat/completions" {
                let records = await proxy.sink.records(count: 2)
                #expect(records.count == 2)
                #expect(records[1].result.outcome == .completed)
                #expect(records[1].id.description == answer.field("X-Inferometer-Record"))
            }
        }
    }

    @Test func aCallIsSentAgainOnlyOnce() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.chat)
            let first = try await server.accept()
            _ = try await first.message()
            try await first.answer("200 OK", Sample.answer)
            _ = try await client.answer()
            try await client.post("/v1/chat/completions", Sample.chat)
            _ = try await first.message()
            await first.close()
            let second = try await server.accept()
            _ = try await second.message()
            await second.close()
            #expect(try await client.answer().status == 502)
            let records = await proxy.sink.records(count: 2)
            #expect(records[1].result.errorKind == .reset)
        }
    }

    @Test func onceAnythingHasComeBackNothingIsSentAgain() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.chat)
            let first = try await server.accept()
            _ = try await first.message()
            try await first.answer("200 OK", Sample.answer)
            _ = try await client.answer()
            try await client.post("/v1/chat/completions", Sample.chat)
            _ = try await first.message()
            try await first.send("HTTP/1.1 2")
            await first.close()
            #expect(try await client.answer().status == 502)
            #expect(proxy.proxy.counters.resends == 0)
        }
    }

    @Test func anAnswerThatClosesIsNotKept() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            for _ in 0..<2 {
                try await client.post("/v1/chat/completions", Sample.chat)
                let engine = try await server.accept()
                _ = try await engine.message()
                try await engine.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
                let answer = try await client.answer()
                #expect(answer.text == "{}")
                // What the engine does with its connection is no matter of the client's.
                #expect(answer.field("Connection") == nil)
                await engine.waitForEnd()
            }
        }
    }

    @Test func bytesThatNobodyAskedForEndAConnection() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.chat)
            let engine = try await server.accept()
            _ = try await engine.message()
            try await engine.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n\r\n")
            #expect(try await client.answer().text == "{}")
            await engine.waitForEnd()
        }
    }

    @Test func engineAndNameAreKeptApart() async throws {
        try await RawServer.with { one in
            try await RawServer.with { two in
                let upstreams = [
                    try UpstreamConfiguration(url: "http://127.0.0.1:\(one.port)"),
                    try UpstreamConfiguration(
                        name: "two",
                        url: "http://127.0.0.1:\(two.port)/base",
                        kind: .openAI,
                        isLocal: false
                    ),
                ]
                try await withProxy(
                    before: upstreams,
                    services: {
                        $0.price = { _, usage in
                            var price = CallPrice()
                            price.costUSD = Double(usage.completion ?? 0)
                            return price
                        }
                    }
                ) { proxy in
                    let client = try await proxy.connect()
                    try await client.post("/two/v1/chat/completions?key=1", Sample.chat)
                    let engine = try await two.accept()
                    let request = try await engine.message()
                    #expect(request.start == "POST /base/v1/chat/completions?key=1 HTTP/1.1")
                    #expect(request.field("Host") == "127.0.0.1:\(two.port)")
                    try await engine.answer("200 OK", Sample.answer)
                    _ = try await client.answer()
                    let record = try await proxy.sink.only()
                    #expect(record.identity.upstream == "two")
                    #expect(record.identity.engine == .openAI)
                    #expect(record.price.costUSD == 2)
                    #expect(record.energy.reason == "remote")
                    try await client.send("GET /two HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    #expect(try await engine.message().start == "GET /base/ HTTP/1.1")
                    try await engine.answer("200 OK", "{}")
                    _ = try await client.answer()
                    try await client.send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    let other = try await one.accept()
                    #expect(try await other.message().start == "GET /v1/models HTTP/1.1")
                    try await other.answer("200 OK", "{}")
                    _ = try await client.answer()
                }
            }
        }
    }
}
