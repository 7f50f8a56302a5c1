// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryProxy

/// One record per call, whatever its end.
@Suite(.timeLimit(.minutes(1)))
struct EndingTests {
    @Test func aClientThatLeavesCancelsTheEngine() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.stream)
            let engine = try await server.accept()
            _ = try await engine.message()
            try await engine.beginStream()
            for word in ["a", "b", "c"] { try await engine.event(Sample.delta(word)) }
            _ = try await client.receive(until: "\r\n\r\n")
            for _ in 0..<3 { _ = try await client.chunk() }
            await client.close()
            // The engine sees its connection end, with nothing sent to make it look.
            await engine.waitForEnd()
            let record = try await proxy.sink.only()
            #expect(record.result.outcome == .cancelled)
            #expect(record.result.errorKind == .clientGone)
            #expect(record.result.httpStatus == 200)
            #expect(record.tokens.completion == 3)
            #expect(record.tokens.source == .chunks)
        }
    }

    @Test func aClientThatLeavesBeforeTheAnswerCancelsTheEngine() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.chat)
            let engine = try await server.accept()
            _ = try await engine.message()
            await client.reset()
            await engine.waitForEnd()
            let record = try await proxy.sink.only()
            #expect(record.result.outcome == .cancelled)
            #expect(record.result.httpStatus == nil)
            #expect(record.timing.latency != nil)
        }
    }

    @Test func aClientThatLeavesWithinItsRequestIsRecordedWithoutLatency() async throws {
        try await withEngine { proxy, _ in
            let client = try await proxy.connect()
            try await client.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"
            )
            // The proxy has the request's head once it counts the call.
            while proxy.proxy.counters.callsInFlight == 0 { await Task.yield() }
            await client.close()
            let record = try await proxy.sink.only()
            #expect(record.result.outcome == .cancelled)
            #expect(record.timing.latency == nil)
        }
    }

    @Test(arguments: [false, true])
    func anEngineThatDiesInAStreamCutsTheClientToo(byReset: Bool) async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.stream)
            let engine = try await server.accept()
            _ = try await engine.message()
            try await engine.beginStream()
            try await engine.event(Sample.delta("a"))
            _ = try await client.receive(until: "\r\n\r\n")
            _ = try await client.chunk()
            if byReset { await engine.reset() } else { await engine.close() }
            let rest = await client.rest()
            #expect(rest.bytes.isEmpty)
            let record = try await proxy.sink.only()
            #expect(record.result.outcome == .truncated)
            #expect(record.result.errorKind == .reset)
            #expect(record.tokens.completion == 1)
        }
    }

    @Test func aCutBodyWithLengthIsCutForTheClient() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.chat)
            let engine = try await server.accept()
            _ = try await engine.message()
            try await engine.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
            _ = try await client.receive(until: "\r\n\r\n{")
            await engine.close()
            #expect(await client.rest().bytes.isEmpty)
            #expect(try await proxy.sink.only().result.outcome == .truncated)
        }
    }

    @Test func aBodyWithoutFramingThatBreaksEndsInAReset() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.send(
                "POST /v1/chat/completions HTTP/1.0\r\nContent-Length: \(Sample.stream.utf8.count)\r\n\r\n"
                    + Sample.stream
            )
            let engine = try await server.accept()
            _ = try await engine.message()
            try await engine.send("HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
            _ = try await client.receive(until: "data: 1\n\n")
            await engine.reset()
            #expect(await client.rest().wasReset)
            #expect(try await proxy.sink.only().result.outcome == .truncated)
        }
    }

    @Test func anEngineThatClosesWithoutAWordGives502() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/messages", Sample.chat)
            let engine = try await server.accept()
            _ = try await engine.message()
            await engine.close()
            let answer = try await client.answer()
            #expect(answer.status == 502)
            #expect(answer.field("X-Inferometer-Error") == "reset")
            #expect(answer.text.hasPrefix(#"{"type":"error""#))
            let record = try await proxy.sink.only()
            #expect(answer.field("X-Inferometer-Record") == record.id.description)
            #expect(record.result.outcome == .failed)
            #expect(record.result.errorKind == .reset)
            #expect(record.result.httpStatus == nil)
        }
    }

    @Test func anEngineThatIsNotThereGives502() async throws {
        let server = try await RawServer.start()
        await server.stop()
        let upstream = try UpstreamConfiguration(url: "http://127.0.0.1:\(server.port)")
        try await withProxy(before: [upstream]) { proxy in
            let client = try await proxy.connect()
            // The connection survives a failed call.
            for count in 1...2 {
                try await client.post("/v1/chat/completions", Sample.chat)
                let answer = try await client.answer()
                #expect(answer.status == 502)
                #expect(answer.field("X-Inferometer-Error") == "unreachable")
                let record = await proxy.sink.records(count: count)[count - 1]
                #expect(record.result.outcome == .failed)
                #expect(record.result.errorKind == .unreachable)
            }
            // Told once, counted twice.
            #expect(proxy.log.all.count == 1)
            #expect(proxy.proxy.counters.failures == [.unreachable: 2])
        }
    }

    @Test(arguments: [
        "what is this\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ])
    func anAnswerThatIsNotHTTPGives502(text: String) async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.chat)
            let engine = try await server.accept()
            _ = try await engine.message()
            try await engine.send(text)
            let answer = try await client.answer()
            #expect(answer.status == 502)
            #expect(answer.field("X-Inferometer-Error") == "malformed")
            let result = try await proxy.sink.only().result
            #expect(result.outcome == .failed)
            #expect(result.errorKind == .malformed)
            await engine.waitForEnd()
        }
    }

    @Test(arguments: [
        (404, CallErrorKind.clientStatus), (429, .clientStatus), (500, .serverStatus), (503, .serverStatus),
    ])
    func anErrorStatusIsPassedOnAndRecorded(status: Int, kind: CallErrorKind) async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.stream)
            let engine = try await server.accept()
            _ = try await engine.message()
            try await engine.answer("\(status) No", #"{"error":{"message":"secret text"}}"#)
            let answer = try await client.answer()
            #expect(answer.start == "HTTP/1.1 \(status) No")
            let record = try await proxy.sink.only()
            #expect(record.result.outcome == .failed)
            #expect(record.result.errorKind == kind)
            #expect(record.result.httpStatus == status)
            #expect(!proxy.log.all.joined().contains("secret text"))
        }
    }

    @Test func anEngineThatStallsIsCutOffOnlyByChoice() async throws {
        try await withEngine(configuration: settings { $0.timeout = .milliseconds(20) }) { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.chat)
            let engine = try await server.accept()
            _ = try await engine.message()
            let answer = try await client.answer()
            #expect(answer.status == 504)
            #expect(answer.field("X-Inferometer-Error") == "timeout")
            await engine.waitForEnd()
            let record = try await proxy.sink.only()
            #expect(record.result.outcome == .failed)
            #expect(record.result.errorKind == .timeout)
        }
    }

    @Test func aStreamThatStallsIsCutOffByChoice() async throws {
        try await withEngine(configuration: settings { $0.timeout = .seconds(6) }) { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.stream)
            let second = try await server.accept()
            _ = try await second.message()
            try await second.beginStream()
            try await second.event(Sample.delta("a"))
            _ = try await client.receive(until: "\r\n\r\n")
            _ = try await client.chunk()
            #expect(await client.rest().bytes.isEmpty)
            let cut = try await proxy.sink.only()
            #expect(cut.result.outcome == .truncated)
            #expect(cut.result.errorKind == .timeout)
        }
    }
}
