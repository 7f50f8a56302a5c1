// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TelemetryTesting

/// Captured answers are taken apart as they were sent.
@Suite struct HTTPFramingTests {
    private func content(_ text: String) throws -> (text: String, isWhole: Bool) {
        let raw = Array(text.utf8)
        let head = try #require(HTTPHead(raw))
        let body = HTTPBodyFraming(raw, from: head.length, headers: head.headers)
        let bytes = body.pieces.flatMap { raw[$0.start..<$0.start + $0.count] }
        return (String(decoding: bytes, as: UTF8.self), body.isWhole)
    }

    @Test func theHeadIsReadToItsEmptyLine() throws {
        let head = try #require(HTTPHead(Array("HTTP/1.1 429 Too Many\r\nA: b: c\r\nNone\r\nX:y\r\n\r\nbody".utf8)))
        #expect(head.status == 429 && head.length == 45)
        #expect(head.headers.map(\.name) == ["A", "X"])
        #expect(head.headers.map(\.value) == ["b: c", "y"])
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "\r\n\r\n"])
    func whatIsNoHeadIsNothing(_ text: String) {
        #expect(HTTPHead(Array(text.utf8)) == nil)
    }

    @Test(arguments: [
        ("Content-Length: 5\r\n\r\nhello", "hello", true), ("content-length: 5\r\n\r\nhel", "hel", false),
        ("Content-Length: 0\r\n\r\n", "", true), ("Content-Length: 2\r\n\r\nhello", "he", true),
        ("X: y\r\n\r\nuntil the end", "until the end", true),
        ("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n", "hello0123456789", true),
        ("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "hello", false),
        ("Transfer-Encoding: chunked\r\n\r\n5\r\nhel", "hel", false),
        ("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\nx", "hello", false),
        ("Transfer-Encoding: chunked\r\n\r\n", "", false),
    ])
    func bodiesEndAsTheirHeadsSay(_ rest: String, _ text: String, _ isWhole: Bool) throws {
        let found = try content("HTTP/1.1 200 OK\r\n" + rest)
        #expect(found.text == text && found.isWhole == isWhole)
    }
}
