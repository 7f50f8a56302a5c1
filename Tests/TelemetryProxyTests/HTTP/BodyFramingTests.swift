// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TelemetryProxy

/// How a body ends is what smuggled requests live from: whatever two readers could read apart is refused.
@Suite struct BodyFramingTests {
    private func request(_ fields: [String], minorVersion: Int = 1) throws -> BodyFraming {
        let bytes = Array((fields.map { $0 + "\r\n" }.joined() + "\r\n").utf8)
        return try bytes.withUnsafeBytes { bytes in
            var table = FieldTable()
            try table.read(bytes, from: 0, strictly: true)
            return try BodyFraming(request: table, minorVersion: minorVersion, bytes: bytes)
        }
    }

    private func answer(_ fields: [String], status: Int = 200, toHead: Bool = false) throws -> BodyFraming {
        let bytes = Array((fields.map { $0 + "\r\n" }.joined() + "\r\n").utf8)
        return try bytes.withUnsafeBytes { bytes in
            var table = FieldTable()
            try table.read(bytes, from: 0, strictly: false)
            return try BodyFraming(answer: table, status: status, toHead: toHead, bytes: bytes)
        }
    }

    @Test(
        arguments: [
            ([], .none), (["Content-Length: 0"], .none), (["content-length:\t12 "], .length(12)),
            (["Content-Length: 999999999999999999"], .length(999_999_999_999_999_999)),
            (["Transfer-Encoding: chunked"], .chunked), (["TRANSFER-ENCODING: Chunked"], .chunked),
        ] as [([String], BodyFraming)]
    )
    func requestsThatSayHowTheyEnd(_ fields: [String], _ framing: BodyFraming) throws {
        #expect(try request(fields) == framing)
    }

    @Test(arguments: [
        ["Content-Length: 5", "Content-Length: 5"], ["Content-Length: 5, 5"], ["Content-Length: +5"],
        ["Content-Length: -1"], ["Content-Length: 0x5"], ["Content-Length: 5 5"], ["Content-Length:"],
        ["Content-Length: 1000000000000000000"], ["Content-Length: 5", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Content-Length: 0"], ["Transfer-Encoding: gzip"],
        ["Transfer-Encoding: gzip, chunked"], ["Transfer-Encoding: chunked, chunked"], ["Transfer-Encoding: xchunked"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], ["Transfer-Encoding:"],
        ["Transfer-Encoding : chunked"], ["Content-Length\u{0}: 5"], [" Content-Length: 5"],
    ])
    func requestsThatCouldBeReadApartAreRefused(_ fields: [String]) {
        let fault = #expect(throws: HTTPFault.self) { try request(fields) }
        #expect(fault?.status == 400)
    }

    @Test func noChunksBeforeVersionOneOne() {
        #expect(throws: HTTPFault.self) { try request(["Transfer-Encoding: chunked"], minorVersion: 0) }
    }

    @Test(
        arguments: [
            ([], .untilClose), (["Content-Length: 0"], .none),
            (["Content-Length: 7", "Content-Length: 7"], .length(7)),
            (["Transfer-Encoding: gzip, chunked"], .chunked), (["Transfer-Encoding: chunked, gzip"], .untilClose),
            (["Transfer-Encoding: gzip", "Transfer-Encoding: chunked"], .chunked),
            (["Content-Length: 7", "Transfer-Encoding: chunked"], .chunked),
            (["Transfer-Encoding: ,chunked,"], .chunked),
        ] as [([String], BodyFraming)]
    )
    func answersEndAsTheirFieldsSay(_ fields: [String], _ framing: BodyFraming) throws {
        #expect(try answer(fields) == framing)
        #expect(try answer(fields, toHead: true) == .none)
        for status in [100, 199, 204, 304] { #expect(try answer(fields, status: status) == .none) }
    }

    @Test(arguments: [["Content-Length: 7", "Content-Length: 8"], ["Content-Length: x"], ["Content-Length: +7"]])
    func answersOfTwoLengthsAreFaults(_ fields: [String]) {
        #expect(throws: HTTPFault.self) { try answer(fields) }
    }
}
