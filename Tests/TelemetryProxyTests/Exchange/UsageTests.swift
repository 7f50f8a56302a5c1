// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryProxy

/// Asking the engine for usage, and hiding what the client did not ask for.
@Suite(.timeLimit(.minutes(1)))
struct UsageTests {
    private func sendStream(_ engine: RawConnection) async throws {
        try await engine.beginStream()
        try await engine.event(Sample.delta("a"))
        try await engine.event(Sample.stop)
        try await engine.event(Sample.usageEvent)
        try await engine.event("[DONE]")
        try await engine.endStream()
    }

    @Test func theKeyIsSplicedIntoTheRequest() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.stream, fields: "Accept-Encoding: gzip, br\r\n")
            let engine = try await server.accept()
            let request = try await engine.message()
            #expect(request.text.contains(#""include_usage":true"#))
            #expect(request.text.contains(#""messages":[{"role":"user","content":"hello"}]"#))
            #expect(request.field("Content-Length") == "\(request.body.count)")
            #expect(request.field("Accept-Encoding") == "identity")
            try await sendStream(engine)
            let answer = try await client.answer()
            #expect(!answer.text.contains("usage"))
            #expect(try await proxy.sink.only().tokens.prompt == 7)
        }
    }

    @Test func aClientThatAsksGetsAll() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            let body = #"{"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":true}}"#
            try await client.post("/v1/chat/completions", body)
            let engine = try await server.accept()
            #expect(try await engine.message().text == body)
            try await sendStream(engine)
            #expect(try await client.answer().text.contains(#""usage""#))
            #expect(try await proxy.sink.only().tokens.source == .usage)
        }
    }

    @Test func observingChangesNothing() async throws {
        try await withEngine(configuration: settings { $0.observeOnly = true }) { proxy, server in
            let client = try await proxy.connect()
            try await client.post(
                "/v1/chat/completions",
                Sample.stream,
                fields: "Accept-Encoding: br, zstd\r\nX-Inferometer-Agent: a\r\nX-Odd: 1\r\n"
            )
            let engine = try await server.accept()
            let request = try await engine.message()
            #expect(request.text == Sample.stream)
            #expect(
                request.fields.map(\.name) == ["Host", "Content-Type", "Accept-Encoding", "X-Odd", "Content-Length"]
            )
            #expect(request.field("Accept-Encoding") == "br, zstd")
            try await sendStream(engine)
            #expect(try await client.answer().text.contains(#""usage""#))
            #expect(try await proxy.sink.only().identity.agent == "a")
        }
    }

    @Test(arguments: [400, 422])
    func anEngineThatRefusesTheKeyIsAskedAgainOnceAndRemembered(status: Int) async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.stream)
            let engine = try await server.accept()
            #expect(try await engine.message().text.contains("stream_options"))
            let refusal = #"{"error":{"message":"Unexpected key: stream_options"}}"#
            try await engine.answer("\(status) Bad", refusal)
            #expect(try await engine.message().text == Sample.stream)
            try await sendStream(engine)
            let answer = try await client.answer()
            #expect(answer.status == 200)
            let record = try await proxy.sink.only()
            #expect(record.result.outcome == .completed)
            #expect(answer.field("X-Inferometer-Record") == record.id.description)
            // From now on it is not asked.
            try await client.post("/v1/chat/completions", Sample.stream)
            #expect(try await engine.message().text == Sample.stream)
            try await sendStream(engine)
            _ = try await client.answer()
            #expect(await proxy.sink.records(count: 2).count == 2)
        }
    }

    // Some validators repeat the whole request, the added key with it, when they refuse something else.
    @Test func anEngineThatRefusesTheRequestWithoutTheKeyTooIsStillAsked() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.stream)
            let engine = try await server.accept()
            _ = try await engine.message()
            try await engine.answer("400 Bad Request", #"{"error":"missing: n, got {'stream_options': {}}"}"#)
            #expect(try await engine.message().text == Sample.stream)
            try await engine.answer("400 Bad Request", #"{"error":"missing: n, got {}"}"#)
            #expect(try await client.answer().text == #"{"error":"missing: n, got {}"}"#)
            #expect(try await proxy.sink.only().result.errorKind == .clientStatus)
            try await client.post("/v1/chat/completions", Sample.stream)
            #expect(try await engine.message().text.contains("stream_options"))
            try await sendStream(engine)
            _ = try await client.answer()
            #expect(await proxy.sink.records(count: 2).count == 2)
        }
    }

    @Test func anotherErrorIsTheClients() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.stream)
            let engine = try await server.accept()
            _ = try await engine.message()
            let body = #"{"error":{"message":"context too long"}}"#
            try await engine.answer("400 Bad Request", body)
            let answer = try await client.answer()
            #expect(answer.status == 400)
            #expect(answer.text == body)
            #expect(try await proxy.sink.only().result.errorKind == .clientStatus)
        }
    }

    @Test func anErrorThatIsCutOffIsPassedOnAsFarAsItCame() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.stream)
            let engine = try await server.accept()
            _ = try await engine.message()
            try await engine.send("HTTP/1.1 400 Bad\r\nContent-Length: 100\r\n\r\n{\"error\"")
            await engine.close()
            #expect(try await client.receive(until: "{\"error\"").hasPrefix("HTTP/1.1 400 Bad"))
            #expect(await client.rest().bytes.isEmpty)
            #expect(await proxy.sink.records(count: 1).count == 1)
        }
    }

    @Test func aLongErrorIsNotHeldForEver() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.stream)
            let engine = try await server.accept()
            _ = try await engine.message()
            let body = String(repeating: "x", count: 200_000)
            try await engine.answer("400 Bad", body)
            #expect(try await client.answer().text == body)
            #expect(await proxy.sink.records(count: 1).count == 1)
        }
    }

    @Test func aStreamWithALengthLosesTheEventToo() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.stream)
            let engine = try await server.accept()
            _ = try await engine.message()
            let events = [Sample.delta("a"), Sample.stop, Sample.usageEvent, "[DONE]"].map { "data: \($0)\n\n" }
            try await engine.answer("200 OK", events.joined(), type: "text/event-stream; charset=utf-8")
            let answer = try await client.answer()
            #expect(answer.field("Content-Length") == nil)
            #expect(answer.text == events[0] + events[1] + events[3])
            #expect(try await proxy.sink.only().tokens.completion == 2)
        }
    }

    @Test func trailersComeBehindARewrittenStream() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.stream)
            let engine = try await server.accept()
            _ = try await engine.message()
            try await engine.beginStream()
            try await engine.event(Sample.stop)
            try await engine.send("0\r\nX-Sum: 1\r\n\r\n")
            #expect(try await client.answer().trailers == "X-Sum: 1\r\n")
        }
    }
}
