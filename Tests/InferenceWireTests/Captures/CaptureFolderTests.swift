// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@Suite struct CaptureFolderTests {
    @Test func theFolderIsRead() throws {
        let exchanges = try CaptureFolder(path: Captures.folder).exchanges
        #expect(!exchanges.isEmpty)
        for exchange in exchanges {
            #expect(exchange.status >= 200)
            #expect(exchange.raw.count == exchange.arrivals.reduce(0) { $0 + $1.count } || exchange.arrivals.isEmpty)
            #expect(exchange.reads.flatMap(\.bytes) == exchange.body)
            #expect(exchange.isWhole != exchange.request.isCutByClient || exchange.status != 200)
        }
    }

    @Test func chunksAreJoined() throws {
        let raw = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n"
        let exchange = try #require(captured(raw))
        #expect(exchange.status == 200)
        #expect(exchange.header("transfer-encoding") == "chunked")
        #expect(String(decoding: exchange.body, as: UTF8.self) == "abc0123456789")
        #expect(exchange.isWhole)
    }

    @Test(arguments: [
        "3\r\nab", "3\r\nabc", "3\r\nabc\r\n", "3\r\nabc\r\nzz\r\n", "3\r\nabc\r\nFFFFFFFFFFFFFFFFFF\r\n",
    ])
    func aCutBodyIsNotWhole(_ framed: String) throws {
        let exchange = try #require(captured("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + framed))
        #expect(!exchange.isWhole)
        #expect(exchange.body.starts(with: Array("ab".utf8)))
    }

    @Test func lengthAndClose() throws {
        #expect(try #require(captured("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab")).isWhole)
        #expect(try !#require(captured("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab")).isWhole)
        #expect(try #require(captured("HTTP/1.0 200 OK\n\nab")).isWhole)
        #expect(captured("SSH-2.0\r\n\r\n") == nil)
        #expect(captured("HTTP/1.1 200 OK\r\n") == nil)
    }

    private func captured(_ raw: String) -> CapturedExchange? {
        let request = CapturedRequest(method: "POST", path: "/", body: [])
        return CapturedExchange(name: "made/up", request: request, raw: Array(raw.utf8), arrivals: [])
    }
}
