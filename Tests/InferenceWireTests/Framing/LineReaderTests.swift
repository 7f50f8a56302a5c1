// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import InferenceWire

/// Lines, however the bytes are cut into reads, against a plain splitter.
@Suite struct LineReaderTests {
    private struct Collected: LineSink {
        var lines: [[UInt8]] = []
        var overlong = 0

        mutating func line(_ line: UnsafeRawBufferPointer) { lines.append(Array(line)) }
        mutating func overlongLine() { overlong += 1 }
    }

    private func read(_ parts: [[UInt8]], limit: Int = 1_000, finishing: Bool = true) -> Collected {
        var reader = LineReader(limit: limit)
        var sink = Collected()
        for part in parts {
            part.withUnsafeBytes { reader.feed($0, to: &sink) }
            #expect(reader.heldBytes <= limit)
        }
        if finishing { reader.finish(to: &sink) }
        return sink
    }

    /// Lines end with LF, CR or both; what follows the last end is a line if it is anything.
    private func plain(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            if byte == 0x0D || byte == 0x0A {
                lines.append(line)
                line = []
                if byte == 0x0D, place + 1 < bytes.count, bytes[place + 1] == 0x0A { place += 1 }
            } else {
                line.append(byte)
            }
            place += 1
        }
        return line.isEmpty ? lines : lines + [line]
    }

    private func cut(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [[UInt8]] {
        var parts: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 0...min(rest.count, 9), using: &random)
            parts.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return parts
    }

    @Test func anyCutGivesTheLinesOfAPlainSplitter() {
        var random = SeededGenerator(seed: 91)
        for _ in 0..<1_000 {
            let bytes: [UInt8] = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                [0x0A, 0x0D, 0x61, 0x62, 0x00, 0xFF].randomElement(using: &random) ?? 0
            }
            let found = read(cut(bytes, &random))
            #expect(found.lines == plain(bytes) && found.overlong == 0)
        }
    }

    @Test(arguments: ["\r\n", "\n", "\r"])
    func everyEndEndsALineOnce(_ end: String) {
        let bytes = Array("a\(end)\(end)b\(end)".utf8)
        let expected = [[0x61], [], [0x62]] as [[UInt8]]
        for place in 0...bytes.count {
            #expect(read([Array(bytes[..<place]), Array(bytes[place...])]).lines == expected, "cut at \(place)")
        }
        #expect(read(bytes.map { [$0] }).lines == expected)
    }

    @Test func withoutAnEndALineIsHeldUntilTheFinish() {
        #expect(read([Array("abc".utf8)], finishing: false).lines.isEmpty)
        #expect(read([Array("abc".utf8)]).lines == [Array("abc".utf8)])
        #expect(read([]).lines.isEmpty && read([[]]).lines.isEmpty)
    }

    /// A line of the limit is kept, one byte more is told as too long; the lines around it are read.
    @Test(arguments: [1, 2, 7, 64])
    func tooLongALineIsPassedOverAlone(_ limit: Int) {
        var random = SeededGenerator(seed: UInt64(limit))
        let kept = [UInt8](repeating: 0x61, count: limit)
        let lost = [UInt8](repeating: 0x62, count: limit + 1)
        let bytes = kept + [0x0A] + lost + [0x0D, 0x0A] + kept + [0x0A] + lost
        for _ in 0..<50 {
            let found = read(cut(bytes, &random), limit: limit)
            #expect(found.lines == [kept, kept] && found.overlong == 2)
        }
        #expect(read([bytes], limit: limit).overlong == 2)
    }

    @Test func theFinishTellsOfALineOnce() {
        var reader = LineReader(limit: 10)
        var sink = Collected()
        [UInt8](repeating: 0x61, count: 5).withUnsafeBytes { reader.feed($0, to: &sink) }
        reader.finish(to: &sink)
        reader.finish(to: &sink)
        #expect(sink.lines.count == 1 && reader.heldBytes == 0)
        [UInt8](repeating: 0x61, count: 50).withUnsafeBytes { reader.feed($0, to: &sink) }
        #expect(reader.heldBytes == 0)
        reader.finish(to: &sink)
        reader.finish(to: &sink)
        #expect(sink.overlong == 1 && sink.lines.count == 1)
    }

    /// After a line that was too long the reader is as new.
    @Test func whatFollowsAnOverlongLineIsWhole() {
        let bytes = [UInt8](repeating: 0x61, count: 30) + [0x0A] + Array("short\n".utf8)
        let found = read(bytes.map { [$0] }, limit: 8)
        #expect(found.overlong == 1 && found.lines == [Array("short".utf8)])
    }
}
