// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryProxy

/// The rarer forms of HTTP: passed on, or refused with a clear word, never hung.
@Suite(.timeLimit(.minutes(1)))
struct PassageTests {
    @Test func onlyWhatOneConnectionOwnsIsTakenOut() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.send(
                "GET /x?q=1 HTTP/1.1\r\naccept: */*\r\nHost: localhost:1\r\nConnection: keep-alive, X-Mine\r\n"
                    + "X-Mine: 1\r\nKeep-Alive: timeout=5\r\nAuthorization: Bearer key\r\nTE: trailers\r\n"
                    + "Proxy-Connection: x\r\nX-Inferometer-Meta-A: 1\r\nACCEPT-encoding: br\r\n\r\n"
            )
            let engine = try await server.accept()
            let request = try await engine.message()
            #expect(request.start == "GET /x?q=1 HTTP/1.1")
            #expect(request.fields.map(\.name) == ["accept", "Host", "Authorization", "ACCEPT-encoding"])
            #expect(request.fields.map(\.value) == ["*/*", "127.0.0.1:\(server.port)", "Bearer key", "br"])
            try await engine.send(
                "HTTP/1.1 299 Odd  Words\r\nsErver: e\r\nConnection: X-His\r\nX-His: 1\r\nKeep-Alive: timeout=5\r\n"
                    + "Set-Cookie: a\r\nSet-Cookie: b\r\nX-Inferometer-Record: other\r\nContent-Length: 0\r\n\r\n"
            )
            let answer = try await client.answer()
            #expect(answer.start == "HTTP/1.1 299 Odd  Words")
            #expect(
                answer.fields.map(\.name)
                    == ["sErver", "Set-Cookie", "Set-Cookie", "X-Inferometer-Record", "Content-Length"]
            )
            #expect(proxy.sink.records.isEmpty)
        }
    }

    @Test func tagsGoIntoTheRecordAlone() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post(
                "/v1/chat/completions",
                Sample.chat,
                fields: "X-Inferometer-Agent: bot\r\nx-inferometer-session: s1\r\nX-Inferometer-Batch: b\r\n"
                    + "X-Inferometer-Warmup: TRUE\r\nX-Inferometer-Meta-Run-ID: 7\r\nX-Inferometer-Meta-run-id: 8\r\n"
            )
            let engine = try await server.accept()
            let request = try await engine.message()
            #expect(!request.fields.contains { $0.name.lowercased().hasPrefix("x-inferometer") })
            try await engine.answer("200 OK", Sample.answer)
            _ = try await client.answer()
            let identity = try await proxy.sink.only().identity
            #expect(identity.agent == "bot")
            #expect(identity.session == "s1")
            #expect(identity.batch == "b")
            #expect(identity.isWarmup)
            #expect(identity.metadata.json == #"{"run-id":"8"}"#)
        }
    }

    @Test func aBodyThatClosesEndsInChunksOrByClosing() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.chat)
            let engine = try await server.accept()
            _ = try await engine.message()
            try await engine.send("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + Sample.answer)
            await engine.close()
            let answer = try await client.answer()
            #expect(answer.start == "HTTP/1.1 200 OK")
            #expect(answer.field("Transfer-Encoding") == "chunked")
            #expect(answer.text == Sample.answer)
            #expect(try await proxy.sink.only().result.outcome == .completed)
            // A client that knows no chunks gets the bytes until the end.
            let old = try await proxy.connect()
            try await old.send("GET /v1/models HTTP/1.0\r\n\r\n")
            let second = try await server.accept()
            #expect(try await second.message().field("Host") == "127.0.0.1:\(server.port)")
            try await second.beginStream()
            try await second.event("x")
            try await second.endStream()
            let plain = try await old.answer()
            #expect(plain.field("Transfer-Encoding") == nil)
            #expect(plain.field("Connection") == "close")
            #expect(plain.text == "data: x\n\n")
        }
    }

    @Test func anOldClientMayKeepItsConnection() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let engine = try await server.accept()
            for path in ["/a", "/b"] {
                #expect(try await engine.message().start == "GET \(path) HTTP/1.1")
                try await engine.answer("200 OK", "{}")
                #expect(try await client.answer().field("Connection") == "keep-alive")
                if path == "/a" { try await client.send("GET /b HTTP/1.0\r\nConnection: keep-alive\r\n\r\n") }
            }
        }
    }

    @Test func requestsOnOneConnectionAreAnsweredInTheirOrder() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            let request = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"
            try await client.send(
                request + "\r\n" + request + "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\nGET /"
            )
            let engine = try await server.accept()
            for count in 1...3 {
                #expect(try await engine.message().start.hasPrefix(count < 3 ? "POST" : "GET"))
                try await engine.answer("200 OK", "\(count)")
                #expect(try await client.answer().text == "\(count)")
            }
            try await client.send("last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            #expect(try await engine.message().start == "GET /last HTTP/1.1")
            try await engine.answer("200 OK", "4")
            let last = try await client.answer()
            #expect(last.text == "4")
            #expect(last.field("Connection") == "close")
            #expect(await client.rest().bytes.isEmpty)
            #expect(await proxy.sink.records(count: 2).count == 2)
        }
    }

    @Test func answersWithoutBodyDoNotHang() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.send("HEAD /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let engine = try await server.accept()
            _ = try await engine.message()
            try await engine.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            #expect(try await client.answer(hasBody: false).field("Content-Length") == "1000")
            for status in ["204 No Content", "304 Not Modified"] {
                try await client.send("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(try await engine.message().start.hasPrefix("OPTIONS "))
                try await engine.send("HTTP/1.1 \(status)\r\nETag: x\r\n\r\n")
                #expect(try await client.answer(hasBody: false).start == "HTTP/1.1 \(status)")
            }
        }
    }

    @Test func interimAnswersPass() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.chat)
            let engine = try await server.accept()
            _ = try await engine.message()
            try await engine.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
            let hints = try await client.answer(hasBody: false)
            #expect(hints.status == 103)
            #expect(hints.field("Link") == "x")
            try await engine.answer("200 OK", Sample.answer)
            #expect(try await client.answer().status == 200)
            #expect(try await proxy.sink.only().result.httpStatus == 200)
        }
    }

    @Test func aClientThatWaitsToSendItsBodyIsToldTo() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                    + "Content-Length: \(Sample.chat.utf8.count)\r\n\r\n"
            )
            #expect(try await client.answer(hasBody: false).status == 100)
            try await client.send(Sample.chat)
            let engine = try await server.accept()
            let request = try await engine.message()
            #expect(request.field("Expect") == nil)
            #expect(request.text == Sample.chat)
            try await engine.answer("200 OK", Sample.answer)
            #expect(try await client.answer().status == 200)
            // On other paths it is the engine that says so, or refuses.
            try await client.send(
                "PUT /file HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
            )
            let other = try await server.accept()
            #expect(try await other.message(hasBody: false).field("Expect") == "100-continue")
            try await other.send("HTTP/1.1 100 Continue\r\n\r\n")
            #expect(try await client.answer(hasBody: false).status == 100)
            try await client.send("hello")
            #expect(try await other.receive(count: 5) == Array("hello".utf8))
            try await other.answer("201 Made", "{}")
            #expect(try await client.answer().status == 201)
        }
    }

    @Test func anEngineMayRefuseABodyBeforeItComes() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect(halfClosing: true)
            try await client.send(
                "PUT /file HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
            )
            let engine = try await server.accept()
            _ = try await engine.message(hasBody: false)
            try await engine.answer("417 No", "{}")
            let answer = try await client.answer()
            #expect(answer.status == 417)
            #expect(answer.field("Connection") == "close")
            #expect(await client.rest().bytes.isEmpty)
            await client.close()
        }
    }

    @Test func chunkedRequestsPassWithTheirTrailers() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            for path in ["/v1/chat/completions", "/other"] {
                try await client.send(
                    "POST \(path) HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "5\r\nhello\r\n6;x\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n"
                )
                let engine = try await server.accept()
                let request = try await engine.message()
                #expect(request.text == "hello world")
                #expect(request.trailers == "X-Sum: 1\r\n")
                try await engine.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
                #expect(try await client.answer().text == "{}")
            }
        }
    }

    @Test func aSplicedChunkedRequestStaysChunked() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            let size = String(Sample.stream.utf8.count, radix: 16)
            try await client.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "\(size)\r\n\(Sample.stream)\r\n0\r\n\r\n"
            )
            let engine = try await server.accept()
            #expect(try await engine.message().text.contains("include_usage"))
            try await engine.answer("200 OK", Sample.answer)
            #expect(try await client.answer().status == 200)
        }
    }

    @Test func anUpgradePassesBothWays() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.send(
                "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly"
            )
            let engine = try await server.accept()
            let request = try await engine.message(hasBody: false)
            #expect(request.field("Upgrade") == "websocket")
            #expect(request.field("Connection") == "Upgrade")
            try await engine.send(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhi"
            )
            #expect(try await client.answer(hasBody: false).field("Upgrade") == "websocket")
            #expect(try await client.receive(count: 2) == Array("hi".utf8))
            #expect(try await engine.receive(count: 5) == Array("early".utf8))
            try await client.send("ping")
            #expect(try await engine.receive(count: 4) == Array("ping".utf8))
            await engine.close()
            #expect(await client.rest().bytes.isEmpty)
        }
    }

    @Test func anUpgradeThatIsRefusedIsAnAnswer() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.send(
                "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
            )
            let engine = try await server.accept()
            _ = try await engine.message(hasBody: false)
            try await engine.answer("426 No", "{}")
            #expect(try await client.answer().status == 426)
            // HTTP/2 would carry calls past the record.
            try await client.send(
                "GET /h2 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                    + "HTTP2-Settings: x\r\n\r\n"
            )
            let request = try await engine.message(hasBody: false)
            #expect(request.fields.map(\.name) == ["Host"])
            try await engine.answer("200 OK", "{}")
            #expect(try await client.answer().status == 200)
        }
    }

    @Test func aProxyBehindAProxyRecordsUnderOneIdentity() async throws {
        try await withEngine { proxy, server in
            let id = "0190f5fe-7c00-7abc-8def-0123456789ab"
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.chat)
            let engine = try await server.accept()
            _ = try await engine.message()
            try await engine.send("HTTP/1.1 200 OK\r\nX-Inferometer-Record: \(id)\r\nContent-Length: 2\r\n\r\n{}")
            let answer = try await client.answer()
            #expect(answer.fields.filter { $0.name.lowercased() == "x-inferometer-record" }.map(\.value) == [id])
            #expect(try await proxy.sink.only().id.description == id)
        }
    }
}
