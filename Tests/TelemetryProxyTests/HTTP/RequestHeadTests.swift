// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import TelemetryProxy

@Suite struct RequestHeadTests {
    private func head(_ text: String) throws -> RequestHead {
        var head = RequestHead()
        try head.read(ByteBuffer(string: text))
        return head
    }

    @Test func partsAreFoundWhereTheyStand() throws {
        let head = try head(
            "POST /v1/chat?a=b HTTP/1.1\r\nHoSt: x:1\r\nX-Odd:  two words \r\nContent-Length: 5\r\n\r\n"
        )
        #expect(head.text(head.method) == "POST")
        #expect(head.text(head.target) == "/v1/chat?a=b")
        #expect(head.text(head.path) == "/v1/chat")
        #expect(head.host.map(head.text) == "x:1")
        #expect(head.framing == .length(5))
        #expect(head.fields.fields.map { head.text($0.name) } == ["HoSt", "X-Odd", "Content-Length"])
        #expect(head.text(head.fields.fields[1].value) == "two words")
        #expect(head.isPost && !head.isHead && head.keepsAlive)
    }

    @Test func aURLAsTargetNamesTheHost() throws {
        let head = try head("GET http://engine:80/v1/models?x HTTP/1.1\r\nHost: other\r\n\r\n")
        #expect(head.host.map(head.text) == "engine:80")
        #expect(head.text(head.target) == "/v1/models?x")
        #expect(head.text(head.path) == "/v1/models")
    }

    @Test func bytesBeyondASCIIStay() throws {
        var head = RequestHead()
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8) + [0xFF, 0xE9] + Array("\r\n\r\n".utf8)
        try head.read(ByteBuffer(bytes: bytes))
        let field = try #require(head.fields.fields.last)
        let value = head.bytes.withUnsafeReadableBytes { Array($0[field.value]) }
        #expect(value == [0xFF, 0xE9])
    }

    @Test(arguments: [
        ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\r\n", false), ("HTTP/1.0", "", false),
        ("HTTP/1.0", "Connection: Keep-Alive\r\n", true), ("HTTP/1.1", "Connection: x, CLOSE\r\n", false),
    ])
    func theClientSaysWhetherItStays(version: String, field: String, stays: Bool) throws {
        #expect(try head("GET / \(version)\r\nHost: a\r\n\(field)\r\n").keepsAlive == stays)
    }

    static let faults = [
        "GET /\r\nHost: a\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
        "GET / HTTX/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n: nameless\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
        "GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    ]

    @Test(arguments: faults)
    func whatCanBeReadTwoWaysIsRefused(text: String) {
        #expect(throws: HTTPFault.self) { try head(text) }
    }

    @Test func theEndOfAHeadIsFoundFromAnyPlace() {
        let text = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\nrest".utf8)
        text.withUnsafeBytes { bytes in
            #expect(LineReader.endOfHead(bytes, from: 0) == 27)
            #expect(LineReader.endOfHead(bytes, from: 22) == 27)
            for count in 0..<27 {
                #expect(LineReader.endOfHead(bytes.part(0..<count), from: 0) == nil)
            }
        }
    }
}
