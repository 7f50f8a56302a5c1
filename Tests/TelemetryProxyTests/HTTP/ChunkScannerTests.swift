// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TelemetryProxy

@Suite struct ChunkScannerTests {
    private static let whole =
        "5\r\nhello\r\n1;name=\"v\"\r\n \r\nA  \r\n0123456789\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\nnext"

    /// The payload, the trailers and the number of bytes consumed, of a text that comes in pieces.
    private func scan(_ pieces: [[UInt8]]) throws -> (payload: String, scanner: ChunkScanner, consumed: Int) {
        var scanner = ChunkScanner()
        var (payload, consumed) = ([UInt8](), 0)
        for piece in pieces {
            var ranges: [Range<Int>] = []
            consumed += try piece.withUnsafeBytes { try scanner.scan($0, payload: &ranges) }
            for range in ranges { payload += piece[range] }
        }
        return (String(decoding: payload, as: UTF8.self), scanner, consumed)
    }

    @Test func everySplitGivesTheSame() throws {
        let bytes = Array(Self.whole.utf8)
        for place in 0...bytes.count {
            let result = try scan([Array(bytes[..<place]), Array(bytes[place...])])
            #expect(result.payload == "hello 0123456789")
            #expect(result.scanner.isDone)
            #expect(String(decoding: result.scanner.trailers, as: UTF8.self) == "X-Sum: 1\r\nY: 2\r\n")
            #expect(result.consumed == bytes.count - 4)
        }
    }

    @Test func singleBytesGiveTheSame() throws {
        let result = try scan(Self.whole.utf8.map { [$0] })
        #expect(result.payload == "hello 0123456789")
        #expect(result.consumed == Self.whole.utf8.count - 4)
    }

    @Test(arguments: [
        "\r\n", "x\r\n", "5\nhello\r\n", "5\r\nhelloX", "5\r\nhello\n0\r\n\r\n", "-1\r\n", "1;a\u{0}\r\n",
        "FFFFFFFFFFFFFFFF\r\n", "0\r\nX: a\u{1}\r\n\r\n", "0\r\nX: a\rb\r\n\r\n", "0\r\n\n", "5 5\r\nhello",
    ])
    func whatIsNoChunkIsAFault(text: String) {
        #expect(throws: HTTPFault.self) { try scan([Array(text.utf8)]) }
    }

    @Test func endlessExtensionsAndTrailersAreFaults() {
        let filler = String(repeating: "x", count: 20_000)
        #expect(throws: HTTPFault.self) { try scan([Array("1;\(filler)".utf8)]) }
        #expect(throws: HTTPFault.self) { try scan([Array("0\r\nX: \(filler)".utf8)]) }
    }
}
