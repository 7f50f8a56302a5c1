// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A scrape in Prometheus' text exposition format (0.0.4 and OpenMetrics), split into series and not yet read further.
///
/// Lines are scanned once, as bytes; labels are read when a series is asked for. What is no series (comments, values
/// that are no numbers, names that are none) is passed over and counted, so that one odd line costs no other.
package struct PrometheusText: Sendable {
    /// One line: a name, its labels and a value.
    struct Line: Sendable {
        /// Where the labels stand, without their braces.
        let labels: Range<Int>
        let value: Double
    }

    /// Lines that are neither series nor comments.
    package private(set) var malformedLines = 0
    private(set) var bytes: [UInt8]
    private var lines: [String: [Line]] = [:]

    /// Scans a scrape.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var scanner = Scanner()
        bytes.withUnsafeBufferPointer { scanner.scan($0) }
        lines = scanner.lines
        malformedLines = scanner.malformedLines
    }

    /// Scans a scrape.
    package init(_ text: String) {
        self.init(Array(text.utf8))
    }

    /// The names of all series.
    package var names: some Collection<String> {
        lines.keys
    }

    /// The lines of one name, in their order.
    func lines(named name: String) -> [Line] {
        lines[name] ?? []
    }
}

/// Walks over the lines of a scrape.
private struct Scanner {
    var lines: [String: [PrometheusText.Line]] = [:]
    var malformedLines = 0
    /// The lines of the name that is being read: neighbours mostly share it, so that it is looked up once for all.
    private var run: [PrometheusText.Line] = []
    private var name = 0..<0

    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) {
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
            scanLine(bytes, start, end)
            start = end + 1
        }
        finishRun(bytes)
    }

    private mutating func scanLine(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) {
        let first = skipSpace(bytes, start, end)
        guard first < end, bytes[first] != UInt8(ascii: "#") else { return }
        var index = first
        while index < end, isName(bytes[index]) { index += 1 }
        let name = first..<index
        index = skipSpace(bytes, index, end)
        var labels = index..<index
        if index < end, bytes[index] == UInt8(ascii: "{") {
            let close = closingBrace(bytes, index + 1, end)
            labels = index + 1..<close
            index = skipSpace(bytes, min(close + 1, end), end)
        }
        var stop = index
        while stop < end, !isSpace(bytes[stop]) { stop += 1 }
        // What follows the value is a time stamp or an exemplar.
        guard !name.isEmpty, stop > index,
            let value = PrometheusNumber.parse(UnsafeBufferPointer(rebasing: bytes[index..<stop]))
        else {
            malformedLines += 1
            return
        }
        take(PrometheusText.Line(labels: labels, value: value), named: name, in: bytes)
    }

    private mutating func take(
        _ line: PrometheusText.Line,
        named next: Range<Int>,
        in bytes: UnsafeBufferPointer<UInt8>
    ) {
        if next.count != name.count || !bytes[next].elementsEqual(bytes[name]) {
            finishRun(bytes)
            name = next
        }
        run.append(line)
    }

    private mutating func finishRun(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard !run.isEmpty else { return }
        lines[String(decoding: bytes[name], as: UTF8.self), default: []] += run
        run.removeAll(keepingCapacity: true)
    }

    /// The brace that ends the labels, which may hold braces within quotes.
    private func closingBrace(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        var index = start
        var isQuoted = false
        while index < end {
            switch bytes[index] {
            case UInt8(ascii: "\\") where isQuoted: index += 1
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "}") where !isQuoted: return index
            default: break
            }
            index += 1
        }
        return end
    }

    private func skipSpace(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end, isSpace(bytes[index]) { index += 1 }
        return index
    }

    private func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }

    private func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"): true
        default: false
        }
    }
}
