// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryProxy

@Suite(.timeLimit(.minutes(1)))
struct PlainCallTests {
    @Test func anAnswerIsPassedOnAndRecorded() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.chat)
            let engine = try await server.accept()
            let request = try await engine.message()
            #expect(request.start == "POST /v1/chat/completions HTTP/1.1")
            #expect(request.field("Host") == "127.0.0.1:\(server.port)")
            #expect(request.text == Sample.chat)
            try await engine.answer("200 Fine", Sample.answer)
            let answer = try await client.answer()
            #expect(answer.start == "HTTP/1.1 200 Fine")
            #expect(answer.text == Sample.answer)
            let record = try await proxy.sink.only()
            #expect(answer.field("X-Inferometer-Record") == record.id.description)
            #expect(record.result.outcome == .completed)
            #expect(record.tokens.prompt == 7)
            #expect(record.tokens.completion == 2)
            #expect(record.identity.model == "tiny")
            #expect(record.identity.upstream == "127.0.0.1:\(server.port)")
            #expect(record.price.costUSD == 0)
            #expect(record.price.source == "local")
        }
    }

    @Test func aStreamIsPassedOnEventByEvent() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.stream)
            let engine = try await server.accept()
            _ = try await engine.message()
            try await engine.beginStream()
            _ = try await client.receive(until: "\r\n\r\n")
            // Each event is sent only when the one before has arrived: nothing is held back, nothing is delayed.
            for word in ["one", "two", "three"] {
                try await engine.event(Sample.delta(word))
                let chunk = try await client.chunk()
                #expect(chunk.map { String(decoding: $0, as: UTF8.self) } == "data: \(Sample.delta(word))\n\n")
            }
            try await engine.event(Sample.stop)
            try await engine.event(Sample.usageEvent)
            try await engine.event("[DONE]")
            try await engine.endStream()
            var rest = ""
            while let chunk = try await client.chunk() { rest += String(decoding: chunk, as: UTF8.self) }
            #expect(rest == "data: \(Sample.stop)\n\ndata: [DONE]\n\n")
            let record = try await proxy.sink.only()
            #expect(record.result.outcome == .completed)
            #expect(record.tokens.completion == 2)
            #expect(record.tokens.source == .usage)
            #expect(record.timing.chunkCount == 3)
            #expect(record.timing.timeToFirstToken != nil)
            #expect(record.identity.isStreaming)
        }
    }
}
