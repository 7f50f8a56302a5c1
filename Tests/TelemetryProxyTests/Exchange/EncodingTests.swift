// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryProxy

@Suite(.timeLimit(.minutes(1)))
struct EncodingTests {
    @Test(arguments: [
        ("gzip, deflate, br, zstd", "gzip, deflate"), ("br", "identity"), ("*", "identity"),
        ("gzip;q=0.5, br;q=1", "gzip;q=0.5"), ("gzip,deflate", "gzip,deflate"), ("identity", "identity"),
        ("x-gzip, BR", "x-gzip"),
    ])
    func onlyWhatCanBeReadIsAskedFor(asked: String, passed: String) async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.chat, fields: "Accept-Encoding: \(asked)\r\n")
            let engine = try await server.accept()
            #expect(try await engine.message().field("Accept-Encoding") == passed)
            try await engine.answer("200 OK", "{}")
            _ = try await client.answer()
        }
    }

    @Test(arguments: DeflateSamples.answers)
    func aCompressedAnswerIsPassedAsItIsAndReadForTheRecord(sample: DeflateSamples.Case) async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.chat, fields: "Accept-Encoding: gzip\r\n")
            let engine = try await server.accept()
            _ = try await engine.message()
            let coding = sample.isGzip ? "gzip" : "deflate"
            try await engine.send(
                Array(
                    ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: \(coding)\r\n"
                        + "Content-Length: \(sample.bytes.count)\r\n\r\n").utf8
                ) + sample.bytes
            )
            let answer = try await client.answer()
            #expect(answer.body == sample.bytes)
            #expect(answer.field("Content-Encoding") == coding)
            let record = try await proxy.sink.only()
            #expect(record.tokens.prompt == 7)
            #expect(record.tokens.completion == 2)
            #expect(record.result.outcome == .completed)
        }
    }

    @Test(arguments: ["br", "gzip"])
    func anAnswerThatCannotBeReadIsRecordedWithoutTokens(coding: String) async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            try await client.post("/v1/chat/completions", Sample.chat)
            let engine = try await server.accept()
            _ = try await engine.message()
            try await engine.send(
                "HTTP/1.1 200 OK\r\nContent-Encoding: \(coding)\r\nContent-Length: 9\r\n\r\nnot gzip!"
            )
            #expect(try await client.answer().text == "not gzip!")
            let record = try await proxy.sink.only()
            #expect(record.result.outcome == .completed)
            #expect(record.tokens.completion == nil)
        }
    }
}
