// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Takes the usage-only event out of a stream whose client did not ask for it, byte for byte elsewhere.
///
/// Such an event is what ``UsageEventTest`` knows; an engine may send several. All else passes as it came: comments
/// at once, whole events at once, the beginning of an event as soon as it can no longer be the hidden one. Whether
/// there is anything to hide only the caller knows: what an engine sends unasked is to be shown.
///
/// Lines end with LF or CRLF. A stream with bare CR, which no engine sends, passes untouched.
package struct UsageEventFilter: Sendable {
    // A usage event has a few hundred bytes; what is longer passes.
    private static let holdLimit = 1 << 16

    // What has not been passed: the lines so far of an event that may be the hidden one.
    private var held: [UInt8] = []
    // Where in what is held the line at hand begins, and up to where there is no line end.
    private var lineStart = 0
    private var scanned = 0
    // Whether the beginning of the line at hand has been passed, and whether the whole event at hand passes.
    private var isPassingLine = false
    private var isPassingEvent = false
    private var isForeign = false
    // The number of held bytes at which an unfinished event is looked at again.
    private var nextLook = Self.firstLook
    private static let firstLook = 128

    /// Creates a filter for one stream.
    package init() {}

    /// Takes the engine's bytes, gives those to pass on now; holds back only an event that may be the hidden one.
    package mutating func pass(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        guard !held.isEmpty else { return run(bytes) }
        var joined = held
        held = []
        joined.append(contentsOf: bytes.bindMemory(to: UInt8.self))
        return joined.withUnsafeBytes { run($0) }
    }

    /// Gives what is still held when the stream ends.
    package mutating func finish() -> [UInt8] {
        let rest = held
        held = []
        return rest.withUnsafeBytes { bytes in
            var output: [UInt8] = []
            pass(event: bytes, &output)
            return output
        }
    }

    private mutating func run(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var passed = 0
        while !isForeign, let lineEnd = nextLineEnd(in: bytes) {
            takeLine(lineStart..<lineEnd, of: bytes, &passed, &output)
            lineStart = lineEnd
        }
        passBeginning(of: bytes, &passed, &output)
        held.append(contentsOf: bytes[passed...])
        lineStart -= min(lineStart, passed)
        scanned = max(scanned - passed, lineStart)
        return output
    }

    // The position after the next line end; nothing if there is none yet.
    private mutating func nextLineEnd(in bytes: UnsafeRawBufferPointer) -> Int? {
        let end = ByteScan.first(of: UInt8(ascii: "\n"), or: UInt8(ascii: "\r"), in: bytes, from: scanned)
        scanned = end
        guard end < bytes.count else { return nil }
        if bytes[end] == UInt8(ascii: "\n") {
            scanned = end + 1
            return scanned
        }
        // Whether LF follows, the next read tells.
        guard end + 1 < bytes.count else { return nil }
        guard bytes[end + 1] == UInt8(ascii: "\n") else {
            isForeign = true
            return nil
        }
        scanned = end + 2
        return scanned
    }

    private mutating func takeLine(
        _ line: Range<Int>,
        of bytes: UnsafeRawBufferPointer,
        _ passed: inout Int,
        _ output: inout [UInt8]
    ) {
        let isBlank = !isPassingLine && (line.count == 1 || line.count == 2 && bytes[line.lowerBound] == 0x0D)
        if isBlank, !isPassingEvent, passed < line.lowerBound {
            pass(event: UnsafeRawBufferPointer(rebasing: bytes[passed..<line.upperBound]), &output)
            passed = line.upperBound
        } else if isBlank || isPassingLine || isPassingEvent || passed == line.lowerBound && !Self.isField(bytes, line)
        {
            output.append(contentsOf: bytes[passed..<line.upperBound])
            passed = line.upperBound
        }
        isPassingLine = false
        guard isBlank else { return }
        isPassingEvent = false
        nextLook = Self.firstLook
    }

    // A whole event: all of it, or of the hidden one only its comments.
    private func pass(event: UnsafeRawBufferPointer, _ output: inout [UInt8]) {
        guard UsageEventTest.isUsageOnly(event) == true else {
            output.append(contentsOf: event)
            return
        }
        for line in event.split(separator: UInt8(ascii: "\n")) where line.first == UInt8(ascii: ":") {
            output.append(contentsOf: line)
            output.append(UInt8(ascii: "\n"))
        }
    }

    // What follows the last line end passes as soon as it cannot belong to the hidden event.
    private mutating func passBeginning(
        of bytes: UnsafeRawBufferPointer,
        _ passed: inout Int,
        _ output: inout [UInt8]
    ) {
        // A carriage return at the very end may be half of a line end.
        let end = isForeign ? bytes.count : scanned
        guard end > passed, isForeign || isPassingLine || isPassingEvent || isHopeless(bytes, from: passed, to: end)
        else {
            return
        }
        output.append(contentsOf: bytes[passed..<end])
        passed = end
        if end > lineStart { isPassingLine = true }
    }

    private mutating func isHopeless(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Bool {
        if start == lineStart, !Self.isField(bytes, start..<end) { return true }
        let count = end - start
        guard count >= nextLook else { return false }
        nextLook = 2 * count
        let event = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        isPassingEvent = count > Self.holdLimit || UsageEventTest.isUsageOnly(event) == false
        return isPassingEvent
    }

    // Whether a line is, or may yet become, one of the fields that the hidden event has.
    private static func isField(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) -> Bool {
        begins(bytes, line, with: "data") || begins(bytes, line, with: "event")
    }

    private static func begins(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>, with name: StaticString) -> Bool {
        for offset in 0..<min(name.utf8CodeUnitCount, line.count)
        where bytes[line.lowerBound + offset] != name.utf8Start[offset] { return false }
        return true
    }
}
